import type { Events } from '../events/index.js';
import type { Clock, Milliseconds } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import type { Job } from './job.js';

const EVERY: Milliseconds = 60_000;

export interface MeasureTablesOptions {
  readonly store: Pick<Store, 'measure'>;
  readonly clock: Clock;
  readonly events: Pick<Events, 'tableMeasured'>;
}

/** Tells how large the tables are and how far deletion is behind, for whoever watches that they stay small. */
export function measureTables({ store, clock, events }: MeasureTablesOptions): Job {
  return {
    name: 'measure-tables',
    every: EVERY,
    async run() {
      const now = clock.now();
      for (const { table, rows, dead, oldestDead } of await store.measure(now)) {
        events.tableMeasured(table, rows - dead, dead, oldestDead === null ? 0 : (now - oldestDead) / 1_000);
      }
    },
  };
}
