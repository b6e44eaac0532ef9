import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../protocol/time.js';
import { DatabaseUnusable } from './driver.js';

/** How long whoever starts waits for a database that is not there yet. */
export interface Patience {
  /** In all; 0 for not at all. */
  readonly limit: Milliseconds;
  /** Hears of each attempt that failed and is to be made again. */
  told?(reason: DatabaseUnusable, pause: Milliseconds): void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 250;
/** Hydra: it too looks every five seconds in the end, and waits for five minutes. */
const LONGEST_PAUSE_MS = 5_000;

/**
 * Opens a database, again and again with growing pauses while nobody answers there. Whatever somebody has said, such as
 * that the password is wrong, stays so and rejects at once.
 */
export async function whenReachable<T>(open: () => Promise<T>, patience?: Patience): Promise<T> {
  if (!patience || patience.limit === 0) return open();
  const late = AbortSignal.timeout(patience.limit);
  const ends = patience.signal ? AbortSignal.any([late, patience.signal]) : late;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof DatabaseUnusable) || !error.unreachable || ends.aborted) throw error;
      patience.told?.(error, pause);
      await sleep(pause, undefined, { signal: ends }).catch(() => undefined);
      if (patience.signal?.aborted) throw error;
    }
  }
}
