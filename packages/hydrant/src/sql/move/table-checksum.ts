import { createHash } from 'node:crypto';
import type { SnapshotRead, SqlValue } from '../driver.js';
import type { Table } from '../migrations/tables.js';
import { pagesOf } from './pages.js';

/** What is alike where two tables are alike, whatever engines they lie in. */
export interface TableChecksum {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over the rows in the order of their key, in hexadecimal characters. */
  readonly sha256: string;
}

/** Reads a whole table. `progress` is called with the rows that have been read until then. */
export async function checksumOf(
  read: SnapshotRead,
  table: Table,
  progress: (rows: number) => void,
): Promise<TableChecksum> {
  const hash = createHash('sha256');
  const columns = Object.keys(table.columns);
  let rows = 0;
  for await (const page of pagesOf(read, table)) {
    for (const row of page)
      for (const column of columns) for (const part of encoded(row[column] ?? null)) hash.update(part);
    rows += page.length;
    progress(rows);
  }
  return { table: table.name, rows, sha256: hash.digest('hex') };
}

/** Kind and length in front of each value, so that no two rows look alike. */
function encoded(value: SqlValue): readonly (string | Buffer)[] {
  if (value === null) return ['z'];
  if (typeof value === 'number') return [`n${value};`];
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return [`${typeof value === 'string' ? 't' : 'b'}${bytes.length}:`, bytes];
}
