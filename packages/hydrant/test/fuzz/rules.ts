/** What holds of every answer, whatever was asked. */
import Sqlite from 'better-sqlite3';
import type { SqliteFile } from '../support/sqlite-file.js';
import { headerIn, type RawAnswer } from './raw-http.js';

/** Frames of a stack, files of ours or of a package, and what a database says of itself. */
const INTERNAL =
  /\n\s+at \S|node_modules|\/src\/|\/dist\/|\.[cm]?[jt]s:\d|file:\/\/\/|SQLITE_|SqliteError|TypeError|RangeError|is not a function|Cannot read prop/;

/** Says what is wrong with an answer by itself; nothing where all is well. */
export function faultsOf(answer: RawAnswer): string[] {
  const { status, body } = answer;
  const faults: string[] = [];
  if (status >= 500) faults.push(`status ${status}`);
  const inside = INTERNAL.exec(body) ?? INTERNAL.exec(answer.head);
  if (inside) faults.push(`an internal matter in the answer: ${inside[0]}`);
  if (/[?&#]error=server_error/.test(headerIn(answer, 'location'))) faults.push('a redirect with server_error');
  if (status >= 400 && body !== '' && /json/.test(headerIn(answer, 'content-type')) && !namesItsError(body))
    faults.push('a refusal in JSON without error');
  return faults;
}

function namesItsError(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'error' in value && Boolean(value.error);
  } catch {
    return false;
  }
}

/** Notices whether somebody wrote to the database since it was last asked. */
export interface WriteWatch extends Disposable {
  /**
   * Nothing where nobody wrote; otherwise the tables whose number of rows is another than before, each with the
   * difference, or that rows were changed.
   */
  changes(): string[];
}

/** What {@link WriteWatch} says of rows that are other than before, but as many. */
const CHANGED = 'rows changed';

/** What goes on beside the requests writes when it likes; statements of it, by name. */
export const BESIDE = /\.flush$|^logout_notice\.|^change_clock\.|^client_secret_use\.record$/;

/** Refusals that have to change a row: guesses at user codes are counted (RFC 8628 §5.1). */
const MARKING = /\/device\/accept$/;

/** Whether a refusal at this path may have done that. */
export function isRefusalsDue(path: string, changes: readonly string[]): boolean {
  return changes.length === 0 || (MARKING.test(path) && changes.every((change) => change === CHANGED));
}

export function watchWrites(database: SqliteFile): WriteWatch {
  const outside = new Sqlite(database.path, { readonly: true });
  // SQLite: this number changes when another connection has committed something; nothing is counted until then.
  const version = outside.prepare('PRAGMA data_version').pluck();
  let seen = version.get();
  let rows = database.rows();
  return {
    changes() {
      const now = version.get();
      if (now === seen) return [];
      const [before, after] = [rows, database.rows()];
      [seen, rows] = [now, after];
      const tables = new Set([...Object.keys(before), ...Object.keys(after)]);
      const counted = [...tables].flatMap((table) => {
        const difference = (after[table] ?? 0) - (before[table] ?? 0);
        return difference === 0 ? [] : [`${table} ${difference > 0 ? '+' : ''}${difference}`];
      });
      return counted.length > 0 ? counted : [CHANGED];
    },
    [Symbol.dispose]: () => void outside.close(),
  };
}
