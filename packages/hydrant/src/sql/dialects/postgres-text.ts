import type { Call, Insertion, SqlValue, Statement } from '../driver.js';
import { columnList, insertion, rowsIn, spell } from './spelling.js';

const ARRAYS = { bytes: 'bytea[]', text: 'text[]', number: 'bigint[]' } as const;

/** The channel on which nodes tell each other what changed. */
export const CHANNEL = 'hydrant_change';

/** What is sent: the text with `$1`, `$2`… and what is bound to them. */
export interface Spelled {
  readonly text: string;
  readonly values: readonly unknown[];
}

const plain = new WeakMap<Statement, string>();
const bulk = new WeakMap<Statement, string>();
const coalesced = new WeakMap<Statement, Map<string, string>>();

/** A call by itself. An insertion of several rows binds one array for each column, so that any number is one text. */
export function spelledOf({ statement, values }: Call): Spelled {
  const rows = rowsIn(statement, values);
  if (rows > 1 && isInsertion(statement.sql)) {
    const columns = Object.keys(statement.sql.columns).length;
    return { text: bulkText(statement, statement.sql), values: columnsOf(values, columns) };
  }
  return { text: plainText(statement), values };
}

function plainText(statement: Statement): string {
  const known = plain.get(statement);
  if (known !== undefined) return known;
  const base = isInsertion(statement.sql) ? insertion(statement.sql, 1) : spell(statement, 1, 'FOR UPDATE SKIP LOCKED');
  const announcing = statement.announces ? ` RETURNING pg_notify('${CHANNEL}', topic)` : '';
  const text = `${numbered(base)}${announcing}`;
  plain.set(statement, text);
  return text;
}

function bulkText(statement: Statement, { insertInto, columns }: Insertion): string {
  const known = bulk.get(statement);
  if (known !== undefined) return known;
  const arrays = Object.values(columns).map((kind, index) => `$${index + 1}::${ARRAYS[kind]}`);
  const text = `INSERT INTO ${insertInto} (${columnList(Object.keys(columns))}) SELECT * FROM unnest(${arrays.join(', ')})`;
  bulk.set(statement, text);
  return text;
}

function columnsOf(values: readonly SqlValue[], columns: number): SqlValue[][] {
  return Array.from({ length: columns }, (_, column) => values.filter((_, index) => index % columns === column));
}

/** The name of the column that tells whose row it is. */
export const PLACE = 'asked_at_place';

/**
 * Look-ups by one statement as a single question, each row with the place of its asker. `undefined` where they cannot be
 * one: a parameter is absent from one of them, or the query was built and has its own numbers.
 */
export function coalescedOf(calls: readonly Call[]): Spelled | undefined {
  const [first] = calls;
  if (!first || typeof first.statement.sql !== 'string' || first.values.length === 0) return undefined;
  const { sql } = first.statement;
  // A limit must not differ from row to row.
  if (!sql.includes('?') || sql.includes('LIMIT ?') || calls.some(({ values }) => values.includes(null)))
    return undefined;
  const kinds = first.values.map(arrayOf).join(', ');
  const values = first.values.map((_, column) => calls.map((call) => call.values[column] ?? null));
  return { text: coalescedText(first.statement, kinds, first.values.length), values };
}

function coalescedText(statement: Statement, kinds: string, parameters: number): string {
  const texts = coalesced.get(statement) ?? new Map<string, string>();
  const known = texts.get(kinds);
  if (known !== undefined) return known;
  const arrays = kinds.split(', ').map((kind, index) => `$${index + 1}::${kind}`);
  const names = Array.from({ length: parameters }, (_, index) => `p${index + 1}`);
  let parameter = 0;
  const inner = spell(statement, 1).replace(/\?/g, () => `asked.p${++parameter}`);
  const text = `SELECT found.*, asked.${PLACE} FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS asked(${names.join(', ')}, ${PLACE}) CROSS JOIN LATERAL (${inner}) found`;
  coalesced.set(statement, texts.set(kinds, text));
  return text;
}

function arrayOf(value: SqlValue): string {
  if (typeof value === 'number') return ARRAYS.number;
  return Buffer.isBuffer(value) ? ARRAYS.bytes : ARRAYS.text;
}

function numbered(text: string): string {
  let parameter = 0;
  return text.replace(/\?/g, () => `$${++parameter}`);
}

export function isInsertion(sql: Statement['sql']): sql is Insertion {
  return typeof sql === 'object' && 'insertInto' in sql;
}
