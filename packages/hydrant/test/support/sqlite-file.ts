/** A SQLite file that lives as long as its test, and can be looked into from outside of the server. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { isStanding } from './databases/index.js';

export interface SqliteFile extends Disposable {
  readonly dsn: string;
  readonly path: string;
  /** Where it lies, alone. */
  readonly folder: string;
  /** Rows by table; empty tables and those of the schema itself are left out. */
  rows(): Record<string, number>;
  /** Whether these bytes lie anywhere in the file, or in what is still to be written into it. */
  contains(text: string): boolean;
  query(sql: string): Readonly<Record<string, unknown>>[];
  execute(sql: string): void;
}

export function sqliteFile(): SqliteFile {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-journey-'));
  const path = join(folder, 'hydrant.sqlite');

  function open<T>(readonly: boolean, work: (database: Sqlite.Database) => T): T {
    const database = new Sqlite(path, { readonly });
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  function rowsIn(database: Sqlite.Database): Record<string, number> {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all().map(String);
    const counted = tables
      .filter((name) => !isStanding(name))
      .map((name) => [name, Number(database.prepare(`SELECT count(*) FROM "${name}"`).pluck().get())] as const);
    return Object.fromEntries(counted.filter(([, count]) => count > 0));
  }

  return {
    dsn: `sqlite://${path}?_fk=true`,
    path,
    folder,
    rows: () => open(true, rowsIn),
    contains: (text) => [path, `${path}-wal`].some((file) => existsSync(file) && readFileSync(file).includes(text)),
    query: (sql) => open(true, (database) => database.prepare<[], Record<string, unknown>>(sql).all()),
    execute: (sql) => void open(false, (database) => database.exec(sql)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
