import { expect, test } from 'vitest';
import { readThroughCache } from './read-through-cache.js';

/** A loader that answers when it is told to. */
function slowLoader() {
  const asked: { readonly key: string; answer(value: string | undefined): void }[] = [];
  const load = (key: string) =>
    new Promise<string | undefined>((resolve) => asked.push({ key, answer: (value) => resolve(value) }));
  return { asked, load };
}

test('what was read once is not read again, and what is missing is', async () => {
  let reads = 0;
  const cache = readThroughCache(9, async (key) => {
    reads += 1;
    return key === 'there' ? 'value' : undefined;
  });
  expect([await cache.get('there'), await cache.get('there'), reads]).toEqual(['value', 'value', 1]);
  expect([await cache.get('missing'), await cache.get('missing'), reads]).toEqual([undefined, undefined, 3]);
});

test.each(['forget', 'clear'] as const)('a value that is under way during a %s is given, but not kept', async (how) => {
  const { asked, load } = slowLoader();
  const cache = readThroughCache(9, load);
  const first = cache.get('key');
  cache[how]('key');
  asked[0]?.answer('old');
  expect(await first).toBe('old');
  const second = cache.get('key');
  asked[1]?.answer('new');
  expect(await second).toBe('new');
  expect(await cache.get('key')).toBe('new');
  expect(asked).toHaveLength(2);
});

test('holds no more than its size, and drops what was not used for longest', async () => {
  const reads: string[] = [];
  const cache = readThroughCache(2, async (key) => {
    reads.push(key);
    return key;
  });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get(key);
  expect(reads).toEqual(['a', 'b', 'c', 'b']);
});
