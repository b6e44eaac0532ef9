import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import { freshId, HOUR } from './support/records.js';
import { anyText } from './support/texts.js';

forEachDialect('assertion store', (stores) => {
  test('a jti is used once, whatever it holds and whatever its expiry', async () => {
    const store = await stores.open();
    await fc.assert(
      fc.asyncProperty(anyText(), async (text) => {
        const jti = `${freshId()}|${text}`;
        expect(await store.assertions.isUsed(jti)).toBe(false);
        expect(await store.assertions.use(jti, NOW + HOUR)).toBe(true);
        expect(await store.assertions.isUsed(jti)).toBe(true);
        expect(await store.assertions.use(jti, NOW + HOUR)).toBe(false);
        expect(await store.assertions.use(jti, NOW + 2 * HOUR)).toBe(false);
        expect(await store.assertions.use(`${jti}|`, NOW + HOUR)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('of the same one in one turn, one gets it', async () => {
    const store = await stores.open();
    const jti = freshId();
    const answers = await Promise.all([1, 2, 3].map((hours) => store.assertions.use(jti, NOW + hours * HOUR)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  test('flushes what has expired, in bounded batches, and can then be used again', async () => {
    const store = await stores.open();
    for (const jti of ['a', 'b', 'c']) await store.assertions.use(jti, NOW - HOUR - 1);
    // An hour longer than the assertion, for clocks are set back and differ.
    await store.assertions.use('alive', NOW - HOUR + 1);
    expect(await store.assertions.flush(NOW, 2)).toBe(2);
    expect(await store.assertions.flush(NOW, 2)).toBe(1);
    expect(await store.assertions.flush(NOW, 2)).toBe(0);
    expect(await store.assertions.use('a', NOW + 1)).toBe(true);
    expect(await store.assertions.use('alive', NOW + 1)).toBe(false);
  });
});

forEachSharedDialect('assertion store of two processes', (stores) => {
  test('one of fifty uses a jti', async () => {
    const both = [await stores.open(), await stores.open()];
    const jti = freshId();
    expect(await race(both, 50, (store, caller) => store.assertions.use(jti, NOW + caller))).toBe(1);
  });
});
