/** Cross-origin requests, one block per listener. */
export const cors = {
  enabled: {
    kind: 'boolean',
    default: false,
    since: '1.7',
    weight: 'C',
    environment: ['CORS_ENABLED'],
    description: 'Whether browsers may call this listener from pages of other origins.',
  },
  allowed_origins: {
    kind: 'list',
    default: [],
    words: true,
    pattern: ['^[^*\\s]*\\*?[^*\\s]*$', 'an origin such as https://app.example.com, with at most one *'],
    since: '1.7',
    weight: 'C',
    environment: ['CORS_ALLOWED_ORIGINS'],
    description: 'Origins that may call; one `*` may stand for any text. An empty list allows every origin.',
  },
  allowed_methods: {
    kind: 'list',
    values: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE'],
    default: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE'],
    words: true,
    since: '1.7',
    weight: 'S',
    environment: ['CORS_ALLOWED_METHODS'],
    description: 'Methods that a preflight request may ask for.',
  },
  allowed_headers: {
    kind: 'list',
    default: ['Accept', 'Content-Type', 'Content-Length', 'Accept-Language', 'Content-Language', 'Authorization'],
    words: true,
    since: '1.7',
    weight: 'S',
    environment: ['CORS_ALLOWED_HEADERS'],
    description: 'Request headers that a preflight request may ask for.',
  },
  exposed_headers: {
    kind: 'list',
    default: [
      'Cache-Control',
      'Expires',
      'Last-Modified',
      'Pragma',
      'Content-Length',
      'Content-Language',
      'Content-Type',
    ],
    words: true,
    since: '1.7',
    weight: 'S',
    environment: ['CORS_EXPOSED_HEADERS'],
    description: 'Response headers that a page may read.',
  },
  allow_credentials: {
    kind: 'boolean',
    default: true,
    since: '1.7',
    weight: 'S',
    environment: ['CORS_ALLOWED_CREDENTIALS'],
    description: 'Whether such a request may carry cookies.',
  },
  options_passthrough: {
    kind: 'boolean',
    default: false,
    since: '1.7',
    weight: 'R',
    description:
      'Answers yes to preflight requests of every origin, so that the origins of clients (`allowed_cors_origins`) count for requests that need one. Who may read the answer is decided by the request itself.',
  },
  max_age: {
    kind: 'integer',
    min: 0,
    default: 0,
    since: '1.7',
    weight: 'R',
    environment: ['CORS_MAX_AGE'],
    description: 'Seconds for which a browser may keep the answer to a preflight request.',
  },
  debug: {
    kind: 'boolean',
    default: false,
    since: '1.7',
    weight: 'R',
    environment: ['CORS_DEBUG'],
    ignored: 'Refusals are visible at log level debug.',
    description: 'Wrote verbose lines about every decision.',
  },
} as const;

/** No client calls the admin API, so it has nobody to ask but the settings. */
export const adminCors = {
  ...cors,
  options_passthrough: {
    ...cors.options_passthrough,
    description: 'Lets preflight requests reach the routes of the admin API.',
    notYet:
      'The admin API has no routes for preflight requests; they are answered by the settings. Leave it out, and name the origins in serve.admin.cors.allowed_origins.',
  },
} as const;
