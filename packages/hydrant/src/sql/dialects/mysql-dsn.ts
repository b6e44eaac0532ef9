import { DatabaseUnusable } from '../driver.js';
import { type Dsn, duration } from '../dsn.js';
import type { MysqlSettings } from './mysql-connection.js';
import { serverAddress } from './server-dsn.js';

export const MYSQL_EXAMPLE = 'mysql://user:password@tcp(host:3306)/database';

/** Parameters of Hydra's driver that say how Go sends and reads; here it is always done the one right way. */
const WITHOUT_EFFECT: readonly string[] = [
  ...['parseTime', 'multiStatements', 'clientFoundRows', 'loc', 'charset', 'collation', 'readTimeout', 'writeTimeout'],
  ...['interpolateParams', 'allowNativePasswords', 'checkConnLiveness', 'columnsWithAlias', 'maxAllowedPacket'],
  ...['rejectReadOnly', 'allowOldPasswords', 'connectionAttributes', 'timeTruncate', 'compress'],
];

/** Milliseconds to connect in, where the DSN does not say. */
const CONNECT_WITHIN_MS = 3_000;

/**
 * What a DSN says in the words of Hydra's driver. Throws {@link DatabaseUnusable}, which repeats nothing of the DSN.
 */
export function mysqlSettings(dsn: Dsn): MysqlSettings {
  const { user, password, database, host, port, socket, pool, rest, location } = serverAddress(
    dsn,
    3306,
    MYSQL_EXAMPLE,
  );
  const tls = rest.get('tls') ?? 'false';
  const within = duration(rest.get('timeout') ?? '0', 'timeout');
  for (const name of [...WITHOUT_EFFECT, 'timeout', 'tls']) rest.delete(name);
  if (/^(true|1)$/i.test(tls) && socket === undefined && /^[\d.]+$|:/.test(host)) {
    // The driver would look for `localhost` in the certificate.
    throw new DatabaseUnusable(
      "The DSN's parameter tls=true needs the name of the host, for the certificate is checked against it; an address has none.",
    );
  }
  if (rest.size > 0) {
    throw new DatabaseUnusable(
      `The DSN has a parameter that is not known. There are max_conns, max_idle_conns, max_conn_lifetime, max_conn_idle_time, tls, timeout, and without effect ${WITHOUT_EFFECT.join(', ')}.`,
    );
  }
  return {
    location,
    pool,
    preferTls: tls === 'preferred',
    client: {
      user: user || 'root',
      password,
      database,
      connectTimeout: within || CONNECT_WITHIN_MS,
      ...(socket !== undefined ? { socketPath: socket } : { host, port }),
      ...sslOf(tls),
    },
  };
}

/** The `tls` parameter of Hydra's driver. `skip-verify` and `preferred` encrypt and check nobody. */
function sslOf(tls: string): Pick<MysqlSettings['client'], 'ssl'> {
  switch (tls.toLowerCase()) {
    case 'false':
    case '0':
      return {};
    case 'true':
    case '1':
      return { ssl: { rejectUnauthorized: true, verifyIdentity: true } };
    case 'skip-verify':
    case 'preferred':
      return { ssl: { rejectUnauthorized: false } };
    default:
      throw new DatabaseUnusable("The DSN's parameter tls is none of true, false, skip-verify and preferred.");
  }
}
