/** TLS. The shared block `serve.tls` is what each listener's own block falls back to, value by value. */

export const sharedTls = {
  enabled: {
    kind: 'boolean',
    default: false,
    since: '2.0',
    weight: 'S',
    description: 'HTTPS on both listeners.',
  },
  'key.path': {
    kind: 'string',
    since: '1.7',
    weight: 'S',
    description: 'PEM file with the private key.',
  },
  'key.base64': {
    kind: 'string',
    since: '1.7',
    weight: 'S',
    secret: true,
    description: 'The PEM text of the private key in base64; instead of `key.path`.',
  },
  'cert.path': {
    kind: 'string',
    since: '1.7',
    weight: 'S',
    description: 'PEM file with the certificate and its chain.',
  },
  'cert.base64': {
    kind: 'string',
    since: '1.7',
    weight: 'S',
    description: 'The PEM text of the certificate in base64; instead of `cert.path`.',
  },
  allow_termination_from: {
    kind: 'list',
    default: [],
    words: true,
    pattern: ['^[0-9A-Fa-f.:]+/\\d{1,3}$', 'a network such as 10.0.0.0/8 or fd00::/8'],
    since: '1.7',
    weight: 'E',
    environment: ['HTTPS_ALLOW_TERMINATION_FROM'],
    description: 'Networks of the proxies that end TLS in front of this server, whose forwarded headers are believed.',
  },
} as const;

export const listenerTls = {
  enabled: {
    kind: 'boolean',
    derived: 'As in `serve.tls`.',
    since: '1.11',
    weight: 'S',
    description: 'HTTPS on this listener.',
  },
  'key.path': { kind: 'string', since: '1.11', weight: 'R', description: 'As in `serve.tls`, for this listener.' },
  'key.base64': {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    secret: true,
    description: 'As in `serve.tls`, for this listener.',
  },
  'cert.path': { kind: 'string', since: '1.11', weight: 'R', description: 'As in `serve.tls`, for this listener.' },
  'cert.base64': { kind: 'string', since: '1.11', weight: 'R', description: 'As in `serve.tls`, for this listener.' },
  allow_termination_from: {
    kind: 'list',
    derived: 'As in `serve.tls`.',
    words: true,
    pattern: ['^[0-9A-Fa-f.:]+/\\d{1,3}$', 'a network such as 10.0.0.0/8 or fd00::/8'],
    since: '1.11',
    weight: 'S',
    description: 'As in `serve.tls`, for this listener.',
  },
} as const;
