/** A clock that a test sets. It stands still until it is told otherwise. */
import type { Clock, Instant, Milliseconds } from '../../src/protocol/time.js';

export interface TestClock extends Clock {
  /** Lets time pass. */
  advance(by: Milliseconds): void;
}

export const SECOND: Milliseconds = 1_000;
export const MINUTE: Milliseconds = 60 * SECOND;
export const HOUR: Milliseconds = 60 * MINUTE;
export const DAY: Milliseconds = 24 * HOUR;

/** A clock that shows this time; in RFC 3339 or as an instant. */
export function clockAt(start: string | Instant = '2030-01-01T12:00:00Z'): TestClock {
  let now = typeof start === 'string' ? Date.parse(start) : start;
  return {
    now: () => now,
    advance: (by) => {
      now += by;
    },
  };
}
