import { mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Sizes are measured, not speed, so the file may as well lie in memory, where there is enough of it. */
function roomyFolder() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > ENOUGH ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

const ENOUGH = 2 ** 30;

/** A SQLite file in a temporary folder, looked into from a connection of its own. @returns {import('./index.mjs').Engine} */
export function openSqlite() {
  const folder = mkdtempSync(join(roomyFolder(), 'hydrant-growth-'));
  const path = join(folder, 'hydrant.sqlite');
  /** @type {Sqlite.Database | undefined} */
  let opened;
  // The server makes the file, so that it is made as it always is.
  const database = () => {
    opened ??= new Sqlite(path, { readonly: true });
    return opened;
  };
  /** @type {Map<string, Sqlite.Statement>} */
  const prepared = new Map();

  return {
    name: 'SQLite',
    dsn: `sqlite://${path}?_fk=true`,
    tables: async () =>
      database().prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all().map(String),
    async ask(sql, moment) {
      const statement = prepared.get(sql) ?? database().prepare(sql);
      prepared.set(sql, statement);
      const row = /** @type {Record<string, number>} */ (statement.get(moment));
      return row;
    },
    async size() {
      const pragma = (/** @type {string} */ name) => Number(database().pragma(name, { simple: true }));
      const used = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
      return { bytes: sizeOf(path) + sizeOf(`${path}-wal`), used };
    },
    // SQLite has no housekeeping: a page that was emptied is taken for the next row.
    rest: async () => {},
    async close() {
      opened?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param {string} path */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
