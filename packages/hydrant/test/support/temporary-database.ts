/** A SQLite file that lives as long as its test, and can be looked into from outside of the server. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

export interface TemporaryDatabase extends Disposable {
  readonly dsn: string;
  readonly folder: string;
  /** Rows by table; empty tables and those of the schema itself are left out. */
  rows(): Record<string, number>;
  count(table: string): number;
  query(sql: string): Readonly<Record<string, unknown>>[];
  /** Whether these bytes lie anywhere in the file, or in what is still to be written into it. */
  contains(text: string): boolean;
}

/** Tables that say what the schema is, or that something changed; they do not grow with requests. */
const STANDING = /^(sqlite_|schema_|change_clock|kysely_)|migration/;

export function temporaryDatabase(): TemporaryDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-journey-'));
  const path = join(folder, 'hydrant.sqlite');

  function rows(): Record<string, number> {
    const database = new Sqlite(path, { readonly: true });
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all().map(String);
      const counted = tables
        .filter((name) => !STANDING.test(name))
        .map((name) => [name, Number(database.prepare(`SELECT count(*) FROM "${name}"`).pluck().get())] as const);
      return Object.fromEntries(counted.filter(([, count]) => count > 0));
    } finally {
      database.close();
    }
  }

  function query(sql: string): Record<string, unknown>[] {
    const database = new Sqlite(path, { readonly: true });
    try {
      return database.prepare<[], Record<string, unknown>>(sql).all();
    } finally {
      database.close();
    }
  }

  return {
    dsn: `sqlite://${path}?_fk=true`,
    folder,
    rows,
    query,
    count: (table) => rows()[table] ?? 0,
    contains: (text) => [path, `${path}-wal`].some((file) => existsSync(file) && readFileSync(file).includes(text)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
