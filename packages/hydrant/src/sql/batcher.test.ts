import { expect, test } from 'vitest';
import { batcher } from './batcher.js';
import type { Settled } from './driver.js';

const ok = (value: number): Settled<number> => ({ ok: true, value });

test('what arrives in one turn goes in one batch, in order, and no batch is larger than allowed', async () => {
  const batches: (readonly number[])[] = [];
  const queue = batcher<number, number>(3, 1, async (batch) => {
    batches.push(batch);
    return batch.map(ok);
  });
  expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => queue.add(item)))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await queue.add(8)).toBe(8);
  expect(batches).toEqual([[1, 2, 3], [4, 5, 6], [7], [8]]);
});

test('what arrives while a batch is under way waits and goes together', async () => {
  const batches: (readonly number[])[] = [];
  const finish: (() => void)[] = [];
  const queue = batcher<number, number>(9, 1, async (batch) => {
    batches.push(batch);
    await new Promise<void>((resolve) => finish.push(resolve));
    return batch.map(ok);
  });
  const first = queue.add(1);
  await new Promise(setImmediate);
  const others = [queue.add(2), queue.add(3)];
  await new Promise(setImmediate);
  expect(batches).toEqual([[1]]);
  finish[0]?.();
  await first;
  await new Promise(setImmediate);
  finish[1]?.();
  expect(await Promise.all(others)).toEqual([2, 3]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test('each caller gets their own failure; a batch that fails as a whole fails for all, and the next one goes on', async () => {
  const queue = batcher<number, number>(2, 1, async (batch) => {
    if (batch.includes(3)) throw new Error('commit failed');
    return batch.map((item) => (item === 2 ? { ok: false, error: new Error('bad row') } : ok(item)));
  });
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => queue.add(item)));
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
    1,
    'Error: bad row',
    'Error: commit failed',
    'Error: commit failed',
    5,
  ]);
});

test('an answer that is missing is an error, not a silence', async () => {
  const queue = batcher<number, number>(2, 1, async () => [ok(1)]);
  const results = await Promise.allSettled([queue.add(1), queue.add(2)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('closing waits for what was taken and refuses the rest', async () => {
  const done: number[] = [];
  const queue = batcher<number, number>(2, 1, async (batch) => {
    done.push(...batch);
    return batch.map(ok);
  });
  const taken = [1, 2, 3].map((item) => queue.add(item));
  await queue.close();
  expect(done).toEqual([1, 2, 3]);
  await Promise.all(taken);
  await expect(queue.add(4)).rejects.toThrow(/closed/);
});
