/** Fresh databases on real servers, for whoever wants to know that something holds on each engine. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type { Coordinates, Found, Rows } from './database-server.js';
import { findPostgres } from './find-postgres.js';
import { findMariadb, findMysql, mysqlDsn, queryMysql, terminateMysql } from './mariadb.js';
import { findPgbouncer } from './pgbouncer.js';
import { postgresDsn, queryPostgres } from './postgres.js';
import { TEMPLATE } from './postgres-template.js';

export type { DatabaseServer, Rows, ServerOptions } from './database-server.js';
export { type FaultProxy, isCommit, type Matches, startFaultProxy } from './fault-proxy.js';
export { startMariadbServer } from './mariadb.js';
export { startPgbouncer } from './pgbouncer.js';
export { startPostgresCluster } from './postgres.js';

export type Engine = 'postgres' | 'pgbouncer' | 'mariadb' | 'mysql';

export type Availability = { readonly available: true } | { readonly available: false; readonly because: string };

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

/** Which engines a test can have, and why not the others. Starts nothing. */
export function availableEngines(): Readonly<Record<Engine, Availability>> {
  const told = (found: Found<unknown>): Availability =>
    found.here ? { available: true } : { available: false, because: found.because };
  const postgres = told(findPostgres());
  return {
    postgres,
    pgbouncer: postgres.available ? told(findPgbouncer()) : postgres,
    mariadb: told(findMariadb()),
    mysql: told(findMysql()),
  };
}

/** An empty database. The first one of a run starts the server. Throws where the engine is not available. */
export function makeDatabase(engine: Engine): Promise<MadeDatabase> {
  return engine === 'mariadb' || engine === 'mysql' ? makeMysqlDatabase(engine) : makePostgresDatabase(engine);
}

/** A PostgreSQL database with Hydrant's schema: a copy, which takes a fraction of what the migrations take. */
export async function makeMigratedPostgres(): Promise<MadeDatabase> {
  await coordinatesOf(TEMPLATE);
  return makePostgresDatabase('postgres', TEMPLATE);
}

async function makePostgresDatabase(engine: 'postgres' | 'pgbouncer', template?: string): Promise<MadeDatabase> {
  const [server, entrance] = [await coordinatesOf('postgres'), await coordinatesOf(engine)];
  const name = newName();
  await queryPostgres(server, `CREATE DATABASE ${name} ${template === undefined ? '' : `TEMPLATE ${template}`}`);
  return made({
    name,
    dsn: postgresDsn(entrance, name),
    schema: 'public',
    query: (sql) => queryPostgres(server, sql, name),
    drop: async () => {
      await queryPostgres(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  });
}

async function makeMysqlDatabase(engine: 'mariadb' | 'mysql'): Promise<MadeDatabase> {
  const server = await coordinatesOf(engine);
  const name = newName();
  await queryMysql(server, `CREATE DATABASE ${name}`);
  return made({
    name,
    dsn: mysqlDsn(server, name),
    schema: name,
    query: (sql) => queryMysql(server, sql, name),
    drop: async () => {
      // It would wait for the end of every transaction that has touched a table.
      await terminateMysql((sql) => queryMysql(server, sql), name);
      await queryMysql(server, `DROP DATABASE IF EXISTS ${name}`);
    },
  });
}

const newName = () => `hydrant_${randomBytes(6).toString('hex')}`;

async function coordinatesOf(engine: Engine | typeof TEMPLATE): Promise<Coordinates> {
  const external = engine === 'mysql' ? findMysql() : undefined;
  if (external?.here) return external.programs;
  const response = await fetch(`${inject('databases')}/${engine}`);
  if (!response.ok) throw new Error(`${engine} did not start: ${await response.text()}`);
  const coordinates: Coordinates = JSON.parse(await response.text());
  return coordinates;
}

type Parts = Pick<MadeDatabase, 'name' | 'dsn' | 'query' | 'drop'> & { readonly schema: string };

function made({ schema, ...parts }: Parts): MadeDatabase {
  return { ...parts, rows: () => countRows(parts.query, schema), [Symbol.asyncDispose]: parts.drop };
}

/** Whether a table says what the schema is, or that something changed; such do not grow with requests. */
export function isStanding(table: string): boolean {
  return /^(sqlite_|schema_|change_clock|kysely_)|migration/.test(table);
}

async function countRows(query: MadeDatabase['query'], schema: string): Promise<Record<string, number>> {
  const tables = await query(`SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = '${schema}' AND table_type = 'BASE TABLE'`);
  const names = tables.map(({ name }) => String(name)).filter((name) => !isStanding(name));
  if (names.length === 0) return {};
  const counts = names.map((name) => `SELECT '${name}' AS name, count(*) AS counted FROM ${name}`);
  const rows = await query(counts.join(' UNION ALL '));
  return Object.fromEntries(
    rows.map((row) => [String(row.name), Number(row.counted)] as const).filter(([, n]) => n > 0),
  );
}
