import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import { DatabaseUnusable, statement } from '../driver.js';
import type { Dsn } from '../dsn.js';
import type { ColumnTypes, Dialect, OpenOptions } from './dialect.js';
import { type MysqlSettings, openMysql } from './mysql-connection.js';
import { serverAddress } from './server-dsn.js';

const EXAMPLE = 'mysql://user:password@tcp(host:3306)/database';

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
  example: EXAMPLE,
  types,
  migratesByItself: () => false,
  open: (dsn: Dsn, options: OpenOptions) => openMysql(settingsOf(dsn), options),
  exists: () => true,
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

/** Parameters of Hydra's driver that say how Go reads an answer; here it is always read the right way. */
const WITHOUT_EFFECT = [
  'parseTime',
  'multiStatements',
  'clientFoundRows',
  'loc',
  'charset',
  'collation',
  'readTimeout',
];

function settingsOf(dsn: Dsn): MysqlSettings {
  const { user, password, database, host, port, socket, pool, rest, location } = serverAddress(dsn, 3306, EXAMPLE);
  const tls = rest.get('tls') ?? 'false';
  for (const name of [...WITHOUT_EFFECT, 'writeTimeout', 'timeout', 'interpolateParams', 'tls']) rest.delete(name);
  const [unknown] = rest.keys();
  if (unknown !== undefined) {
    throw new DatabaseUnusable(
      'The DSN has a parameter that is not known; there are max_conns, max_idle_conns, max_conn_lifetime, max_conn_idle_time, tls.',
    );
  }
  return {
    location,
    pool,
    client: {
      user: user || 'root',
      password,
      database,
      ...(socket !== undefined ? { socketPath: socket } : { host, port }),
      ...sslOf(tls),
    },
  };
}

/** The `tls` parameter of Hydra's driver. `skip-verify` and `preferred` encrypt and check nobody. */
function sslOf(tls: string): Pick<MysqlSettings['client'], 'ssl'> {
  switch (tls) {
    case 'false':
      return {};
    case 'true':
      return { ssl: { rejectUnauthorized: true } };
    case 'skip-verify':
    case 'preferred':
      return { ssl: { rejectUnauthorized: false } };
    default:
      throw new DatabaseUnusable("The DSN's parameter tls is none of true, false, skip-verify and preferred.");
  }
}
