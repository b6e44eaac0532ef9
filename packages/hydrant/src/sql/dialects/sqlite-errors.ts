import { DatabaseUnusable, UniqueViolation } from '../driver.js';

const REASONS: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'the file is not an SQLite database',
  SQLITE_CORRUPT: 'the file is damaged; restore it from a backup',
  SQLITE_CANTOPEN: 'it is not a file that this user may open',
  SQLITE_READONLY: 'this user may not write to it',
  SQLITE_BUSY: 'another process holds it locked; let it finish, or stop it',
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk failed, or its file system is full or read-only',
  SQLITE_NOMEM: 'there is no memory left',
  SQLITE_PROTOCOL: 'other processes open and close it too fast',
  EACCES: 'this user may not write there',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EEXIST: 'a part of its path is not a directory',
};

/** The code of a driver's or file system's error, `''` where it has none. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** SQLite refines its codes: `SQLITE_CORRUPT_INDEX` is a `SQLITE_CORRUPT`. */
function knownReason(error: unknown): string | undefined {
  const code = codeOf(error);
  return REASONS[code] ?? REASONS[code.split('_', 2).join('_')];
}

/** Whether another process holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** Whether the file is none of SQLite's, or no longer. */
export function isDamaged(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));
}

/** What is wrong with a database, in a sentence for the operator. */
export function unusable(location: string, error: unknown): DatabaseUnusable {
  const reason = knownReason(error) ?? (error instanceof Error ? error.message : 'for an unknown reason');
  return new DatabaseUnusable(`The database ${location} cannot be used: ${reason}.`, { cause: error });
}

/** The driver's error in the words of `driver.ts`; what those have no word for stays as it is. */
export function translated(location: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE') {
    return new UniqueViolation('A row with this key is there already.', { cause: error });
  }
  return knownReason(error) === undefined ? error : unusable(location, error);
}
