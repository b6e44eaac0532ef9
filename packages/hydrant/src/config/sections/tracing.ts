/** Tracing. Known to Hydra; this release sends no traces, so only an empty provider is accepted. */
export const tracing = {
  provider: {
    kind: 'string',
    default: '',
    since: '1.7',
    weight: 'S',
    notYet:
      'No traces are sent. Leave tracing.provider out, and use the log and /metrics/prometheus of the admin listener.',
    description: 'Where traces are sent; empty sends none.',
  },
  service_name: {
    kind: 'string',
    default: 'Hydrant',
    since: '1.7',
    weight: 'S',
    ignored: 'Of use only with `tracing.provider`, which is refused.',
    description: 'Name of this server in traces.',
  },
  deployment_environment: {
    kind: 'string',
    since: '25.4',
    weight: 'R',
    ignored: 'Of use only with `tracing.provider`, which is refused.',
    description: 'Environment named in traces.',
  },
  providers: {
    kind: 'any',
    since: '1.7',
    weight: 'S',
    secret: true,
    ignored: 'Of use only with `tracing.provider`, which is refused.',
    description: 'Addresses and sampling of each provider.',
  },
} as const;
