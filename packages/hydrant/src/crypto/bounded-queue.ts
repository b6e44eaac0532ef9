/** A queue in front of costly work, so that a flood of it delays itself and nothing else. */

import { OAuthError } from '../protocol/errors.js';

/** Runs the work when its turn comes; rejects with OAuthError `temporarily_unavailable` when too many wait already. */
export type BoundedQueue = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `concurrency` pieces of work run at once and at most `waiting` more are kept, first come first served. */
export function createBoundedQueue(concurrency: number, waiting: number): BoundedQueue {
  const line: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < concurrency) {
      running++;
    } else {
      if (line.length >= waiting)
        throw new OAuthError('temporarily_unavailable', 'Too many checks are waiting. Try again in a moment.');
      // Whoever finishes hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => line.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
