import type { Events } from '../events/index.js';
import type { Milliseconds } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import type { Job } from './job.js';

const EVERY: Milliseconds = 10_000;
/** Looked at in one round: few enough to be nobody's burden, and still a million in five hours. */
const BATCH = 500;

export interface SweepOrphansOptions {
  readonly tokens: Pick<Store['tokens'], 'sweepOrphans'>;
  readonly events: Pick<Events, 'rowsExpired'>;
}

/**
 * Deletes tokens whose family was revoked, logged out or replayed: they are refused at once, but their rows would stay until
 * they expire. There is no index to find them by, for every token would have to pay for it; so a round goes on from where the
 * one before it stopped, and begins anew at the end.
 */
export function sweepOrphans({ tokens, events }: SweepOrphansOptions): Job {
  let last: Buffer | null = null;
  return {
    name: 'sweep-orphans',
    every: EVERY,
    async run() {
      const swept = await tokens.sweepOrphans(last, BATCH);
      last = swept.last;
      if (swept.deleted > 0) events.rowsExpired('tokens', swept.deleted);
    },
  };
}
