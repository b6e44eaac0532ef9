/** The rules that `architecture.test.ts` holds the sources against, as data. */

/** A folder of `src`, or a part of one that has rules of its own; the longest that fits a file's path is its layer. */
export type Layer = keyof typeof layers;

/** Arrows from layer to layer. Within one's own layer everything may be imported. */
export const layers = {
  protocol: [],
  model: ['protocol'],
  store: ['model', 'protocol'],
  crypto: ['model', 'protocol'],

  'client-auth': ['crypto', 'store', 'model', 'protocol'],
  grants: ['crypto', 'store', 'model', 'protocol'],
  tokens: ['grants', 'client-auth', 'crypto', 'store', 'model', 'protocol'],
  authorize: ['interactions', 'crypto', 'store', 'model', 'protocol'],
  device: ['authorize', 'client-auth', 'crypto', 'store', 'model', 'protocol'],
  interactions: ['crypto', 'store', 'model', 'protocol'],
  logout: ['crypto', 'store', 'model', 'protocol'],
  clients: ['crypto', 'store', 'model', 'protocol'],
  keys: ['crypto', 'store', 'model', 'protocol'],
  trust: ['crypto', 'store', 'model', 'protocol'],
  hooks: ['model', 'protocol'],

  http: ['protocol'],
  'http/pages': [],
  'http/generations': ['http', 'clients', 'keys', 'tokens', 'interactions', 'model', 'protocol'],
  'http/legacy': ['http', 'http/admin'],
  'http/admin': ['http', 'interactions', 'clients', 'keys', 'trust', 'logout', 'tokens', 'model', 'protocol'],
  'http/public': [
    'http',
    'http/pages',
    'authorize',
    'device',
    'tokens',
    'interactions',
    'logout',
    'clients',
    'keys',
    'model',
    'protocol',
  ],

  sql: ['store', 'model', 'protocol', 'sql/dialects', 'sql/migrations'],
  'sql/dialects': ['sql'],
  'sql/migrations': ['sql'],
  config: ['protocol'],
  events: ['model', 'protocol'],
  jobs: ['store', 'keys', 'hooks', 'model', 'protocol'],
  'build-info.ts': [],
  compose: [
    ...['protocol', 'model', 'store', 'crypto', 'client-auth', 'grants', 'tokens', 'authorize', 'interactions'],
    ...[
      'device',
      'logout',
      'clients',
      'keys',
      'trust',
      'hooks',
      'http',
      'http/pages',
      'http/generations',
      'http/legacy',
      'http/admin',
    ],
    ...['http/public', 'sql', 'config', 'events', 'jobs', 'build-info.ts'],
  ],
  cli: ['config', 'compose', 'build-info.ts'],
  'main.ts': ['cli', 'compose'],
} as const;

/** Arrows beyond the table: from a layer to single files of another, with the reason. One that is no longer used has to go. */
export const exceptions: readonly { from: Layer; to: readonly string[]; typesOnly?: true; because: string }[] = [
  {
    from: 'authorize',
    to: ['tokens/mint.ts', 'tokens/lifetimes.ts'],
    because: 'implicit and hybrid answers carry tokens, and tokens are made in one place',
  },
  {
    from: 'logout',
    to: ['authorize/session.ts', 'authorize/hint.ts'],
    because: 'whoever ends a session has to read the cookie and the ID token that the authorization endpoint gave out',
  },
  {
    from: 'clients',
    to: ['hooks/guarded-fetch.ts'],
    because: 'sector documents and key sets of clients are fetched, and only hooks/ calls out',
  },
  {
    from: 'http',
    to: [
      ...['interactions/login.ts', 'interactions/consent.ts', 'interactions/logout.ts', 'tokens/introspect.ts'],
      ...['model/client.ts', 'model/flow.ts', 'model/token-family.ts'],
    ],
    typesOnly: true,
    because: 'a Generation of the wire is named by what it shows',
  },
  {
    from: 'http',
    to: ['crypto/sealing.ts', 'crypto/secret-ring.ts'],
    because: 'page tokens are sealed, so that nobody reads or invents one',
  },
  {
    from: 'http/admin',
    to: ['crypto/handle.ts', 'crypto/secret-ring.ts'],
    because: 'a listed consent session shows the handle of the flow that it came from',
  },
  {
    from: 'http/admin',
    to: ['store/index.ts'],
    typesOnly: true,
    because: 'operations that only list, count or delete have nothing to decide',
  },
  {
    from: 'http/public',
    to: ['crypto/jwk.ts'],
    typesOnly: true,
    because: 'the published keys are shown as they are',
  },
  {
    from: 'http/public',
    to: ['crypto/constant-time.ts', 'crypto/handle.ts', 'crypto/secret-ring.ts'],
    because: 'the forms of the built-in pages are bound to the browser by handles',
  },
  {
    from: 'http/public',
    to: ['http/admin/is-alive.ts', 'http/admin/is-ready.ts'],
    because: 'both listeners answer health checks',
  },
  {
    from: 'http/public',
    to: ['http/generations/second.ts'],
    because: 'the built-in pages decide by the rules of the second generation',
  },
  {
    from: 'sql',
    to: ['crypto/sealing.ts', 'crypto/secret-ring.ts'],
    because: 'private keys are sealed at the very edge, so that no other layer ever holds the sealed form',
  },
  {
    from: 'sql',
    to: ['crypto/opaque-token.ts'],
    because: 'row keys begin with their expiry, and only crypto/ knows how that is written',
  },
  {
    from: 'sql/migrations',
    to: ['sql/dialects/dialect.ts'],
    typesOnly: true,
    because: 'a migration is written in the column types that every dialect has',
  },
  {
    from: 'jobs',
    to: ['events/index.ts'],
    typesOnly: true,
    because: 'jobs report to the events that they are given',
  },
  {
    from: 'cli',
    to: ['crypto/random.ts'],
    because: 'a secret for development is made before there is a server',
  },
  {
    from: 'cli',
    to: ['protocol/duration.ts'],
    because: 'durations of flags are written as in Hydra, with fractions, unlike those of settings',
  },
];

