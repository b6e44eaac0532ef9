/** Choices between ways of doing one thing. */
export const strategies = {
  access_token: {
    kind: 'choice',
    values: ['opaque', 'jwt'],
    default: 'opaque',
    since: '1.7',
    weight: 'C',
    environment: ['OAUTH2_ACCESS_TOKEN_STRATEGY'],
    description: 'Form of access tokens; a client may choose another.',
  },
  scope: {
    kind: 'choice',
    values: ['exact', 'wildcard', 'DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY'],
    default: 'wildcard',
    since: '1.7',
    weight: 'S',
    environment: ['SCOPE_STRATEGY'],
    description: 'How a requested scope is matched with those of the client. The hierarchical one left Hydra with 2.0.',
  },
  'jwt.scope_claim': {
    kind: 'choice',
    values: ['list', 'string', 'both'],
    default: 'list',
    since: '2.2',
    weight: 'S',
    description: 'Scope in JWT access tokens: `scp` as a list, `scope` as a text, or both.',
  },
  'jwt.profile': {
    kind: 'choice',
    values: ['hydra', 'rfc9068'],
    default: 'hydra',
    since: 'hydrant',
    weight: 'S',
    description:
      'Form of JWT access tokens: as Hydra makes them, or the standard one (RFC 9068) with `typ: at+jwt`, `scope` as a text, the login in `auth_time`, `acr` and `amr`, and the issuer as audience where none was granted. With the latter `scope_claim` does not count.',
  },
  'jwt.signing_algorithm': {
    kind: 'choice',
    values: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    default: 'RS256',
    since: 'hydrant',
    weight: 'S',
    description: 'Algorithm of the signing keys that the server makes by itself. Keys that exist already stay in use.',
  },
} as const;
