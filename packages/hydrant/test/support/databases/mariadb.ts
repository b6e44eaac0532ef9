/** MariaDB, where the machine has it. MySQL speaks the same protocol and takes the same statements from the tests. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { Coordinates, DatabaseServer, Found, Rows, ServerOptions } from './database-server.js';
import { giveTo, type Identity, identityOf } from './identity.js';
import { findProgram } from './programs.js';
import { runServer } from './run-server.js';

interface Programs {
  readonly server: string;
  readonly install: string;
}

export function findMariadb(): Found<Programs> {
  const server = findProgram('mariadbd') ?? findProgram('mysqld');
  const install = findProgram('mariadb-install-db') ?? findProgram('mysql_install_db');
  if (!server || !install) return { here: false, because: 'neither mariadbd nor its mariadb-install-db is installed' };
  return { here: true, programs: { server, install } };
}

/** Of a MySQL that the developer runs: `mysql://root:password@tcp(host:port)/`. */
export function findMysql(): Found<Coordinates> {
  const given = process.env.HYDRANT_TEST_MYSQL;
  if (!given) return { here: false, because: 'HYDRANT_TEST_MYSQL names no MySQL 8 server' };
  const [, user, password = '', host, port = '3306'] =
    /^mysql:\/\/([^:@]+)(?::([^@]*))?@tcp\(([^:)]+)(?::(\d+))?\)\/?$/.exec(given) ?? [];
  if (!user || !host) throw new Error('HYDRANT_TEST_MYSQL is not of the form mysql://root:password@tcp(host:port)/');
  return { here: true, programs: { host, port: Number(port), user, password } };
}

/** The character set is MariaDB's own default, `latin1`: a schema that needs another has to say so. */
const SETTINGS = {
  bind_address: '127.0.0.1',
  max_connections: '300',
  skip_name_resolve: 'ON',
  innodb_buffer_pool_size: '64M',
  innodb_log_file_size: '32M',
};
/** For a server that nobody expects to survive the machine. */
const CARELESS = { innodb_flush_log_at_trx_commit: '2', innodb_doublewrite: 'OFF', innodb_fast_shutdown: '2' };

/** A server of one's own. Dispose of it. */
export async function startMariadbServer(options: ServerOptions = {}): Promise<DatabaseServer> {
  const found = findMariadb();
  if (!found.here) throw new Error(`No MariaDB: ${found.because}`);
  const identity = identityOf('mysql');
  const settings = { ...SETTINGS, ...(options.durable === false ? CARELESS : {}), ...options.settings };
  return runServer('mariadb', identity, (folder) => {
    const data = join(options.folder ?? folder, 'data');
    const login = { user: 'hydrant', password: randomBytes(12).toString('hex') };
    initialize({ programs: found.programs, data, folder, identity, login });
    return {
      command: found.programs.server,
      arguments: ({ port }) => [
        ...['--no-defaults', `--datadir=${data}`, `--init-file=${join(folder, 'init.sql')}`],
        ...[`--port=${port}`, `--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`],
        ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      ],
      identity,
      login,
      stopSignal: 'SIGTERM',
      quitSignal: 'SIGKILL',
      portTaken: "Can't start server: Bind on TCP/IP port",
      query: queryMysql,
      dsn: mysqlDsn,
      terminate: terminateMysql,
    };
  });
}

export function mysqlDsn({ host, port, user, password }: Coordinates, database: string): string {
  return `mysql://${user}:${password}@tcp(${host}:${port})/${database}`;
}

/** Rows of the statement, or of the last one of several, over a connection of its own. */
export async function queryMysql(at: Coordinates, sql: string, database?: string): Promise<Rows> {
  const connection = await createConnection({
    ...at,
    ...(database && { database }),
    multipleStatements: true,
    connectTimeout: 10_000,
  });
  // Without a listener a connection that the server cuts would end the process; the statement says what happened.
  connection.on('error', () => {});
  try {
    const [results] = await connection.query(sql);
    return lastRows(results);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

/** Several statements give a list of results, in which a statement without rows has an object for its list. */
function lastRows(results: unknown): Rows {
  if (!Array.isArray(results)) return [];
  const last: unknown = results.at(-1);
  if (Array.isArray(last)) return last;
  return typeof last === 'object' && last !== null && 'affectedRows' in last ? [] : results;
}

/** Ends the connections to a database, and says how many there were. */
export async function terminateMysql(query: (sql: string) => Promise<Rows>, database: string): Promise<number> {
  const connections = await query(`SELECT id FROM information_schema.processlist WHERE db = '${database}'`);
  for (const { id } of connections) await query(`KILL ${Number(id)}`).catch(() => {});
  return connections.length;
}

interface Initialization {
  readonly programs: Programs;
  readonly data: string;
  readonly folder: string;
  readonly identity: Identity;
  readonly login: { readonly user: string; readonly password: string };
}

function initialize({ programs, data, folder, identity, login }: Initialization): void {
  if (existsSync(data)) throw new Error(`${data} is there already.`);
  const init = join(folder, 'init.sql');
  const account = `'${login.user}'@'%'`;
  writeFileSync(
    init,
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${login.password}';\nGRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
    { mode: 0o600 },
  );
  mkdirSync(data, { mode: 0o700 });
  giveTo(identity, init, dirname(data), data);
  const args = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'];
  const same = ['--skip-name-resolve', `--innodb-log-file-size=${SETTINGS.innodb_log_file_size}`];
  const { status, stderr, stdout, error } = spawnSync(programs.install, [...args, ...same], {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`mariadb-install-db failed: ${stdout}${stderr}${error?.message ?? ''}`);
}
