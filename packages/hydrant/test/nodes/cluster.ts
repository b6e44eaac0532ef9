/** Several server processes on one database, as operators run them, behind a load balancer. */
import { afterAll, beforeAll, describe } from 'vitest';
import { availableEngines, type Engine, type MadeDatabase, makeDatabase } from '../support/databases/index.js';
import { type RoundRobin, startRoundRobin } from '../support/round-robin.js';
import { runCommand, type ServerProcess, startProcess, twoPorts } from '../support/server-process.js';
import { sqliteFile } from '../support/sqlite-file.js';

/** What the tests look at: the database of all nodes, whichever it is. */
type SharedDatabase = Pick<MadeDatabase, 'dsn' | 'query'> & AsyncDisposable;

export type Place = Engine | 'sqlite';

export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ServerProcess[];
  readonly proxy: RoundRobin;
  /** For each node a way to it alone, past the load balancer. */
  readonly alone: readonly RoundRobin[];
  readonly database: SharedDatabase;
  /** Asks a node to stop, waits for its end and starts it again in its place. Returns its exit status. */
  restart(node: number): Promise<number | NodeJS.Signals>;
}

export interface ClusterOptions {
  readonly place: Place;
  readonly count: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly checkEvery?: number;
}

/** The issuer of production: nobody but the tokens uses the name here. */
export const ISSUER = 'https://id.example.com';

/** Migrates an empty database and starts the nodes on it. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const undo: (() => Promise<unknown>)[] = [];
  const dispose = async () => {
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    return { ...(await assemble(options, undo)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function assemble(
  { place, count, settings = {}, checkEvery }: ClusterOptions,
  undo: (() => Promise<unknown>)[],
): Promise<Omit<Cluster, keyof AsyncDisposable>> {
  const database = await openDatabase(place);
  undo.push(async () => database[Symbol.asyncDispose]());
  const ports = await twoPorts();
  const all = settingsOf(database.dsn, `http://127.0.0.1:${ports[0]}`, settings);
  await runCommand(['migrate', 'sql', 'up', '--yes'], all);
  const [places, fronts] = [await portsFor(count), await portsFor(count)];
  const start = async (node: number) =>
    startProcess({ ports: places[node] ?? (await twoPorts()), dev: false, settings: all });
  const nodes: ServerProcess[] = [];
  undo.push(() => Promise.all(nodes.map((node) => node.kill())));
  await Promise.all(
    places.map(async (_, node) => {
      nodes[node] = await start(node);
    }),
  );
  const proxy = await startRoundRobin({ nodes, ports, ...(checkEvery !== undefined && { checkEvery }) });
  undo.push(async () => proxy[Symbol.asyncDispose]());
  const alone = await Promise.all(
    nodes.map(async (node, index) => startRoundRobin({ nodes: [node], ports: fronts[index] ?? (await twoPorts()) })),
  );
  undo.push(() => Promise.all(alone.map((one) => one[Symbol.asyncDispose]())));
  return {
    nodes,
    proxy,
    alone,
    database,
    async restart(node) {
      const status = await nodes[node]?.stop();
      nodes[node] = await start(node);
      return status ?? 'SIGKILL';
    },
  };
}

function settingsOf(dsn: string, publicUrl: string, more: Readonly<Record<string, string>>): Record<string, string> {
  return {
    DSN: dsn,
    URLS_SELF_ISSUER: ISSUER,
    // Where the load balancer is; in front of it there would be TLS, which it says to the nodes.
    URLS_SELF_PUBLIC: publicUrl,
    SERVE_TLS_ALLOW_TERMINATION_FROM: '127.0.0.0/8',
    URLS_LOGOUT: 'http://127.0.0.1:1/logout',
    URLS_ERROR: 'http://127.0.0.1:1/error',
    URLS_POST_LOGOUT_REDIRECT: 'http://127.0.0.1:1/logged-out',
    SECRETS_SYSTEM: 'a-secret-of-the-tests-and-of-nobody-else',
    // Keys and hashes that cost next to nothing: what they are does not matter here.
    STRATEGIES_JWT_SIGNING_ALGORITHM: 'ES256',
    OAUTH2_HASHERS_ALGORITHM: 'pbkdf2',
    OAUTH2_HASHERS_PBKDF2_ITERATIONS: '1',
    ...more,
  };
}

async function portsFor(count: number): Promise<(readonly [number, number])[]> {
  const places: (readonly [number, number])[] = [];
  for (let node = 0; node < count; node++) places.push(await twoPorts());
  return places;
}

async function openDatabase(place: Place): Promise<SharedDatabase> {
  if (place !== 'sqlite') return makeDatabase(place);
  const made = sqliteFile();
  return {
    dsn: made.dsn,
    query: async (sql) => made.query(sql),
    [Symbol.asyncDispose]: async () => made[Symbol.dispose](),
  };
}

/** A suite on that database, or a note why it is skipped. */
export function describeOn(place: Place, title: string, body: () => void): void {
  const found = place === 'sqlite' ? ({ available: true } as const) : availableEngines()[place];
  if (found.available) describe(title, body);
  else describe.skip(`${title} (${found.because})`, body);
}

/** One cluster for all tests of a suite; what is asked of it goes to the load balancer. */
export function sharedCluster(options: ClusterOptions): { readonly now: () => Cluster } {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster(options);
  }, 120_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());
  return {
    now() {
      if (!cluster) throw new Error('The cluster is there within tests only.');
      return cluster;
    },
  };
}
