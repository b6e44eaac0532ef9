/** What discovery and the key document advertise. */
export const webfinger = {
  'jwks.broadcast_keys': {
    kind: 'list',
    default: ['hydra.openid.id-token'],
    words: true,
    since: '1.7',
    weight: 'S',
    description: 'Key sets whose public halves stand in `/.well-known/jwks.json`, beside those that sign tokens.',
  },
  'oidc_discovery.jwks_url': {
    kind: 'url-reference',
    since: '1.11',
    weight: 'R',
    description: 'Advertised instead of the own key document.',
  },
  'oidc_discovery.token_url': {
    kind: 'url-reference',
    since: '1.11',
    weight: 'R',
    description: 'Advertised instead of the own token endpoint.',
  },
  'oidc_discovery.auth_url': {
    kind: 'url-reference',
    since: '1.11',
    weight: 'R',
    description: 'Advertised instead of the own authorization endpoint.',
  },
  'oidc_discovery.device_authorization_url': {
    kind: 'url-reference',
    since: '25.4',
    weight: 'R',
    description: 'Advertised instead of the own device authorization endpoint.',
  },
  'oidc_discovery.client_registration_url': {
    kind: 'url-reference',
    since: '1.7',
    weight: 'S',
    environment: ['OAUTH2_CLIENT_REGISTRATION_URL'],
    description:
      'Advertised as the registration endpoint; where it is not set, the own one is while registration is open.',
  },
  'oidc_discovery.supported_claims': {
    kind: 'list',
    default: [],
    words: true,
    since: '1.7',
    weight: 'C',
    environment: ['OIDC_DISCOVERY_CLAIMS_SUPPORTED'],
    description: 'Claims advertised after `sub`.',
  },
  'oidc_discovery.supported_scope': {
    kind: 'list',
    default: [],
    words: true,
    since: '1.7',
    weight: 'C',
    environment: ['OIDC_DISCOVERY_SCOPES_SUPPORTED'],
    description: 'Scopes advertised after `offline_access`, `offline` and `openid`.',
  },
  'oidc_discovery.userinfo_url': {
    kind: 'url-reference',
    since: '1.7',
    weight: 'S',
    environment: ['OIDC_DISCOVERY_USERINFO_ENDPOINT'],
    description: 'Advertised instead of the own userinfo endpoint.',
  },
  'oidc_discovery.verifiable_credentials_url': {
    kind: 'url-reference',
    since: '2.2',
    weight: 'R',
    description: 'Advertised instead of the own credentials endpoint.',
  },
} as const;
