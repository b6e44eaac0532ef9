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
  'dynamic_client_registration.default_audience': {
    kind: 'list',
    default: [],
    since: 'hydrant',
    weight: 'S',
    description:
      'Audience of a client that registers itself without one: what it may then name as `audience` or `resource`.',
  },
  'dynamic_client_registration.allowed_grant_types': {
    kind: 'list',
    since: 'hydrant',
    weight: 'S',
    description: 'Grant types that clients may register by themselves. Where nothing is said, every one.',
  },
  'dynamic_client_registration.allowed_response_types': {
    kind: 'list',
    since: 'hydrant',
    weight: 'S',
    description:
      'Response types that clients may register by themselves, such as `code`. Where nothing is said, every one.',
  },
  'dynamic_client_registration.allowed_scopes': {
    kind: 'list',
    words: true,
    since: 'hydrant',
    weight: 'S',
    description:
      'Scopes that clients may register by themselves, letter by letter; the default scope is cut down to them. Where nothing is said, every one.',
  },
  'dynamic_client_registration.allowed_audiences': {
    kind: 'list',
    since: 'hydrant',
    weight: 'S',
    description:
      'Audiences that clients may register by themselves, letter by letter. Where nothing is said, every one.',
  },
  'dynamic_client_registration.allowed_token_endpoint_auth_methods': {
    kind: 'list',
    values: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    words: true,
    since: 'hydrant',
    weight: 'S',
    description:
      'Ways of client authentication that clients may register by themselves. Where nothing is said, every one.',
  },
} as const;
