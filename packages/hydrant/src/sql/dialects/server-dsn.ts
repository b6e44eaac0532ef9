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

const PLACE = /^\/\/(?:(?<user>[^:@/]*)(?::(?<password>.*))?@)?(?<address>[^@/]*)\/(?<database>[^/]*)$/;
/** Of Go's driver for MySQL, which Hydra uses: `tcp(host:port)`, `unix(/path)`, where a path has slashes. */
const GO_PLACE =
  /^\/\/(?:(?<user>[^:@/]*)(?::(?<password>.*))?@)?(?<net>tcp|unix)\((?<address>[^)]*)\)\/(?<database>[^/]*)$/;

/** Reads `scheme://user:password@host:port/database?parameters`. Throws {@link DatabaseUnusable} without repeating it. */
export function serverAddress(dsn: Dsn, defaultPort: number, example: string): ServerAddress {
  const groups = (GO_PLACE.exec(dsn.place) ?? PLACE.exec(dsn.place))?.groups;
  if (!groups) throw unreadable(example);
  const { user = '', password = '', net, address = '', database = '' } = groups;
  const { pool, rest } = poolSettings(dsn.parameters, availableParallelism());
  const who = {
    user: decoded(user, example),
    password: decoded(password, example),
    database: decoded(database, example),
  };
  if (who.database === '') throw new DatabaseUnusable(`The DSN names no database. Write ${example}.`);
  // Of libpq: a host that is given as a parameter, and may be the folder of a socket.
  const given = rest.get('host') ?? (net === 'unix' ? address : '');
  const socket = given.startsWith('/') ? given : undefined;
  const [host, port] = hostAndPort(given !== '' && !socket ? given : address, defaultPort, example);
  const wantedPort = Number(rest.get('port') ?? port);
  rest.delete('host');
  rest.delete('port');
  const place = socket ?? `${host}:${wantedPort}`;
  return {
    ...who,
    host: socket ?? host,
    port: wantedPort,
    ...(socket !== undefined && { socket }),
    pool,
    rest,
    location: `${dsn.scheme}://${place}/${who.database}`,
  };
}

function hostAndPort(address: string, defaultPort: number, example: string): [string, number] {
  if (address === '') return ['127.0.0.1', defaultPort];
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:,]+))(?::(?<port>\d{1,5}))?$/.exec(address)?.groups;
  if (!match) throw unreadable(example);
  return [match.six ?? match.host ?? '', Number(match.port ?? defaultPort)];
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
    `The DSN cannot be read. Write ${example}; signs such as @ and / in a password as %40 and %2F.`,
  );
}
