import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import { statement } from '../driver.js';
import type { Dsn } from '../dsn.js';
import type { ColumnTypes, Dialect, OpenOptions } from './dialect.js';
import { MYSQL_EXAMPLE, mysqlSettings } from './mysql-dsn.js';
import { mysqlTools } from './own-tools.js';

const types: ColumnTypes = {
  bytes: (length) => sql.raw(`varbinary(${length})`),
  // As bytes: the collations of MySQL and MariaDB that tell all texts apart have no name in common, and take four bytes of
  // an index for each character. `mysql-connection.ts` gives them back as texts.
  name: (bytes = 255) => sql.raw(`varbinary(${bytes})`),
  text: () => sql.raw('longtext character set utf8mb4 collate utf8mb4_bin'),
  json: () => sql.raw('longtext character set utf8mb4 collate utf8mb4_bin'),
  instant: () => 'bigint',
  count: () => 'bigint',
  flag: () => 'smallint',
};

/** MySQL 8, and MariaDB 10.6 and later: the first that skip rows which others hold. */
export const mysql: Dialect = {
  schemes: ['mysql', 'mariadb'],
  example: MYSQL_EXAMPLE,
  types,
  migratesByItself: () => false,
  async open(dsn: Dsn, options: OpenOptions) {
    const settings = mysqlSettings(dsn);
    // Only now, for a server on another engine need not load this driver.
    const { openMysql } = await import('./mysql-connection.js');
    return openMysql(settings, options);
  },
  exists: () => true,
  ownTools: mysqlTools,
  rowEstimates: statement(
    'upkeep.estimates',
    `SELECT table_name AS name, table_rows AS estimated FROM information_schema.tables WHERE table_schema = database()`,
  ),
  builder: <Schema>() =>
    new Kysely<Schema>({
      dialect: {
        createAdapter: () => new MysqlAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (kysely) => new MysqlIntrospector(kysely),
        createQueryCompiler: () => new MysqlQueryCompiler(),
      },
    }),
};
