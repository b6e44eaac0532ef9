import { availableParallelism } from 'node:os';
import { DatabaseUnusable } from '../driver.js';
import { type Dsn, type PoolSettings, poolSettings } from '../dsn.js';

/** Where a database server is, as the DSN of any dialect says it. */
export interface ServerAddress {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Either a host and port, or the path of a socket. */
  readonly host: string;
  readonly port: number;
  readonly socket?: string;
  readonly pool: PoolSettings;
  /** What neither Hydra nor the address takes: the driver's. */
  readonly rest: URLSearchParams;
  /** For people to read; without the password. */
  readonly location: string;
}

const PARAMETER = String.raw`(?:[\w.%+-]+(?:=[^&]*)?)?`;
/** A password may have a question mark as well; what comes behind that looks otherwise than this. */
const REST = String.raw`/(?<database>[^/?@]*)(?:\?(?<parameters>(?:${PARAMETER}(?:&${PARAMETER})*)?))?$`;
/**
 * The password is the shortest with which the rest makes sense, so it may have any of `@ / ? #` as they are, while what looks
 * alike among the parameters is left to them.
 */
const URL_FORM = new RegExp(
  String.raw`^//(?:(?<user>[^:@/?]*)(?::(?<password>.*?))?@)?(?<address>[^@/?]*)${REST}`,
  's',
);
/** Of Go's driver for MySQL, which Hydra uses: `tcp(host:port)`, `unix(/path)`, where a path has slashes. */
const GO_FORM = new RegExp(
  String.raw`^//(?:(?<user>[^:@]*)(?::(?<password>.*?))?@)?(?<net>tcp[46]?|unix)\((?<address>[^)]*)\)${REST}`,
  's',
);

/**
 * Reads `scheme://user:password@host:port/database?parameters`, where texts may be percent-encoded, and
 * `scheme://user:password@tcp(host:port)/database?parameters`, where a password is taken literally, as Go's driver does it.
 * Throws {@link DatabaseUnusable} without repeating any of it.
 */
export function serverAddress(dsn: Dsn, defaultPort: number, example: string): ServerAddress {
  const groups = (GO_FORM.exec(dsn.text) ?? URL_FORM.exec(dsn.text))?.groups;
  if (!groups) throw unreadable(example);
  const { net, parameters = '' } = groups;
  const { pool, rest } = poolSettings(new URLSearchParams(parameters), availableParallelism());
  const take = (name: string): string | undefined => {
    const value = rest.get(name) ?? undefined;
    rest.delete(name);
    return value;
  };
  const written = (text = ''): string => (net === undefined ? decoded(text, example) : text);
  const who = {
    // Of libpq: what the address leaves out may be a parameter.
    user: take('user') ?? written(groups.user),
    password: take('password') ?? written(groups.password),
    database: take('dbname') ?? take('database') ?? decoded(groups.database ?? '', example),
  };
  if (who.database === '') throw new DatabaseUnusable(`The DSN names no database. Write ${example}.`);
  const address = take('host') ?? decoded(groups.address ?? '', example);
  if (address.includes(','))
    throw new DatabaseUnusable('The DSN names several hosts. Name one, or a name that leads to them.');
  const socket = address.startsWith('/') ? address : undefined;
  const [host, port] = socket !== undefined ? [socket, defaultPort] : hostAndPort(address, defaultPort, example);
  const place = { host, port: portOf(take('port') ?? port) };
  return {
    ...who,
    ...place,
    ...(socket !== undefined && { socket }),
    pool,
    rest,
    location: `${dsn.scheme}://${socket ?? `${host.includes(':') ? `[${host}]` : host}:${place.port}`}/${who.database}`,
  };
}

function hostAndPort(address: string, defaultPort: number, example: string): [string, string | number] {
  if (address === '') return ['127.0.0.1', defaultPort];
  // An IPv6 address stands alone only as a parameter, and has brackets wherever a port may follow.
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address)) return [address, defaultPort];
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:[\]()\s]+))?(?::(?<port>\d+))?$/.exec(address)?.groups;
  if (!match) throw unreadable(example);
  return [match.six ?? match.host ?? '127.0.0.1', match.port ?? defaultPort];
}

function portOf(port: string | number): number {
  if (/^[1-9]\d{0,4}$/.test(String(port)) && Number(port) <= 65_535) return Number(port);
  throw new DatabaseUnusable('The port in the DSN is no number between 1 and 65535.');
}

function decoded(text: string, example: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable(example);
  }
}

function unreadable(example: string): DatabaseUnusable {
  return new DatabaseUnusable(
    `The DSN cannot be read. Write ${example}; signs such as @, / and % in a password as %40, %2F and %25.`,
  );
}
