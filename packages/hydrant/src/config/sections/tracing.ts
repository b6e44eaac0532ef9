/** Tracing. Known to Hydra; this release sends no traces, so only an empty provider is accepted. */
export const tracing = {
  provider: {
    kind: 'string',
    default: '',
    since: '1.7',
    weight: 'S',
    notYet: 'This release sends no traces. Leave tracing.provider out.',
    description: 'Where traces are sent; empty sends none.',
  },
  service_name: {
    kind: 'string',
    default: 'Hydrant',
    since: '1.7',
    weight: 'S',
    ignored: 'Needs tracing.provider.',
    description: 'Name of this server in traces.',
  },
  deployment_environment: {
    kind: 'string',
    since: '25.4',
    weight: 'R',
    ignored: 'Needs tracing.provider.',
    description: 'Environment named in traces.',
  },
  providers: {
    kind: 'any',
    since: '1.7',
    weight: 'S',
    secret: true,
    ignored: 'Needs tracing.provider.',
    description: 'Addresses and sampling of each provider.',
  },
} as const;
