import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyExpiry } from '../crypto/opaque-token.js';
import type { Instant } from '../protocol/time.js';
import { MOST_DEAD_COUNTED, type TableState } from '../store/upkeep.js';
import type { Database } from './database.js';
import { type BoundedDeletion, type SqlValue, type Statement, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { expiredBelow } from './expired-keys.js';

/** So few that a look at them holds nobody up. */
const SLICE = 20_000;

interface DeadRow {
  /** Of a table whose keys begin with their expiry; the others have {@link DeadRow.oldest_at}. */
  readonly oldest_key?: Buffer;
  readonly oldest_at?: Instant;
  readonly dead: number;
}

/** One dying table, with the questions to be asked about it. */
interface Watched {
  readonly name: string;
  readonly table: string;
  readonly byKey: boolean;
  readonly dead: Statement<DeadRow>;
  readonly nextSlice: Statement<{ readonly last_key: SqlValue }>;
  readonly rest: Statement<{ readonly counted: number }>;
}

const watched: readonly Watched[] = Object.entries(dyingTables).map(([name, how]) => watch(name, how));

function watch(name: string, { deleteFrom, key, where, orderBy }: BoundedDeletion): Watched {
  const byKey = orderBy === key;
  const gone = `SELECT 1 AS one FROM ${deleteFrom} WHERE ${where} LIMIT ${MOST_DEAD_COUNTED}`;
  return {
    name,
    table: deleteFrom,
    byKey,
    dead: statement(
      'upkeep.dead_rows',
      `SELECT ${orderBy} AS ${byKey ? 'oldest_key' : 'oldest_at'}, (SELECT count(*) FROM (${gone}) gone) AS dead
       FROM ${deleteFrom} WHERE ${where} ORDER BY ${orderBy} LIMIT 1`,
    ),
    nextSlice: statement(
      'upkeep.slice',
      `SELECT ${key} AS last_key FROM ${deleteFrom} WHERE ${key} > ? ORDER BY ${key} LIMIT 1 OFFSET ${SLICE - 1}`,
    ),
    rest: statement('upkeep.rest', `SELECT count(*) AS counted FROM ${deleteFrom} WHERE ${key} > ?`),
  };
}

/**
 * Says how large the dying tables are and what waits in them to be deleted. `estimates` is the engine's own word for the
 * number of rows; without it they are counted, a slice at a time, so that nobody waits for the whole.
 */
export function tableStates(
  database: Database,
  estimates: Statement<{ readonly name: string; readonly estimated: number }> | undefined,
): (now: Instant) => Promise<TableState[]> {
  return async (now) => {
    const known = new Map((estimates ? await database.read(estimates) : []).map((row) => [row.name, row.estimated]));
    const states: TableState[] = [];
    for (const one of watched) {
      const bound = one.byKey ? expiredBelow(now) : now;
      const [row] = await database.read(one.dead, bound, bound);
      const estimated = known.get(one.table) ?? -1;
      states.push({
        table: one.name,
        // An engine that has not looked at a table yet says so by a number below zero, or none.
        rows: estimated >= 0 ? Math.max(estimated, row?.dead ?? 0) : await count(database, one),
        dead: row?.dead ?? 0,
        oldestDead: row ? (row.oldest_key ? keyExpiry(row.oldest_key) : (row.oldest_at ?? null)) : null,
      });
    }
    return states;
  };
}

async function count(database: Database, { name, nextSlice, rest }: Watched): Promise<number> {
  let from: SqlValue = hasBytes(name) ? Buffer.alloc(0) : '';
  for (let counted = 0; ; counted += SLICE) {
    const [slice]: readonly { readonly last_key: SqlValue }[] = await database.read(nextSlice, from);
    if (!slice) return counted + ((await database.read(rest, from))[0]?.counted ?? 0);
    from = slice.last_key;
    await nextTurn();
  }
}

/** Whether a primary key is bytes, and not a text. */
function hasBytes(name: string): boolean {
  return name !== 'families' && name !== 'sessions';
}
