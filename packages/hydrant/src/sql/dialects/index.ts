import type { DataSource } from '../dsn.js';
import type { Dialect } from './dialect.js';
import { sqlite } from './sqlite.js';

export type * from './dialect.js';

/** Each kind of data source with the engine that serves it. */
export const dialects: Readonly<Record<DataSource['kind'], Dialect>> = { memory: sqlite, sqlite };
