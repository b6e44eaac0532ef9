import {
  call,
  type Insertion,
  type SnapshotRead,
  type SqlValue,
  type Statement,
  statement,
  type WriteUnit,
} from '../driver.js';
import type { Table } from '../migrations/tables.js';

/** A row as every engine gives it. */
export type Row = Readonly<Record<string, SqlValue>>;

/** The values of a primary key, in its order. */
export type Key = readonly SqlValue[];

/** More in one statement gain nothing; SQLite takes 32,766 parameters. */
const MOST_ROWS = 500;
/** A page of about so many bytes is enough, and memory has room for a few. */
const PAGE_BYTES = 1_000_000;
/** Before anything is known of how long rows are. */
const FIRST_ROWS = 20;

/** The rows of a table after `after`, in the order of its key, a page at a time. */
export async function* pagesOf(read: SnapshotRead, table: Table, after?: Key): AsyncGenerator<readonly Row[]> {
  const [first, next] = [selection(table, false), selection(table, true)];
  let rows = FIRST_ROWS;
  for (let last = after; ; ) {
    const page: readonly Row[] = last === undefined ? await read(first, rows) : await read(next, ...bounds(last), rows);
    if (page.length > 0) yield page;
    if (page.length < rows) return;
    last = keyOf(table, page.at(-1) ?? {});
    const each = page.reduce((sum, row) => sum + lengthOf(table, row), 0) / page.length;
    rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(PAGE_BYTES / each)));
  }
}

/** The key of one of a table's rows. */
export function keyOf({ key }: Table, row: Row): Key {
  return key.map((column) => row[column] ?? null);
}

/** Writes a page in as many statements as its length asks for. */
export function insertionOf(table: Table, page: readonly Row[]): NonNullable<WriteUnit['effects']> {
  const columns = Object.keys(table.columns);
  return [call(insertionInto(table), ...page.flatMap((row) => columns.map((column) => row[column] ?? null)))];
}

const insertions = new WeakMap<Table, Statement>();

function insertionInto(table: Table): Statement {
  const known = insertions.get(table);
  if (known) return known;
  const sql: Insertion = { insertInto: table.name, columns: table.columns };
  const made = statement(`move.insert.${table.name}`, sql);
  insertions.set(table, made);
  return made;
}

function selection({ name, columns, key }: Table, continued: boolean): Statement<Row> {
  const where = continued ? `WHERE ${beyond(key)} ` : '';
  const order = key.map(quoted).join(', ');
  const sql = `SELECT ${Object.keys(columns).map(quoted).join(', ')} FROM ${name} ${where}ORDER BY ${order} LIMIT ?`;
  return statement<Row>(`move.select.${name}`, sql);
}

/** A comparison of rows, spelled out: not every engine finds its way in an index by the short form. */
function beyond(key: readonly string[]): string {
  return key
    .map((column, place) => {
      const same = key.slice(0, place).map((before) => `${quoted(before)} = ?`);
      return `(${[...same, `${quoted(column)} > ?`].join(' AND ')})`;
    })
    .join(' OR ');
}

/** The parameters of {@link beyond}. */
function bounds(key: Key): SqlValue[] {
  return key.flatMap((_, place) => key.slice(0, place + 1));
}

function quoted(column: string): string {
  return `"${column}"`;
}

function lengthOf({ columns }: Table, row: Row): number {
  return Object.keys(columns).reduce((sum, column) => {
    const value = row[column] ?? null;
    return sum + (typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8);
  }, 0);
}
