/** The two listeners. Everything but the port is the same for both. */

export const bothListeners = {
  drain: {
    kind: 'duration',
    derived: '`0s` in development mode, otherwise `5s`.',
    max: '10m',
    since: 'hydrant',
    weight: 'S',
    description:
      'How long the server goes on answering after `SIGTERM` or `SIGINT`, while `/health/ready` says 503 and every answer closes its connection: time for a load balancer to notice. Requests that are open then get up to 5 seconds more.',
  },
} as const;

export const publicPort = {
  port: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    default: 4444,
    since: '1.7',
    weight: 'C',
    environment: ['PUBLIC_PORT'],
    description: 'TCP port of the public listener; 0 lets the system choose one.',
  },
  host: {
    kind: 'string',
    derived: '`127.0.0.1` in development mode, otherwise `0.0.0.0`: all interfaces.',
    since: '1.7',
    weight: 'C',
    environment: ['PUBLIC_HOST'],
    description: 'Address to bind, or `unix:/path/to.sock`. Empty means all interfaces.',
  },
} as const;

export const adminPort = {
  port: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    default: 4445,
    since: '1.7',
    weight: 'C',
    environment: ['ADMIN_PORT'],
    description: 'TCP port of the admin listener; 0 lets the system choose one.',
  },
  host: {
    kind: 'string',
    derived: '`127.0.0.1` in development mode, otherwise `0.0.0.0`: all interfaces.',
    since: '1.7',
    weight: 'C',
    environment: ['ADMIN_HOST'],
    description:
      'Address to bind, or `unix:/path/to.sock`. Empty means all interfaces. The admin API asks nobody who they are: keep it off the internet.',
  },
} as const;

export const listener = {
  base_url: {
    kind: 'url-reference',
    since: '25.4',
    weight: 'R',
    ignored:
      'In Hydra it is for telemetry, of which there is none. Use `urls.self.public` for the address that clients see.',
    description: 'Address of the listener, for telemetry.',
  },
  write_listen_file: {
    kind: 'string',
    since: '26',
    weight: 'R',
    description: 'File that receives the bound address, as `host:port`; for a port that the system chose.',
  },
  'socket.owner': {
    kind: 'string',
    default: '',
    since: '1.7',
    weight: 'R',
    description:
      'Owner of a Unix socket file: a number, or a name in `/etc/passwd`. Empty is the user of the process; only root may choose another.',
  },
  'socket.group': {
    kind: 'string',
    default: '',
    since: '1.7',
    weight: 'R',
    description: 'Group of a Unix socket file: a number, or a name in `/etc/group`. Empty is the group of the process.',
  },
  'socket.mode': {
    kind: 'integer',
    min: 0,
    max: 511,
    default: 493,
    since: '1.7',
    weight: 'R',
    description: 'Permission bits of a Unix socket file, decimal (493 is 0755); octal `0755` in YAML is understood.',
  },
  'request_log.disable_for_health': {
    kind: 'boolean',
    default: false,
    since: '1.7',
    weight: 'S',
    formerly: ['access_log.disable_for_health'],
    description: 'Leaves the health routes (and the metrics of the admin listener) out of the request log.',
  },
} as const;
