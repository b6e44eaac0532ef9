import { expect, test, vi } from 'vitest';
import { sweepOrphans } from './sweep-orphans.js';

test('a round goes on where the last one stopped, and begins anew at the end', async () => {
  const key = Buffer.from('k');
  const asked: (Buffer | null)[] = [];
  const answers = [
    { deleted: 3, last: key },
    { deleted: 0, last: null },
    { deleted: 0, last: key },
  ];
  const tokens = {
    sweepOrphans: async (after: Buffer | null) => {
      asked.push(after);
      return answers[asked.length - 1] ?? { deleted: 0, last: null };
    },
  };
  const rowsExpired = vi.fn();
  const job = sweepOrphans({ tokens, events: { rowsExpired } });
  for (const _ of answers) await job.run(new AbortController().signal);
  expect(asked).toEqual([null, key, null]);
  expect(rowsExpired.mock.calls).toEqual([['tokens', 3]]);
});
