import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { type Connection, DatabaseUnusable } from '../driver.js';
import type { Dsn } from '../dsn.js';
import type { ColumnTypes, Dialect, OpenOptions } from './dialect.js';
import { backupSqlite, restoreSqlite } from './sqlite-backup.js';
import { sqliteConnection } from './sqlite-connection.js';
import { unusable } from './sqlite-errors.js';
import { patiently } from './sqlite-patience.js';

const types: ColumnTypes = {
  bytes: () => 'blob',
  name: () => 'text',
  text: () => 'text',
  json: () => 'text',
  instant: () => 'integer',
  count: () => 'integer',
  flag: () => 'integer',
};

/** SQLite, in memory or in a file that several processes may share. The only importer of its driver. */
export const sqlite: Dialect = {
  schemes: ['memory', 'sqlite', 'sqlite3'],
  example: 'sqlite:///path/to/db.sqlite',
  types,
  migratesByItself: () => true,
  open,
  exists: (dsn) => existsSync(fileOf(dsn) ?? ''),
  backup: (dsn, options) => backupSqlite(requireFile(dsn), options),
  restore: (dsn, options) => restoreSqlite(requireFile(dsn), options),
  builder: <Schema>() =>
    new Kysely<Schema>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (kysely) => new SqliteIntrospector(kysely),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
};

/** The part of a wait that blocks the thread: a neighbour's commit takes about as long. The rest is spent asleep. */
const BLOCKING_WAIT_MS = 10;

/**
 * The path of `sqlite:///absolute/path.db?_fk=true`, `sqlite://relative.db` or `sqlite:relative.db`; `undefined` in memory.
 * Hydra: the parameters of its drivers are taken and not needed.
 */
function fileOf({ scheme, place, parameters }: Dsn): string | undefined {
  if (scheme === 'memory') return undefined;
  const path = place.replace(/^\/\//, '').replace(/^file:/, '');
  if (path === ':memory:' || parameters.get('mode') === 'memory') return undefined;
  if (path === '') throw new DatabaseUnusable('The DSN names no file. Write sqlite:///path/to/db.sqlite?_fk=true.');
  return resolve(path);
}

function requireFile(dsn: Dsn): string {
  const file = fileOf(dsn);
  if (file === undefined) throw new DatabaseUnusable('A database in memory is in no file, and gone with its server.');
  return file;
}

async function open(dsn: Dsn, options: OpenOptions): Promise<Connection> {
  const file = fileOf(dsn);
  const location = file ?? 'memory';
  let database: Sqlite.Database | undefined;
  try {
    if (file !== undefined) makeFile(file);
    const opened = new Sqlite(file ?? ':memory:', { timeout: BLOCKING_WAIT_MS });
    database = opened;
    await patiently(options.busyTimeoutMs, () => configure(opened));
    return sqliteConnection(opened, location, options);
  } catch (error) {
    database?.close();
    throw unusable(location, error);
  }
}

/** Of a new file only the owner may read anything, whatever the umask: it holds personal data. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
}

function configure(database: Sqlite.Database): void {
  // The journal mode comes first: it is also the first to read the file, and so to notice that it is none of SQLite's.
  database.pragma('journal_mode = WAL');
  // A commit that was answered survives a power cut.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('cache_size = -16384');
  // After a burst the log shrinks again.
  database.pragma('journal_size_limit = 67108864');
}
