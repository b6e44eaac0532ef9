/** What every engine of the tests offers, and the plain data by which a test reaches it. */

/** Where a server listens, and its administrator. Goes from process to process as JSON. */
export interface Coordinates {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export type Rows = readonly Readonly<Record<string, unknown>>[];

export interface DatabaseServer extends AsyncDisposable {
  readonly coordinates: Coordinates;
  /** What it wrote until now. */
  log(): string;
  dsn(database: string): string;
  /** As its administrator, over a connection of its own. */
  query(sql: string, database?: string): Promise<Rows>;
  /** Ends every connection to the database as an administrator would, and says how many there were. */
  terminateBackends(database: string): Promise<number>;
  /** In order; the data stays. */
  stop(): Promise<void>;
  /** SIGKILL for all of its processes; the data stays as it lies there. */
  kill(): Promise<void>;
  /** Again, on the same port and the same data, recovery included. */
  start(): Promise<void>;
  /** Stops it and removes what it wrote outside of a folder that was given. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerOptions {
  /** Where the data goes: an existing folder; it becomes the server's own, and is left there. By default a temporary one. */
  readonly folder?: string;
  /** Whether a commit is on disk before it is acknowledged, as in production. Default true. */
  readonly durable?: boolean;
  /** Further settings of the server, by their own names. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What a server is found as, or why it is not there. */
export type Found<Programs> =
  | { readonly here: true; readonly programs: Programs }
  | { readonly here: false; readonly because: string };
