import type { Instant } from '../protocol/time.js';

/** A table whose rows die, as an operator watches it. */
export interface TableState {
  /** The name of its store. */
  readonly table: string;
  /** All rows, dead ones included; an estimate where the engine keeps one. */
  readonly rows: number;
  /** Of those that are dead and wait for their deletion, at most {@link MOST_DEAD_COUNTED}. */
  readonly dead: number;
  /** When the longest dead row died. */
  readonly oldestDead: Instant | null;
}

/** Counting more would only cost; so many dead rows are far too many. */
export const MOST_DEAD_COUNTED = 100_000;
