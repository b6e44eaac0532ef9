/** Fresh databases on real servers, for whoever wants to know that something holds on each engine. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type { Coordinates, Rows } from './database-server.js';
import { findPostgres, postgresDsn, queryPostgres } from './postgres.js';

export type { DatabaseServer, ServerOptions } from './database-server.js';
export { startPostgresCluster } from './postgres.js';

export type Engine = 'postgres';

export interface MadeDatabase extends AsyncDisposable {
  /** As an operator would configure it. */
  readonly dsn: string;
  readonly name: string;
  /** Rows by table; empty tables and those of the schema itself are left out. */
  rows(): Promise<Record<string, number>>;
  /** As the server's administrator, directly, over a connection of its own. */
  query(sql: string): Promise<Rows>;
  /** Ends what is still connected, and removes it. */
  drop(): Promise<void>;
}

/** Which engines a test can have, and why not the others. Asks nothing to start. */
export function availableEngines(): Readonly<
  Record<Engine, { available: true } | { available: false; because: string }>
> {
  const told = (found: { here: true } | { here: false; because: string }) =>
    found.here ? ({ available: true } as const) : ({ available: false, because: found.because } as const);
  return { postgres: told(findPostgres()) };
}

/** An empty database. The first one of a run starts the server. Throws where the engine is not available. */
export async function makeDatabase(engine: Engine): Promise<MadeDatabase> {
  const name = `hydrant_${randomBytes(6).toString('hex')}`;
  const server = await coordinatesOf(engine);
  const query = (sql: string) => queryPostgres(server, sql, name);
  await queryPostgres(server, `CREATE DATABASE ${name}`);
  const drop = async () => {
    await queryPostgres(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return {
    name,
    dsn: postgresDsn(server, name),
    query,
    rows: () => countRows(query, 'public'),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

async function coordinatesOf(engine: Engine): Promise<Coordinates> {
  const response = await fetch(`${inject('databases')}/${engine}`);
  if (!response.ok) throw new Error(`${engine} did not start: ${await response.text()}`);
  const coordinates: Coordinates = JSON.parse(await response.text());
  return coordinates;
}

/** Tables that say what the schema is, or that something changed; they do not grow with requests. */
const STANDING = /^(schema_|change_clock|kysely_)|migration/;

async function countRows(query: (sql: string) => Promise<Rows>, schema: string): Promise<Record<string, number>> {
  const tables = await query(`SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = '${schema}' AND table_type = 'BASE TABLE'`);
  const names = tables.map(({ name }) => String(name)).filter((name) => !STANDING.test(name));
  if (names.length === 0) return {};
  const counts = await query(
    names.map((name) => `SELECT '${name}' AS name, count(*) AS rows FROM ${name}`).join(' UNION ALL '),
  );
  return Object.fromEntries(
    counts.map((one) => [String(one.name), Number(one.rows)] as const).filter(([, n]) => n > 0),
  );
}
