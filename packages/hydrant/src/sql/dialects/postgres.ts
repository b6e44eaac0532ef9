import { readFileSync } from 'node:fs';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type pg from 'pg';
import { DatabaseUnusable, statement } from '../driver.js';
import type { Dsn } from '../dsn.js';
import type { ColumnTypes, Dialect, OpenOptions } from './dialect.js';
import { openPostgres, type PostgresSettings } from './postgres-connection.js';
import { serverAddress } from './server-dsn.js';

const EXAMPLE = 'postgres://user:password@host:5432/database?sslmode=verify-full';

// Byte by byte, and not as the locale of the cluster has it: ids are sorted alike on every engine.
const TEXT = sql`text collate "C"`;

const types: ColumnTypes = {
  bytes: () => 'bytea',
  name: () => TEXT,
  text: () => 'text',
  // Not jsonb: it is only ever read whole, and jsonb changes what it keeps.
  json: () => 'text',
  instant: () => 'bigint',
  count: () => 'bigint',
  flag: () => 'smallint',
};

/** PostgreSQL 13 and later, and what speaks like it. */
export const postgres: Dialect = {
  schemes: ['postgres', 'postgresql', 'cockroach'],
  example: EXAMPLE,
  types,
  migratesByItself: () => false,
  open: (dsn: Dsn, options: OpenOptions) => openPostgres(settingsOf(dsn), options),
  exists: () => true,
  rowEstimates: statement(
    'upkeep.estimates',
    `SELECT relname AS name, reltuples::bigint AS estimated FROM pg_class
     WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema())`,
  ),
  builder: <Schema>() =>
    new Kysely<Schema>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (kysely) => new PostgresIntrospector(kysely),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
};

/** Modes of Hydra's driver that keep no prepared statement on a connection. */
const UNNAMED = new Set(['simple_protocol', 'exec', 'cache_describe', 'describe_exec']);

/** Milliseconds to connect in, where the DSN does not say. */
const CONNECT_WITHIN_MS = 3_000;

function settingsOf(dsn: Dsn): PostgresSettings {
  const { user, password, database, host, port, pool, rest, location } = serverAddress(dsn, 5432, EXAMPLE);
  const take = (name: string): string | undefined => {
    const value = rest.get(name) ?? undefined;
    rest.delete(name);
    return value;
  };
  const ssl = sslOf(take('sslmode') ?? 'prefer', take);
  const seconds = Number(take('connect_timeout') ?? 0);
  const mode = take('default_query_exec_mode');
  const cache = take('statement_cache_capacity');
  const application = take('application_name') ?? 'hydrant';
  // What the driver of Hydra does not know it hands to the server as settings of the connection, `search_path` for one.
  const settings = [...rest].map(([name, value]) => `-c ${option(name)}=${escaped(value)}`);
  return {
    location,
    pool,
    ...((mode !== undefined || cache === '0') && { named: cache !== '0' && !UNNAMED.has(mode ?? '') }),
    preferTls: ssl.prefer,
    client: {
      user: user || 'postgres',
      ...(password !== '' && { password }),
      database,
      host,
      port,
      ssl: ssl.ssl,
      application_name: application,
      connectionTimeoutMillis: seconds > 0 ? seconds * 1_000 : CONNECT_WITHIN_MS,
      ...(settings.length > 0 && { options: settings.join(' ') }),
    },
  };
}

function option(name: string): string {
  if (/^[a-z_][a-z0-9_.]*$/i.test(name)) return name;
  throw new DatabaseUnusable('The DSN has a parameter whose name PostgreSQL cannot have as a setting.');
}

/** As the `options` of libpq want it: a space would end the setting. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ');
}

/**
 * libpq's `sslmode`. `require` encrypts and checks nobody, save where a root certificate is given; only `verify-full` is safe
 * against somebody between.
 */
function sslOf(
  mode: string,
  take: (name: string) => string | undefined,
): { readonly ssl: pg.ClientConfig['ssl']; readonly prefer: boolean } {
  const [root, cert, key] = [take('sslrootcert'), take('sslcert'), take('sslkey')].map((path) =>
    path === undefined || path === 'system' ? undefined : fileOf(path),
  );
  const material = { ...(root && { ca: root }), ...(cert && { cert }), ...(key && { key }) };
  switch (mode) {
    case 'disable':
      return { ssl: false, prefer: false };
    case 'allow':
    case 'prefer':
      return { ssl: { ...material, rejectUnauthorized: false }, prefer: true };
    case 'require':
      if (!root) return { ssl: { ...material, rejectUnauthorized: false }, prefer: false };
      return { ssl: { ...material, checkServerIdentity: () => undefined }, prefer: false };
    case 'verify-ca':
      return { ssl: { ...material, checkServerIdentity: () => undefined }, prefer: false };
    case 'verify-full':
      return { ssl: material, prefer: false };
    default:
      throw new DatabaseUnusable(
        "The DSN's parameter sslmode is none of disable, allow, prefer, require, verify-ca and verify-full.",
      );
  }
}

function fileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new DatabaseUnusable('A certificate file that the DSN names cannot be read.', { cause: error });
  }
}
