import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DatabaseUnusable } from '../driver.js';
import type { AppliedStep, BackupOptions, Restored, RestoreOptions } from './dialect.js';
import { isBusy, isDamaged, unusable } from './sqlite-errors.js';

/** What SQLite keeps beside a file while it is in use. */
const BESIDE = ['-wal', '-shm', '-journal'] as const;

/** A server holds its locks for a moment only; one that runs holds the file for as long as it does. */
const BLOCKING_WAIT_MS = 2_000;

/**
 * Copies a database that servers may be writing to: one moment of it, no earlier than the call. The copy is a single file for
 * its owner alone, is checked before it gets its name, and is there whole or not at all. Returns its length in bytes.
 */
export async function backupSqlite(file: string, { to, force, accept }: BackupOptions): Promise<number> {
  const target = resolve(to);
  requireDatabase(file);
  if (existsSync(target)) {
    if (isSame(file, target)) throw new DatabaseUnusable(`${target} is the database itself; write the copy elsewhere.`);
    if (!force) throw new DatabaseUnusable(`There is a file ${target} already; --force writes over it.`);
  }
  return finishing(target, async (part) => {
    await copy(file, part);
    verify(part, part, accept);
    syncFile(part);
    // A log that belongs to what was here before would be taken for the copy's.
    for (const suffix of BESIDE) rmSync(`${target}${suffix}`, { force: true });
    renameSync(part, target);
    syncFile(dirname(target));
    return statSync(target).size;
  });
}

/**
 * Puts a copy in the place of a database that no server has open, and keeps what was there aside. What is put there has been
 * checked; until the very last step everything is as it was.
 */
export async function restoreSqlite(file: string, { from, force, accept }: RestoreOptions): Promise<Restored> {
  const source = resolve(from);
  requireDatabase(source);
  if (existsSync(file) && isSame(file, source)) throw new DatabaseUnusable(`${source} is the database itself.`);
  return finishing(file, async (part) => {
    await copy(source, part);
    verify(part, source, accept);
    if (!existsSync(file)) {
      syncFile(part);
      renameSync(part, file);
      syncFile(dirname(file));
      return {};
    }
    likeTheOld(file, part);
    syncFile(part);
    const lock = lockOut(file, force);
    try {
      const aside = freeName(`${file}.before-restore`);
      for (const suffix of BESIDE) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
      renameSync(file, aside);
      renameSync(part, file);
      syncFile(dirname(file));
      return { aside };
    } finally {
      lock?.close();
    }
  });
}

/** Works on a file beside `target`, which is gone afterwards unless it was given a name of its own. */
async function finishing<T>(target: string, work: (part: string) => Promise<T>): Promise<T> {
  const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  const clear = () => {
    for (const suffix of ['', ...BESIDE]) rmSync(part + suffix, { force: true });
  };
  try {
    // Of somebody who had our number and was killed.
    clear();
    closeSync(openSync(part, 'wx', 0o600));
    return await work(part);
  } catch (error) {
    throw error instanceof DatabaseUnusable ? error : unusable(target, error);
  } finally {
    clear();
  }
}

function requireDatabase(file: string): void {
  if (!existsSync(file)) throw new DatabaseUnusable(`There is no file ${file}.`);
  if (!statSync(file).isFile()) throw new DatabaseUnusable(`${file} is no file.`);
}

async function copy(from: string, to: string): Promise<void> {
  let source: Sqlite.Database | undefined;
  try {
    // Not read-only: whoever only reads leaves the files behind that SQLite needs for it, and they may be another user's.
    source = new Sqlite(from, { fileMustExist: true, timeout: BLOCKING_WAIT_MS });
    // What is read under one transaction is of one moment. Without it each write of a server would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(to, { progress: ({ remainingPages }) => Math.max(1, Math.min(remainingPages, PAGES_AT_ONCE)) });
  } catch (error) {
    throw unusable(from, error);
  } finally {
    source?.close();
  }
}

const PAGES_AT_ONCE = 2_500;

/** Throws a sentence about `named` where its copy is damaged, or `accept` does not take it. */
function verify(part: string, named: string, accept: (steps: readonly AppliedStep[]) => void): void {
  const database = new Sqlite(part, { fileMustExist: true });
  try {
    // One file from now on, which can be moved, and read from where nobody may write.
    database.pragma('journal_mode = DELETE');
    const found = database.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new DatabaseUnusable(`${named} is damaged: ${String(found).replace(/\s+/g, ' ')}.`);
    accept(stepsOf(database));
  } catch (error) {
    throw error instanceof DatabaseUnusable ? error : unusable(named, error);
  } finally {
    database.close();
  }
}

function stepsOf(database: Sqlite.Database): AppliedStep[] {
  const table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'";
  if (database.prepare(table).get() === undefined) return [];
  return database.prepare<[], AppliedStep>('SELECT version, name FROM schema_migration WHERE applied_at > 0').all();
}

/**
 * Takes the lock that leaves room for nobody: leaving the write-ahead log is granted only to one who is alone, and puts all that
 * is in it into the file. `undefined` where the file is so damaged that nobody can lock it, and that was to be no obstacle.
 */
function lockOut(file: string, force: boolean): Sqlite.Database | undefined {
  const database = new Sqlite(file, { fileMustExist: true, timeout: BLOCKING_WAIT_MS });
  try {
    database.pragma('journal_mode = DELETE');
    // Once more in words: whoever opens it from now on waits until we have let go.
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) {
      throw new DatabaseUnusable(`The database ${file} is open in a server. Stop every server, and restore again.`);
    }
    if (!isDamaged(error)) throw error;
    if (force) return undefined;
    throw new DatabaseUnusable(
      `The database ${file} is damaged, so it cannot be seen whether a server has it open. Stop every server, and restore with --force.`,
    );
  }
}

/** Whoever may use the old file may use the new one: root restores what belongs to the server's user. */
function likeTheOld(old: string, part: string): void {
  const { mode, uid, gid } = statSync(old);
  chmodSync(part, mode & 0o777);
  const own = statSync(part);
  if (own.uid !== uid || own.gid !== gid) chownSync(part, uid, gid);
}

function freeName(wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name)) return name;
  }
}

function isSame(one: string, other: string): boolean {
  return realpathSync(one) === realpathSync(other);
}

/** After it a power cut takes nothing back. */
function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
