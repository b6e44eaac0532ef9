import type { Instant, Milliseconds } from '../protocol/time.js';

/** So many tries in each minute, whoever makes them. Of this process alone: what one challenge may see is counted in its row. */
export interface GuessLimit {
  /** Whether there is another try. */
  take(now: Instant): boolean;
  /** The try was none: a right guess, or one that was not looked at. */
  giveBack(now: Instant): void;
}

const WINDOW: Milliseconds = 60_000;

export function createGuessLimit(perMinute: number): GuessLimit {
  let window = 0;
  let taken = 0;

  function enter(now: Instant): void {
    const current = Math.floor(now / WINDOW);
    if (current === window) return;
    window = current;
    taken = 0;
  }

  return {
    take(now) {
      enter(now);
      if (taken >= perMinute) return false;
      taken += 1;
      return true;
    },
    giveBack(now) {
      enter(now);
      taken = Math.max(0, taken - 1);
    },
  };
}
