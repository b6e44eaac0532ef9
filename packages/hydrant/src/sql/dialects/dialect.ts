import type { ColumnDataType, Expression, Kysely } from 'kysely';

import type { Connection } from '../driver.js';
import type { DataSource } from '../dsn.js';

/** How a dialect spells a column type. */
export type ColumnType = ColumnDataType | Expression<unknown>;

/** The column types of the schema, named by what they hold. */
export interface ColumnTypes {
  /** Bytes of that length at most, fit for a primary key. */
  bytes(length: number): ColumnType;
  /** A text that is looked up or sorted by. */
  name(): ColumnType;
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

/** What one engine answers differently from the others. */
export interface Dialect {
  readonly types: ColumnTypes;
  /** Opens a database, and makes a new one where there is none. Throws {@link DatabaseUnusable} with a sentence. */
  open(source: DataSource, options: OpenOptions): Promise<Connection>;
  /** Whether there is anything to open yet. */
  exists(source: DataSource): boolean;
  /** A query builder that compiles and runs nothing. */
  builder<Schema>(): Kysely<Schema>;
}
