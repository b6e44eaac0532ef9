/** OpenID Connect. */
export const oidc = {
  'subject_identifiers.supported_types': {
    kind: 'list',
    values: ['public', 'pairwise'],
    default: ['public'],
    words: true,
    since: '1.7',
    weight: 'C',
    formerly: ['subject_identifiers.enabled'],
    environment: ['OIDC_SUBJECT_TYPES_SUPPORTED'],
    description: 'Subject types that a client may choose. `pairwise` needs the salt and opaque access tokens.',
  },
  'subject_identifiers.pairwise.salt': {
    kind: 'string',
    minLength: 8,
    since: '1.7',
    weight: 'E',
    secret: true,
    environment: ['OIDC_SUBJECT_TYPE_PAIRWISE_SALT'],
    description: 'Salt of pairwise subjects. Another salt changes every one of them.',
  },
  'dynamic_client_registration.enabled': {
    kind: 'boolean',
    default: false,
    since: '1.11',
    weight: 'S',
    description: 'Opens the public registration endpoints.',
  },
  'dynamic_client_registration.default_scope': {
    kind: 'list',
    default: ['offline_access', 'offline', 'openid'],
    words: true,
    since: '1.7',
    weight: 'S',
    environment: ['OIDC_DYNAMIC_CLIENT_REGISTRATION_DEFAULT_SCOPE'],
    description: 'Scope of a client that is created without one, by the admin API too.',
  },
} as const;
