import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachDialect } from './support/for-each-dialect.js';
import { anyText } from './support/texts.js';

forEachDialect('subject store', (stores) => {
  test('the newest identifier wins, and older ones are still known', async () => {
    const store = await stores.open();
    await store.subjects.save('app', 'alice', 'first');
    await store.subjects.save('app', 'alice', 'second');
    expect(await store.subjects.find('app', 'alice')).toBe('second');
    expect(await store.subjects.has('app', 'first')).toBe(true);
    expect(await store.subjects.has('app', 'second')).toBe(true);
    await store.subjects.save('app', 'alice', 'first');
    expect(await store.subjects.find('app', 'alice')).toBe('first');
  });

  test('clients and people are kept apart', async () => {
    const store = await stores.open();
    await store.subjects.save('app', 'alice', 'same');
    await store.subjects.save('app', 'bob', 'same');
    expect(await store.subjects.find('app', 'bob')).toBe('same');
    expect(await store.subjects.find('another', 'alice')).toBeUndefined();
    expect(await store.subjects.find('app', 'carol')).toBeUndefined();
    expect(await store.subjects.has('another', 'same')).toBe(false);
    expect(await store.subjects.has('app', 'alice')).toBe(false);
  });

  test('texts of every kind survive, however they are joined', async () => {
    const store = await stores.open();
    const text = anyText(12);
    await fc.assert(
      fc.asyncProperty(text, text, text, async (client, subject, identifier) => {
        await store.subjects.save(`${client}|`, subject, identifier);
        expect(await store.subjects.find(`${client}|`, subject)).toBe(identifier);
      }),
      { numRuns: 60 },
    );
  });
});
