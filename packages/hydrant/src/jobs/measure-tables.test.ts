import { expect, test, vi } from 'vitest';
import { measureTables } from './measure-tables.js';

test('a round tells of each table what lives, what is dead, and since when in seconds', async () => {
  const tableMeasured = vi.fn();
  const store = {
    measure: async () => [
      { table: 'tokens', rows: 12, dead: 2, oldestDead: 4_000 },
      { table: 'flows', rows: 3, dead: 0, oldestDead: null },
    ],
  };
  await measureTables({ store, clock: { now: () => 10_500 }, events: { tableMeasured } }).run(
    new AbortController().signal,
  );
  expect(tableMeasured.mock.calls).toEqual([
    ['tokens', 10, 2, 6.5],
    ['flows', 3, 0, 0],
  ]);
});
