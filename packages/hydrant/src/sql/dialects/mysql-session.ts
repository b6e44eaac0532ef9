import type { PoolConnection, ResultSetHeader, TypeCastField } from 'mysql2/promise';
import type { Call, Outcome, SqlValue, Statement } from '../driver.js';
import { isDuplicate } from './mysql-errors.js';
import { insertion, rowsIn } from './spelling.js';

/** Milliseconds that an answer may take. Behind it is a server that hangs, and a request that its caller gave up. */
export const ANSWER_WITHIN_MS = 10_000;
/** For steps of the schema, which may take as long as a table is large. */
export const UNLIMITED = 0;

/** Runs a call on a connection, which has a transaction open wherever the call is more than one statement. */
export type RunCall = (connection: PoolConnection, call: Call) => Promise<Outcome>;

/** Whether a call is one statement here, and so needs no transaction around it. */
export function isOneStatement({ statement }: Call): boolean {
  return !statement.returning && !(typeof statement.sql === 'object' && 'deleteFrom' in statement.sql);
}

/** Tells of a statement that is about to be sent. What is written as one elsewhere has names for its parts here. */
type Counted = (part?: '.row' | '.keys') => void;

/** `within` is how many milliseconds an answer may take. */
export function runCalls(onStatement?: (name: string) => void, within: number = ANSWER_WITHIN_MS): RunCall {
  return async (connection, call) => {
    const { name, sql, returning, onConflict } = call.statement;
    const counted = (part = '') => onStatement?.(`${name}${part}`);
    if (typeof sql === 'object' && 'deleteFrom' in sql) return deleteSome(connection, call, counted);
    if (returning) return runReturning(connection, call, counted);
    counted();
    if (onConflict && onConflict.set === undefined) return unlessThere(connection, call, within);
    return send(connection, call, within);
  };
}

async function unlessThere(connection: PoolConnection, call: Call, within: number): Promise<Outcome> {
  try {
    return await send(connection, call, within);
  } catch (error) {
    // Only this statement is undone; INSERT IGNORE would also pass over values that do not fit.
    if (isDuplicate(error)) return { rows: [], count: 0 };
    throw error;
  }
}

/** Neither MySQL nor MariaDB answers an UPDATE with its row. Whoever has written a row, or locked it, reads what is theirs. */
async function runReturning(connection: PoolConnection, call: Call, counted: Counted): Promise<Outcome> {
  const { returning, sql } = call.statement;
  if (!returning) return send(connection, call);
  const { columns, from, key, parameter } = returning;
  const text = `SELECT ${columns} FROM ${from} WHERE ${key} = ? FOR UPDATE`;
  const read = () => {
    counted('.row');
    return query(connection, text, [call.values[parameter] ?? null]);
  };
  const isDeletion = typeof sql === 'string' && sql.startsWith('DELETE');
  const before = isDeletion ? await read() : undefined;
  counted();
  const { count } = await send(connection, call);
  if (count === 0) return { rows: [], count: 0 };
  return before ?? read();
}

/** The rows that nobody else holds are locked first, for a DELETE cannot skip the others. */
async function deleteSome(connection: PoolConnection, { statement, values }: Call, counted: Counted): Promise<Outcome> {
  if (typeof statement.sql === 'string' || !('deleteFrom' in statement.sql)) return { rows: [], count: 0 };
  const { deleteFrom, key, where, orderBy } = statement.sql;
  counted('.keys');
  const { rows } = await query(
    connection,
    `SELECT ${key} AS chosen_key FROM ${deleteFrom} WHERE ${where} ORDER BY ${orderBy} LIMIT ? FOR UPDATE SKIP LOCKED`,
    values,
  );
  if (rows.length === 0) return { rows: [], count: 0 };
  counted();
  const keys = rows.map((row) => (row as { readonly chosen_key: SqlValue }).chosen_key);
  return query(connection, `DELETE FROM ${deleteFrom} WHERE ${key} IN (${keys.map(() => '?').join(', ')})`, keys);
}

const texts = new WeakMap<Statement, string>();

function send(connection: PoolConnection, { statement, values }: Call, within?: number): Promise<Outcome> {
  const rows = rowsIn(statement, values);
  // A prepared text for each number of rows would be many.
  if (rows > 1) return query(connection, textOf(statement, rows), values, within);
  const text = texts.get(statement) ?? textOf(statement, 1);
  texts.set(statement, text);
  return (isPreparable(text, values) ? execute : query)(connection, text, values, within);
}

/** A prepared LIMIT takes no number that may have a fraction, as all of JavaScript may. A text without parameters was built or runs once. */
function isPreparable(text: string, values: readonly SqlValue[]): boolean {
  return values.length > 0 && !/LIMIT \?|limit \?/.test(text);
}

function textOf({ sql, onConflict }: Statement, rows: number): string {
  if (typeof sql === 'object') return 'insertInto' in sql ? insertion(sql, rows) : '';
  if (onConflict?.set === undefined) return sql;
  const set = onConflict.set.replace(/excluded\.("?\w+"?)/g, 'VALUES($1)');
  return `${sql} ON DUPLICATE KEY UPDATE ${set}`;
}

type Ask = (connection: PoolConnection, sql: string, values: readonly SqlValue[], within?: number) => Promise<Outcome>;

const execute: Ask = async (connection, sql, values, timeout = ANSWER_WITHIN_MS) => {
  const [result] = await connection.execute({ sql, values: [...values], timeout, typeCast });
  return outcomeOf(result);
};

export const query: Ask = async (connection, sql, values, timeout = ANSWER_WITHIN_MS) => {
  const [result] = await connection.query({ sql, values: [...values], timeout, typeCast });
  return outcomeOf(result);
};

function outcomeOf(result: unknown): Outcome {
  if (Array.isArray(result)) return { rows: result, count: result.length };
  return { rows: [], count: (result as ResultSetHeader).affectedRows };
}

/** Names and bytes are both VARBINARY; which is which, the name of the column says (see `ColumnTypes`). */
function typeCast(field: TypeCastField, next: () => unknown): unknown {
  if (field.type !== 'VAR_STRING') return next();
  return /(key|code|digest)$/.test(field.name) ? field.buffer() : field.string('utf8');
}
