import type { Compilable } from 'kysely';
import type { Database } from './database.js';
import { type Call, type SqlValue, statement } from './driver.js';

/** A query that was put together from what was asked, as a call of the driver. For the everyday, not for the hot paths. */
export function callOf<R>(name: string, query: Compilable<R>): Call<R> {
  const { sql, parameters } = query.compile();
  return { statement: statement<R>(name, sql), values: parameters.map(bindable) };
}

export function ask<R>(database: Database, name: string, query: Compilable<R>): Promise<readonly R[]> {
  const call = callOf(name, query);
  return database.read(call.statement, ...call.values);
}

function bindable(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || Buffer.isBuffer(value) || value === null) return value;
  throw new TypeError('A query has a parameter that no database takes.');
}