/** Every package that the sources import, and the layers that may. */
export const libraries: Readonly<Record<string, readonly Layer[]>> = {
  fastify: ['http'],
  typebox: ['http', 'http/admin', 'http/public', 'config'],
  kysely: ['sql', 'sql/dialects', 'sql/migrations'],
  'better-sqlite3': ['sql/dialects'],
  mysql2: ['sql/dialects'],
  pg: ['sql/dialects'],
  jose: ['crypto'],
  '@node-rs/bcrypt': ['crypto'],
  pino: ['events'],
  'prom-client': ['events'],
  commander: ['cli'],
  yaml: ['config'],
  undici: ['hooks'],
};

/** Modules of Node.js that reach out of the process, or would be a second way to what a layer owns. */
export const builtins: Readonly<Record<string, readonly (Layer | `${string}.ts`)[]>> = {
  // Digests of PKCE and pairwise subjects are rules; the key of a used `jti` and the hash of a page's script are digests too.
  'node:crypto': [
    'crypto',
    'protocol/pkce.ts',
    'protocol/subject.ts',
    'sql/assertion-store.ts',
    'sql/move/table-checksum.ts',
    'http/pages/html.ts',
  ],
  'node:http': ['http'],
  'node:https': [],
  'node:http2': [],
  'node:net': ['http', 'hooks'],
  'node:tls': ['http'],
  'node:dns': ['hooks'],
  'node:child_process': [],
  'node:worker_threads': [],
  'node:fs': ['config', 'cli', 'sql/dialects', 'http', 'build-info.ts'],
  'node:fs/promises': ['events'],
};

/** What nobody may call, and the files that are the exception. */
export const banned: readonly { what: RegExp; name: string; instead: string; allowed: readonly string[] }[] = [
  { what: /\bDate\.now\b/, name: 'Date.now', instead: 'a Clock', allowed: ['protocol/time.ts'] },
  { what: /\bnew Date\(\s*\)/, name: 'new Date()', instead: 'a Clock', allowed: [] },
  { what: /\bperformance\.now\b/, name: 'performance.now', instead: 'a Clock', allowed: ['main.ts'] },
  { what: /\bMath\.random\b/, name: 'Math.random', instead: 'a Random', allowed: [] },
  {
    what: /\b(randomBytes|randomUUID|randomFillSync|randomFill|randomInt|getRandomValues)\b/,
    name: 'randomness of node:crypto',
    instead: 'a Random',
    allowed: ['crypto/random.ts'],
  },
  { what: /\bprocess\.env\b/, name: 'process.env', instead: 'the configuration', allowed: ['main.ts'] },
  { what: /\bprocess\.exit\b/, name: 'process.exit', instead: 'a return value', allowed: ['main.ts'] },
  { what: /\bconsole\./, name: 'console', instead: 'the events', allowed: [] },
  {
    what: /\bbiome-ignore\b|@ts-(ignore|expect-error|nocheck)/,
    name: 'silencing a check',
    instead: 'mending it',
    // The one lint rule is about control characters in an expression, and they are what it looks for.
    allowed: ['protocol/uri.ts'],
  },
];

export const HARD_CAP = 400;
export const NORMAL = 300;
/** Files longer than usual, each with its reason. */
export const long: Readonly<Record<string, string>> = {
  'tokens/exchange.ts': 'the phases of the token endpoint are read as one story, and share what they know',
};
