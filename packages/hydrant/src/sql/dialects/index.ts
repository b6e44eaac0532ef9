import { DatabaseUnusable } from '../driver.js';
import { type Dsn, parseDsn } from '../dsn.js';
import type { Dialect } from './dialect.js';
import { mysql } from './mysql.js';
import { postgres } from './postgres.js';
import { sqlite } from './sqlite.js';

export type * from './dialect.js';

/** The engines that Hydrant stores in. */
export const dialects: readonly Dialect[] = [sqlite, postgres, mysql];

/** Finds the engine that a DSN names. Throws {@link DatabaseUnusable} where there is none. */
export function dialectOf(text: string): { readonly dialect: Dialect; readonly dsn: Dsn } {
  const dsn = parseDsn(text);
  const dialect = dialects.find(({ schemes }) => schemes.includes(dsn.scheme));
  if (dialect) return { dialect, dsn };
  const named = text.includes(':') && /^[a-z][a-z0-9+.-]*$/.test(dsn.scheme);
  throw new DatabaseUnusable(
    `The DSN ${named ? `begins with ${dsn.scheme}:` : 'has no scheme'}; write one of memory, ${dialects.map(({ example }) => example).join(', ')}.`,
  );
}
