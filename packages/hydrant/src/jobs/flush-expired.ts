import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Events } from '../events/index.js';
import type { Clock, Instant, Milliseconds } from '../protocol/time.js';
import type { Job } from './job.js';

const EVERY: Milliseconds = 10_000;
/** Small enough that a request waits for no batch. */
const BATCH = 500;
/** How long a round may delete before it leaves the rest to the next. */
const BUDGET: Milliseconds = 2_000;

/** The records that die, each with its way to delete some. */
export const TABLES = [
  'flows',
  'devices',
  'deviceVisits',
  'tokens',
  'families',
  'sessions',
  'assertions',
  'logouts',
  'trust',
] as const;
type Table = (typeof TABLES)[number];

/** How long dead rows stay to be looked at: an operator may wonder what became of an issuer. */
const KEPT: Readonly<Partial<Record<Table, Milliseconds>>> = { trust: 86_400_000 };

/** A table with rows that die. */
export interface Flushable {
  flush(now: Instant, limit: number): Promise<number>;
}

export interface FlushExpiredOptions {
  /** The part of a store that dies. */
  readonly store: Readonly<Record<Table, Flushable>>;
  readonly clock: Clock;
  readonly events: Pick<Events, 'rowsExpired' | 'unexpected'>;
  /** At most 500. */
  readonly batch?: number;
  readonly budget?: Milliseconds;
}

/**
 * Deletes what is dead: a batch of each table in turn, until nothing is left or the round's time is up. Between batches
 * the requests go first. Several nodes may do this at once.
 */
export function flushExpired(options: FlushExpiredOptions): Job {
  const { store, clock, events, budget = BUDGET } = options;
  const batch = Math.min(options.batch ?? BATCH, BATCH);
  return {
    name: 'flush-expired',
    every: EVERY,
    async run(signal) {
      const end = clock.now() + budget;
      const deleted = new Map<Table, number>();
      let left: readonly Table[] = TABLES;
      while (left.length > 0 && !signal.aborted && clock.now() < end) {
        left = await flushEach(left, deleted, signal);
      }
      for (const [table, count] of deleted) if (count > 0) events.rowsExpired(table, count);
    },
  };

  /** One batch of each table; returns the tables that may have more. */
  async function flushEach(
    tables: readonly Table[],
    deleted: Map<Table, number>,
    signal: AbortSignal,
  ): Promise<Table[]> {
    const unfinished: Table[] = [];
    for (const table of tables) {
      if (signal.aborted) break;
      try {
        const count = await store[table].flush(clock.now() - (KEPT[table] ?? 0), batch);
        deleted.set(table, (deleted.get(table) ?? 0) + count);
        if (count >= batch) unfinished.push(table);
      } catch (error) {
        // One table's trouble does not keep the others from shrinking.
        events.unexpected(error, `job flush-expired, ${table}`);
      }
      await nextTurn();
    }
    return unfinished;
  }
}
