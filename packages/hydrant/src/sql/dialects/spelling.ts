import type { BoundedDeletion, Insertion, Statement } from '../driver.js';

/**
 * The SQL of a statement as SQLite and PostgreSQL read it, with `?` for parameters. `rows` is how many rows an insertion
 * has; `locking` is what an engine says after a sub-select to leave rows that others hold.
 */
export function spell({ sql, onConflict, returning }: Statement, rows: number, locking = ''): string {
  if (typeof sql === 'object') return 'insertInto' in sql ? insertion(sql, rows) : boundedDeletion(sql, locking);
  let text = sql;
  if (onConflict) {
    const { columns, set } = onConflict;
    text += ` ON CONFLICT (${columns}) DO ${set === undefined ? 'NOTHING' : `UPDATE SET ${set}`}`;
  }
  return returning ? `${text} RETURNING ${returning.columns}` : text;
}

/** How many rows the values of a call make: of an insertion as many as there are, of anything else one. */
export function rowsIn({ sql }: Statement, values: readonly unknown[]): number {
  if (typeof sql === 'string' || !('insertInto' in sql)) return 1;
  return values.length / Object.keys(sql.columns).length;
}

export function insertion({ insertInto, columns }: Insertion, rows: number): string {
  const names = Object.keys(columns);
  const row = `(${names.map(() => '?').join(', ')})`;
  return `INSERT INTO ${insertInto} (${columnList(names)}) VALUES ${Array(rows).fill(row).join(', ')}`;
}

/** In double quotes, for some engine reserves one or another. */
export function columnList(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function boundedDeletion({ deleteFrom, key, where, orderBy }: BoundedDeletion, locking: string): string {
  // As an array: a sub-select that is only compared may be run again for each row, and would then pass its limit.
  const some = `SELECT ${key} FROM ${deleteFrom} WHERE ${where} ORDER BY ${orderBy} LIMIT ?`;
  return locking === ''
    ? `DELETE FROM ${deleteFrom} WHERE ${key} IN (${some})`
    : `DELETE FROM ${deleteFrom} WHERE ${key} = ANY(ARRAY(${some} ${locking}))`;
}
