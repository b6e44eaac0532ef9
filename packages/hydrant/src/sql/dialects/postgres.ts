import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import { statement } from '../driver.js';
import type { Dsn } from '../dsn.js';
import type { ColumnTypes, Dialect, OpenOptions } from './dialect.js';
import { postgresTools } from './own-tools.js';
import { POSTGRES_EXAMPLE, postgresSettings } from './postgres-dsn.js';

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
  example: POSTGRES_EXAMPLE,
  types,
  migratesByItself: () => false,
  async open(dsn: Dsn, options: OpenOptions) {
    const settings = postgresSettings(dsn);
    // Only now, for a server on another engine need not load this driver.
    const { openPostgres } = await import('./postgres-connection.js');
    return openPostgres(settings, options);
  },
  exists: () => true,
  ownTools: postgresTools,
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
