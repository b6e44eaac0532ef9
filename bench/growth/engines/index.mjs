/** The databases that can be measured: what differs from one to the next is behind {@link Engine}. */
import { openPostgres } from './postgres.mjs';
import { openSqlite } from './sqlite.mjs';

/**
 * @typedef {{ now: number, bound: Buffer }} Moment
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} dsn For the server; empty, and its own.
 * @property {() => Promise<string[]>} tables Names of all tables.
 * @property {(sql: string, moment: Moment) => Promise<Record<string, number>>} ask The one row that a question gives.
 * @property {() => Promise<{ bytes: number, used: number }>} size What the data takes on disk, and how much of that is in use.
 * @property {() => Promise<void>} rest What the database's own housekeeping would have done in an hour.
 * @property {() => Promise<void>} close Removes the data.
 */

/**
 * An empty database for one scenario.
 * @param {string | undefined} dsn Where; a temporary SQLite file by default.
 * @param {string} scenario
 * @returns {Promise<Engine>}
 */
export async function openEngine(dsn, scenario) {
  if (dsn === undefined) return openSqlite();
  if (/^postgres(ql)?:/.test(dsn)) return openPostgres(dsn, scenario);
  throw new Error('The simulation can be given a postgres:// DSN; without one it uses a SQLite file of its own.');
}
