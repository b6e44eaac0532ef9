import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStore } from '../../src/sql/index.js';
import { fileInNewFolder, forEachDialect, NOW, ring } from './support/for-each-dialect.js';
import { aFlow, anAccessToken, anOwnToken, aRefreshToken, givenFamily, HOUR, tokenKey } from './support/records.js';

forEachDialect('group commit', (stores) => {
  test('a bad row hurts only itself, wherever in the batch it stands', async () => {
    const store = await stores.open();
    const taken = anOwnToken();
    await store.tokens.insert([taken]);
    for (const place of [0, 7, 19]) {
      const tokens = Array.from({ length: 20 }, (_, index) => (index === place ? taken : anOwnToken()));
      const results = await Promise.allSettled(tokens.map((token) => store.tokens.insert([token])));
      expect(
        results.map(({ status }, index) => (status === 'rejected' ? index : -1)).filter((index) => index >= 0),
      ).toEqual([place]);
      for (const token of tokens) expect(await store.tokens.find(token.key)).toBeDefined();
    }
  });

  test('a unit that fails late takes back what it had written, and the next one is not disturbed', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const taken = anAccessToken(family.id);
    const used = aRefreshToken(family.id);
    await store.tokens.insert([taken, used]);
    const spent = { at: NOW, refreshExpiresAt: null, accessExpiresAt: NOW, secret: 'x' };
    const [failed, won] = await Promise.allSettled([
      store.tokens.rotate(used, spent, [taken], null),
      store.tokens.rotate(used, spent, [anAccessToken(family.id)], null),
    ]);
    expect(failed.status).toBe('rejected');
    expect(won).toEqual({ status: 'fulfilled', value: true });
  });

  test('more writes than a batch holds are all written', async () => {
    const store = await stores.open();
    const tokens = Array.from({ length: 700 }, () => anOwnToken({ key: tokenKey(NOW + HOUR) }));
    await Promise.all(tokens.map((token) => store.tokens.insert([token])));
    const found = await Promise.all(tokens.map((token) => store.tokens.find(token.key)));
    expect(found.map((one) => one?.token)).toEqual(tokens);
  });

  test('each of many look-ups in one turn gets its own row, and the same one is asked once', async () => {
    const statements: string[] = [];
    const store = await stores.open({ events: { statement: (name) => statements.push(name) } });
    const [one, other] = [anOwnToken({ clientId: 'one' }), anOwnToken({ clientId: 'other' })];
    await store.tokens.insert([one, other]);
    statements.length = 0;
    const asked = [one, other, one, anOwnToken(), other].map((token) => store.tokens.find(token.key));
    const flow = store.flows.find(aFlow().key);
    expect((await Promise.all(asked)).map((found) => found?.token.clientId)).toEqual([
      'one',
      'other',
      'one',
      undefined,
      'other',
    ]);
    expect(await flow).toBeUndefined();
    // Where the engine can, as one question; elsewhere as one for each token.
    expect([...new Set(statements)].sort()).toEqual(['flow.find', 'token.find']);
    expect(statements.length).toBeLessThanOrEqual(4);
  });

  test('values that look alike when they are joined are different questions', async () => {
    const store = await stores.open();
    await store.subjects.save('a|s1:b', 'c', 'first');
    await store.subjects.save('a', 's1:b|c', 'second');
    const answers = await Promise.all([store.subjects.find('a|s1:b', 'c'), store.subjects.find('a', 's1:b|c')]);
    expect(answers).toEqual(['first', 'second']);
  });

  test('closing answers what was asked before, and refuses what comes after', async () => {
    const store = await stores.open();
    const token = anOwnToken();
    const written = store.tokens.insert([token]);
    const found = store.tokens.find(token.key);
    await Promise.all([store.close(), store.close()]);
    await written;
    await found;
    await expect(store.tokens.find(token.key)).rejects.toThrow(/closed/);
    await expect(store.tokens.insert([anOwnToken()])).rejects.toThrow(/closed/);
    await expect(store.ready()).rejects.toThrow(/closed/);
  });
});

/** A neighbour that holds the writer's lock, as another process does in the middle of its commit. */
async function withLockedFile(
  busyTimeoutMs: number,
  run: (store: Awaited<ReturnType<typeof openStore>>, unlock: () => void) => Promise<void>,
): Promise<void> {
  const file = fileInNewFolder();
  const store = await openStore({ dsn: file.dsn, ring, clock: { now: () => NOW }, busyTimeoutMs });
  const neighbour = new Sqlite(file.path);
  try {
    neighbour.exec('BEGIN IMMEDIATE');
    await run(store, () => neighbour.exec('COMMIT'));
  } finally {
    neighbour.close();
    await store.close();
    file.remove();
  }
}

test('a writer waits for another process without blocking those who only read', async () => {
  await withLockedFile(10_000, async (store, unlock) => {
    const token = anOwnToken();
    let answered = false;
    const written = store.tokens.insert([token]).then(() => {
      answered = true;
    });
    expect(await store.tokens.find(token.key)).toBeUndefined();
    expect(answered).toBe(false);
    unlock();
    await written;
    expect(await store.tokens.find(token.key)).toBeDefined();
  });
});

test('a writer that waited too long fails with all of its batch, and writes nothing', async () => {
  await withLockedFile(30, async (store, unlock) => {
    const tokens = [anOwnToken(), anOwnToken()];
    const results = await Promise.allSettled(tokens.map((token) => store.tokens.insert([token])));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    unlock();
    for (const token of tokens) expect(await store.tokens.find(token.key)).toBeUndefined();
    await store.tokens.insert(tokens);
  });
});
