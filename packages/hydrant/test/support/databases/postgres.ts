/** PostgreSQL from the packages of `npm`: nothing needs to be installed, and nothing that is installed is used. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Coordinates, DatabaseServer, Rows, ServerOptions } from './database-server.js';
import { findPostgres } from './find-postgres.js';
import { giveTo, type Identity, identityOf } from './identity.js';
import { runServer } from './run-server.js';

/**
 * Collations are ICU's, as where an operator has created the database with the defaults of their language: whoever
 * leans on the order of bytes has to say so in the schema.
 */
const INITDB = [
  ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'],
  ...['--no-sync', '--no-instructions'],
];

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '64MB',
  synchronous_commit: 'on',
  log_min_messages: 'warning',
};
/** For a cluster that nobody expects to survive the machine. */
const CARELESS = { fsync: 'off', full_page_writes: 'off' };

/** A cluster of one's own, by default of the packages of `npm`. Dispose of it. */
export async function startPostgresCluster(
  options: ServerOptions & { readonly programs?: string } = {},
): Promise<DatabaseServer> {
  const found = options.programs === undefined ? findPostgres() : ({ here: true, programs: options.programs } as const);
  if (!found.here) throw new Error(`No PostgreSQL: ${found.because}`);
  const identity = identityOf('postgres');
  const settings = { ...SETTINGS, ...(options.durable === false ? CARELESS : {}), ...options.settings };
  return runServer('postgres', identity, (folder) => {
    const bin = runnablePrograms(found.programs, folder, identity);
    const data = join(options.folder ?? folder, 'data');
    const password = randomBytes(12).toString('hex');
    initialize({ bin, data, folder, identity, password });
    return {
      command: join(bin, 'postgres'),
      arguments: ({ port }) => [
        ...['-D', data, '-p', String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      identity,
      login: { user: 'postgres', password },
      stopSignal: 'SIGINT',
      quitSignal: 'SIGQUIT',
      portTaken: 'could not create any TCP/IP sockets',
      query: queryPostgres,
      dsn: postgresDsn,
      terminate: async (query, database) => (await query(terminateSql(database))).length,
    };
  });
}

export function postgresDsn({ host, port, user, password }: Coordinates, database: string): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}?sslmode=disable`;
}

/** A statement with a row for each connection that it ended. */
export function terminateSql(database: string): string {
  return `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`;
}

/** Rows of the statement, or of the last one of several, over a connection of its own. */
export async function queryPostgres(at: Coordinates, sql: string, database = 'postgres'): Promise<Rows> {
  const client = new pg.Client({ ...at, database, ssl: false, connectionTimeoutMillis: 10_000 });
  // Without a listener a connection that the server cuts would end the process; the statement says what happened.
  client.on('error', () => {});
  try {
    await client.connect();
    const result: pg.QueryResult<Record<string, unknown>> | pg.QueryResult<Record<string, unknown>>[] =
      await client.query(sql);
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end().catch(() => {});
  }
}

/** The programs where this user can run them: not every checkout lies where others may look. */
function runnablePrograms(programs: string, folder: string, identity: Identity): string {
  const bin = join(programs, 'bin');
  if (spawnSync(join(bin, 'postgres'), ['--version'], { ...identity, cwd: '/' }).status === 0) return bin;
  const copy = join(folder, 'programs');
  cpSync(programs, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

interface Initialization {
  readonly bin: string;
  readonly data: string;
  readonly folder: string;
  readonly identity: Identity;
  readonly password: string;
}

function initialize({ bin, data, folder, identity, password }: Initialization): void {
  if (existsSync(data)) throw new Error(`${data} is there already.`);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  giveTo(identity, passwordFile, dirname(data), data);
  const args = ['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, ...INITDB];
  const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
  const { status, stderr, error } = spawnSync(join(bin, 'initdb'), args, {
    ...identity,
    env: environment,
    cwd: '/',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`initdb failed: ${stderr ?? error?.message}`);
}
