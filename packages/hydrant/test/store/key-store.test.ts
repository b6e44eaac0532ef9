import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createSecretRing } from '../../src/crypto/secret-ring.js';
import { openStore } from '../../src/sql/index.js';
import { fileInNewFolder, forEachDialect, forEachSharedDialect, NOW, race, ring } from './support/for-each-dialect.js';
import { aKey, freshId } from './support/records.js';
import { anyText } from './support/texts.js';

forEachDialect('key store', (stores) => {
  test('a key comes back as it was stored, whatever its members hold', async () => {
    const store = await stores.open();
    const text = anyText(20);
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.boolean(),
        fc.dictionary(text, fc.jsonValue()),
        async (set, kid, generated, members) => {
          const jwk = JSON.parse(JSON.stringify(members));
          const key = aKey({ set: `${set}|${freshId()}`, kid, generated, jwk });
          expect(await store.keys.insert([key])).toBe(true);
          expect(await store.keys.list(key.set)).toEqual([key]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('lists the newest first, and of equally old ones in the order they were given', async () => {
    const store = await stores.open();
    const [old, first, second, newest] = [aKey({ createdAt: NOW - 9 }), aKey(), aKey(), aKey({ createdAt: NOW + 9 })];
    expect(await store.keys.insert([old])).toBe(true);
    expect(await store.keys.insert([newest])).toBe(true);
    expect(await store.keys.insert([first, second])).toBe(true);
    expect(await store.keys.list('set')).toEqual([newest, first, second, old]);
    const later = aKey();
    await store.keys.insert([later]);
    expect(await store.keys.list('set')).toEqual([newest, later, first, second, old]);
    expect(await store.keys.list('another')).toEqual([]);
  });

  test('keys of which one is taken are all refused', async () => {
    const store = await stores.open();
    const [taken, fresh] = [aKey(), aKey()];
    await store.keys.insert([taken]);
    expect(await store.keys.insert([fresh, { ...taken, generated: false }])).toBe(false);
    expect(await store.keys.insert([fresh, fresh])).toBe(false);
    expect(await store.keys.list('set')).toEqual([taken]);
    expect(await store.keys.insert([{ ...taken, set: 'another' }])).toBe(true);
    expect(await store.keys.insert([])).toBe(true);
  });

  test('a replaced set has the new keys alone', async () => {
    const store = await stores.open();
    const [gone, kept, fresh] = [aKey(), aKey(), aKey()];
    await store.keys.insert([gone, kept]);
    await store.keys.list('set');
    await store.keys.replace('set', [fresh, kept]);
    expect(await store.keys.list('set')).toEqual([fresh, kept]);
    await store.keys.replace('set', []);
    expect(await store.keys.list('set')).toEqual([]);
  });

  test('a key that is put takes the place of its predecessor, or the newest', async () => {
    const store = await stores.open();
    const [first, second, third] = [aKey(), aKey(), aKey()];
    await store.keys.insert([first, second]);
    await store.keys.list('set');
    const changed = { ...second, generated: false, jwk: { kty: 'oct', k: 'changed' } };
    await store.keys.put(changed);
    await store.keys.put(third);
    expect(await store.keys.list('set')).toEqual([third, first, changed]);
  });

  test('deletes one key or the whole set, and says how many went', async () => {
    const store = await stores.open();
    const [first, second, third] = [aKey(), aKey(), aKey()];
    await store.keys.insert([first, second, third]);
    await store.keys.list('set');
    expect(await store.keys.delete('set', second.kid)).toBe(1);
    expect(await store.keys.delete('set', second.kid)).toBe(0);
    expect(await store.keys.list('set')).toEqual([first, third]);
    expect(await store.keys.delete('set')).toBe(2);
    expect(await store.keys.delete('set')).toBe(0);
    expect(await store.keys.list('set')).toEqual([]);
  });

  test('a set that was looked at once costs no statement, and the caller may change their list', async () => {
    const statements: string[] = [];
    const store = await stores.open({ events: { statement: (name) => statements.push(name) } });
    const key = aKey();
    await store.keys.insert([key]);
    const list = await store.keys.list('set');
    list.pop();
    statements.length = 0;
    expect(await store.keys.list('set')).toEqual([key]);
    expect(statements).toEqual([]);
  });
});

forEachSharedDialect('key store of two processes', (stores) => {
  test('what one changes, the other sees within a second', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const [key, fresh] = [aKey(), aKey()];
    await one.keys.insert([key]);
    expect(await other.keys.list('set')).toEqual([key]);
    await one.keys.insert([fresh]);
    await vi.waitFor(async () => expect(await other.keys.list('set')).toEqual([fresh, key]), { timeout: 5_000 });
  });

  test('one kid goes to one of fifty', async () => {
    const both = [await stores.open(), await stores.open()];
    const kid = freshId('key');
    expect(await race(both, 50, (store) => store.keys.insert([aKey(), aKey({ kid })]))).toBe(1);
    expect(await both[0]?.keys.list('set')).toHaveLength(2);
  });
});

test('no private member lies in the file in clear, and another secret does not open it', async () => {
  const file = fileInNewFolder();
  const options = { dsn: file.dsn, clock: { now: () => NOW } };
  try {
    const store = await openStore({ ...options, ring });
    const key = aKey({ jwk: { kty: 'OKP', x: 'this-is-public', d: 'this-is-the-private-member' } });
    await store.keys.insert([key]);
    await store.keys.put({ ...key, createdAt: NOW + 1 });
    const written = [readFileSync(file.path), readFileSync(`${file.path}-wal`)].map((bytes) =>
      bytes.toString('latin1'),
    );
    await store.close();
    const closed = readFileSync(file.path).toString('latin1');
    expect([...written, closed].join('')).toContain(key.kid);
    for (const secret of [
      'this-is-the-private-member',
      Buffer.from('this-is-the-private-member').toString('base64url'),
    ]) {
      expect([...written, closed].join('')).not.toContain(secret);
    }

    const rotated = await openStore({
      ...options,
      ring: createSecretRing(['a-newer-secret-in-front', 'the-system-secret-of-the-store-suite']),
    });
    expect((await rotated.keys.list('set'))[0]?.jwk).toEqual(key.jwk);
    await rotated.close();
    const stranger = await openStore({ ...options, ring: createSecretRing(['a-secret-that-never-sealed-anything']) });
    await expect(stranger.keys.list('set')).rejects.toThrow(/secrets\.system opens the key/);
    await stranger.close();
  } finally {
    file.remove();
  }
});
