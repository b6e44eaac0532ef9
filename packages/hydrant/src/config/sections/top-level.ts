/** Keys outside of any block. */
export const topLevel = {
  dsn: {
    kind: 'string',
    derived: 'Nothing: the start fails without it. `npm start` keeps data in a SQLite file under `data/`.',
    since: '1.7',
    weight: 'E',
    secret: true,
    environment: ['DATABASE_URL'],
    description:
      'Where data is kept: `memory`, `sqlite:///path/db.sqlite?_fk=true`, `postgres://user:password@host:5432/database` or `mysql://user:password@tcp(host:3306)/database`, with the parameters of [the DSN](dsn.md). With `memory` everything is gone when the process ends.',
  },
  dev: {
    kind: 'boolean',
    default: false,
    since: '2.0',
    weight: 'C',
    unsafe: 'Cookies travel over plain http, and the built-in login page lets anybody in.',
    description:
      'Development mode: lifts the checks for a safe start, allows plain http, appends `_dev` to cookie names. Counts in a file as well as by `--dev` or `DEV=true` (a file alone does not switch it on in Hydra).',
  },
  version: {
    kind: 'string',
    since: '1.7',
    weight: 'I',
    fromEnvironment: false,
    ignored: 'Only says which release a file was written for.',
    description:
      'The release that the file was written for. Never read from the environment, where `VERSION` is commonplace.',
  },
  feature_flags: {
    kind: 'any',
    since: '2.2',
    weight: 'I',
    fromEnvironment: false,
    ignored: 'No feature depends on it.',
    description: 'Accepted with any content.',
  },
  'cgroups.v1.auto_max_procs_enabled': {
    kind: 'boolean',
    default: false,
    since: '1.11',
    weight: 'I',
    ignored: 'Node.js has no such scheduler.',
    description: 'Sized the scheduler of the Go runtime.',
  },
  'db.connect_within': {
    kind: 'duration',
    min: '0s',
    default: '5m',
    since: 'hydrant',
    weight: 'R',
    description:
      'How long `hydrant serve` and `hydrant migrate` wait for a database that cannot be reached yet, with a line for each attempt; as in Hydra, where nobody can change it. `0s` fails at once, which a wrong password or a missing schema always does.',
  },
  'db.ignore_unknown_table_columns': {
    kind: 'boolean',
    default: false,
    since: '2.0',
    weight: 'R',
    ignored: 'Columns that this release does not know never disturb it.',
    description: 'Tolerates columns of a newer schema during a rolling upgrade.',
  },
  profiling: {
    kind: 'choice',
    values: ['cpu', 'mem'],
    since: '1.7',
    weight: 'R',
    fromEnvironment: false,
    ignored: 'Use `node --cpu-prof` or `node --heap-prof`.',
    description: 'Named a profile to be written at the end of the process.',
  },
  'sqa.opt_out': {
    kind: 'boolean',
    default: false,
    since: '1.7',
    weight: 'C',
    environment: ['DISABLE_TELEMETRY'],
    ignored: 'There is no telemetry to opt out of.',
    description: 'Switched anonymous telemetry off. Hydrant never sends any.',
  },
} as const;
