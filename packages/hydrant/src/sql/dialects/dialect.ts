import type { ColumnDataType, Expression, Kysely } from 'kysely';
import type { Connection, Statement } from '../driver.js';
import type { Dsn } from '../dsn.js';

/** How a dialect spells a column type. */
export type ColumnType = ColumnDataType | Expression<unknown>;

/** The column types of the schema, named by what they hold. Texts are compared byte by byte. */
export interface ColumnTypes {
  /** Bytes of that length at most, fit for a primary key. Columns of bytes are called …key, …code or …digest. */
  bytes(length: number): ColumnType;
  /** A text that is looked up or sorted by, of 255 bytes or as many as are said; `protocol/storable.ts` has the limits. */
  name(bytes?: number): ColumnType;
  /** A text of any length. */
  text(): ColumnType;
  json(): ColumnType;
  /** Milliseconds since 1970. */
  instant(): ColumnType;
  count(): ColumnType;
  flag(): ColumnType;
}

export interface OpenOptions {
  /** How long a statement waits for another process. */
  readonly busyTimeoutMs: number;
  /** Called with the name of each statement that is run. */
  readonly onStatement?: (name: string) => void;
}

/** A step of the schema that a database says it has. */
export interface AppliedStep {
  readonly version: string;
  readonly name: string;
}

export interface BackupOptions {
  /** The file that is made. */
  readonly to: string;
  /** Whether to write over a file that is there. */
  readonly force: boolean;
  /** Throws where the copy, which has these steps, is not to be kept. */
  accept(steps: readonly AppliedStep[]): void;
}

export interface RestoreOptions {
  /** The file that a backup made. */
  readonly from: string;
  /** Whether to go on where it cannot be told that no server has the database open. */
  readonly force: boolean;
  /** Throws where a database with these steps is not to be used. */
  accept(steps: readonly AppliedStep[]): void;
}

export interface Restored {
  /** Where that is which was replaced; absent where nothing was. */
  readonly aside?: string;
}

/** Two command lines for a shell. */
export interface OwnTools {
  readonly backup: string;
  readonly restore: string;
}

/** What one engine answers differently from the others. */
export interface Dialect {
  /** What a DSN begins with, before its colon. */
  readonly schemes: readonly string[];
  /** How such a DSN is written, for error messages. */
  readonly example: string;
  readonly types: ColumnTypes;
  /** Whether a server brings the schema up to date by itself: where the database is its own and nobody else's. */
  migratesByItself(dsn: Dsn): boolean;
  /** Opens a database. Throws {@link DatabaseUnusable} with a sentence. */
  open(dsn: Dsn, options: OpenOptions): Promise<Connection>;
  /** Whether there is anything to open, without making it. */
  exists(dsn: Dsn): boolean;
  /** Asks for the engine's own guess at how many rows each table has; absent where it keeps none. */
  readonly rowEstimates?: Statement<{ readonly name: string; readonly estimated: number }>;
  /** Copies a database while servers go on, and resolves with the bytes written; absent where the engine has tools for it. */
  backup?(dsn: Dsn, options: BackupOptions): Promise<number>;
  /** Puts a copy in the place of a database; absent as with `backup`. */
  restore?(dsn: Dsn, options: RestoreOptions): Promise<Restored>;
  /** The commands of an engine that has such tools, for a shell. Passwords are not in them. */
  ownTools?(dsn: Dsn, file: string): OwnTools;
  /** A query builder that compiles and runs nothing. */
  builder<Schema>(): Kysely<Schema>;
}
