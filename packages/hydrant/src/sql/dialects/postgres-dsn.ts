import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { DatabaseUnusable } from '../driver.js';
import type { Dsn } from '../dsn.js';
import type { PostgresSettings } from './postgres-connection.js';
import { serverAddress } from './server-dsn.js';

export const POSTGRES_EXAMPLE = 'postgres://user:password@host:5432/database?sslmode=verify-full';

/** Modes of Hydra's driver that keep no prepared statement on a connection, and those that do. */
const UNNAMED = new Set(['simple_protocol', 'exec', 'cache_describe', 'describe_exec']);
const NAMED = 'cache_statement';

/** Milliseconds to connect in, where the DSN does not say. */
const CONNECT_WITHIN_MS = 3_000;

/** Parameters of Hydra's driver that only say how it works inside, or which of several hosts it chooses. */
const WITHOUT_EFFECT = ['description_cache_capacity', 'min_read_buffer_size', 'target_session_attrs', 'sslsni'];

/** Ways to log in, or to be told where, that are not there. To pass over them would be to log in otherwise than it is written. */
const REFUSED = ['service', 'servicefile', 'passfile', 'krbspn', 'krbsrvname', 'sslinline', 'hostaddr', 'requirepeer'];

type Take = (name: string) => string | undefined;

/**
 * What a DSN says, in the words of libpq and of Hydra's driver. What neither knows is a setting of each connection, `search_path`
 * for one. Throws {@link DatabaseUnusable}, which repeats nothing of the DSN but names of parameters that are known.
 */
export function postgresSettings(dsn: Dsn): PostgresSettings {
  const { user, password, database, host, port, socket, pool, rest, location } = serverAddress(
    dsn,
    5432,
    POSTGRES_EXAMPLE,
  );
  const take: Take = (name) => {
    const value = rest.get(name) ?? undefined;
    rest.delete(name);
    return value;
  };
  const refused = REFUSED.find((name) => rest.has(name));
  if (refused) throw new DatabaseUnusable(`The DSN's parameter ${refused} has no meaning here. Leave it out.`);
  const { ssl, prefer } = sslOf(take, socket !== undefined);
  const named = namedOf(take);
  const connectionTimeoutMillis = connectWithin(take('connect_timeout'));
  const application = take('application_name') ?? 'hydrant';
  const given = take('options');
  for (const name of WITHOUT_EFFECT) rest.delete(name);
  const settings = [...rest].map(([name, value]) => `-c ${option(name)}=${escaped(value)}`);
  const options = [given ?? [], settings].flat().join(' ');
  return {
    location,
    pool,
    ...(named !== undefined && { named }),
    preferTls: prefer,
    client: {
      user: user || 'postgres',
      ...(password !== '' && { password }),
      database,
      host,
      port,
      ssl,
      application_name: application,
      connectionTimeoutMillis,
      ...(options !== '' && { options }),
    },
  };
}

/** Whether to keep statements prepared; `undefined` where it is to be found out. */
function namedOf(take: Take): boolean | undefined {
  const mode = take('default_query_exec_mode');
  const capacity = take('statement_cache_capacity');
  // Of older releases of the driver.
  const simple = take('prefer_simple_protocol') === 'true';
  const described = take('statement_cache_mode') === 'describe';
  if (mode !== undefined && mode !== NAMED && !UNNAMED.has(mode)) {
    throw new DatabaseUnusable(
      `The DSN's parameter default_query_exec_mode is none of ${[NAMED, ...UNNAMED].join(', ')}.`,
    );
  }
  if (capacity === '0' || simple || described) return false;
  return mode === undefined ? undefined : mode === NAMED;
}

function connectWithin(seconds = '0'): number {
  if (!/^\d{1,6}$/.test(seconds)) {
    throw new DatabaseUnusable("The DSN's parameter connect_timeout is no whole number of seconds.");
  }
  return Number(seconds) * 1_000 || CONNECT_WITHIN_MS;
}

function option(name: string): string {
  if (/^[a-z_][a-z0-9_.]*$/i.test(name)) return name;
  throw new DatabaseUnusable('The DSN has a parameter whose name PostgreSQL cannot have as a setting.');
}

/** As the `options` of libpq want it: a space would end the setting. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replace(/\s/g, '\\$&');
}

interface Tls {
  readonly ssl: NonNullable<pg.ClientConfig['ssl']>;
  /** Whether to go on without, where the server has none. */
  readonly prefer: boolean;
}

/**
 * libpq's `sslmode`. `require` encrypts and checks nobody, save where a root certificate is given; only `verify-full` is safe
 * against somebody between.
 */
function sslOf(take: Take, isSocket: boolean): Tls {
  const root = take('sslrootcert');
  const [mode = root === 'system' ? 'verify-full' : 'prefer', passphrase] = [take('sslmode'), take('sslpassword')];
  const [ca, cert, key] = [root === 'system' ? undefined : root, take('sslcert'), take('sslkey')].map(contentOf);
  if (root === 'system' && mode !== 'verify-full') {
    throw new DatabaseUnusable(
      "The DSN's parameter sslrootcert=system goes with sslmode=verify-full alone, as in libpq.",
    );
  }
  const material = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(passphrase && { passphrase }) };
  const unchecked = { ...material, rejectUnauthorized: false };
  const chainOnly = { ...material, checkServerIdentity: () => undefined };
  const modes: Readonly<Record<string, Tls>> = {
    disable: { ssl: false, prefer: false },
    allow: { ssl: unchecked, prefer: true },
    prefer: { ssl: unchecked, prefer: true },
    require: { ssl: ca ? chainOnly : unchecked, prefer: false },
    'verify-ca': { ssl: chainOnly, prefer: false },
    'verify-full': { ssl: material, prefer: false },
  };
  const chosen = Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (!chosen) {
    throw new DatabaseUnusable(`The DSN's parameter sslmode is none of ${Object.keys(modes).join(', ')}.`);
  }
  // Nobody stands between the ends of a socket, and PostgreSQL has no TLS there.
  return isSocket ? { ssl: false, prefer: false } : chosen;
}

function contentOf(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new DatabaseUnusable('A certificate or key file that the DSN names cannot be read.', { cause: error });
  }
}
