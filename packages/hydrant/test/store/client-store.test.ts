import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import { aClient, anAccessToken, freshId, givenFamily } from './support/records.js';
import { anyText } from './support/texts.js';

forEachDialect('client store', (stores) => {
  test('a client comes back as it was stored, whatever its texts hold', async () => {
    const store = await stores.open();
    const text = anyText(20);
    await fc.assert(
      fc.asyncProperty(text, text, text, fc.jsonValue(), async (id, name, owner, metadata) => {
        const unique = `${id}|${freshId()}`;
        const client = aClient(
          { id: unique },
          { client_name: name, owner, metadata: JSON.parse(JSON.stringify(metadata)) },
        );
        expect(await store.clients.insert(client)).toBe(true);
        expect(await store.clients.find(unique)).toEqual(client);
        expect(await store.clients.list({ limit: 9, owner, name })).toContainEqual(client);
      }),
      { numRuns: 60 },
    );
  });

  test('an id that is taken stays with its client', async () => {
    const store = await stores.open();
    const client = aClient();
    expect(await store.clients.insert(client)).toBe(true);
    expect(await store.clients.insert(aClient({ id: client.id, bornAt: NOW + 1 }))).toBe(false);
    expect(await store.clients.find(client.id)).toEqual(client);
  });

  test('an update replaces everything but the birth, and is seen at once', async () => {
    const store = await stores.open();
    const client = aClient();
    await store.clients.insert(client);
    await store.clients.find(client.id);
    const changed = aClient(
      { id: client.id, bornAt: NOW + 5, createdAt: NOW + 5, secrets: [] },
      { client_name: 'New' },
    );
    expect(await store.clients.update(changed)).toBe(true);
    expect(await store.clients.find(client.id)).toEqual({ ...changed, bornAt: client.bornAt, revision: 1 });
    expect(await store.clients.list({ limit: 1, name: 'New' })).toHaveLength(1);
    expect(await store.clients.update(aClient())).toBe(false);
  });

  test('of two who change the same client, the one who read it later than the other wrote has to look again', async () => {
    const store = await stores.open();
    const client = aClient();
    await store.clients.insert(client);
    const outcomes = await Promise.all([
      store.clients.update({ ...client, registrationToken: 'one' }),
      store.clients.update({ ...client, registrationToken: 'two' }),
    ]);
    expect(outcomes.toSorted()).toEqual([false, true]);
    const now = await store.clients.find(client.id);
    expect(now?.registrationToken).toBe(outcomes[0] ? 'one' : 'two');
    expect(now && (await store.clients.update({ ...now, registrationToken: 'three' }))).toBe(true);
  });

  test('a revocation of access tokens is seen at once, survives updates under way, and never moves back', async () => {
    const store = await stores.open();
    const client = aClient();
    await store.clients.insert(client);
    await store.clients.find(client.id);
    const revokedAt = async () => (await store.clients.find(client.id))?.accessTokensRevokedAt;
    expect(await store.clients.revokeAccessTokens(client.id, NOW + 2)).toBe(true);
    expect(await revokedAt()).toBe(NOW + 2);
    expect(await store.clients.update(client)).toBe(true);
    expect(await revokedAt()).toBe(NOW + 2);
    await store.clients.revokeAccessTokens(client.id, NOW + 1);
    expect(await revokedAt()).toBe(NOW + 2);
    expect(await store.clients.revokeAccessTokens('nobody', NOW)).toBe(false);
  });

  test('a deleted client takes its families and forced subjects with it, and nothing of others', async () => {
    const store = await stores.open();
    const [client, other] = [aClient(), aClient()];
    await store.clients.insert(client);
    await store.clients.insert(other);
    await store.clients.find(client.id);
    const family = await givenFamily(store, { clientId: client.id, subject: 'bob' });
    const kept = await givenFamily(store, { clientId: other.id, subject: 'bob' });
    const [token, keptToken] = [anAccessToken(family.id), anAccessToken(kept.id)];
    await store.tokens.insert([token, keptToken]);
    await store.subjects.save(client.id, 'bob', 'b');
    await store.subjects.save(other.id, 'bob', 'b');

    expect(await store.clients.delete(client.id)).toBe(true);
    expect(await store.clients.find(client.id)).toBeUndefined();
    expect((await store.tokens.find(token.key))?.family).toBeUndefined();
    expect(await store.consents.remembered('bob', client.id, NOW)).toBeUndefined();
    expect(await store.subjects.has(client.id, 'b')).toBe(false);
    expect((await store.tokens.find(keptToken.key))?.family).toEqual(kept);
    expect(await store.subjects.has(other.id, 'b')).toBe(true);
    expect(await store.clients.delete(client.id)).toBe(false);
  });

  test('lists by id, page by page, and counts the same', async () => {
    const store = await stores.open();
    for (const id of ['d', 'a', 'c', 'b']) {
      await store.clients.insert(aClient({ id }, { owner: id < 'c' ? 'first' : 'second', client_name: 'App' }));
    }
    const ids = async (query: Parameters<typeof store.clients.list>[0]) =>
      (await store.clients.list(query)).map((client) => client.id);
    expect(await ids({ limit: 10 })).toEqual(['a', 'b', 'c', 'd']);
    expect(await ids({ limit: 2, offset: 1 })).toEqual(['b', 'c']);
    expect(await ids({ limit: 2, after: 'b' })).toEqual(['c', 'd']);
    expect(await ids({ limit: 10, owner: 'second', name: 'App' })).toEqual(['c', 'd']);
    expect(await ids({ limit: 10, owner: "' OR 1=1 --" })).toEqual([]);
    expect(await store.clients.count({})).toBe(4);
    expect(await store.clients.count({ owner: 'first', name: 'App' })).toBe(2);
  });

  test('a client that was looked at once costs no statement, and a missing one is not remembered as missing', async () => {
    const statements: string[] = [];
    const store = await stores.open({ events: { statement: (name) => statements.push(name) } });
    const client = aClient();
    expect(await store.clients.find(client.id)).toBeUndefined();
    await store.clients.insert(client);
    expect(await store.clients.find(client.id)).toEqual(client);
    statements.length = 0;
    expect(await store.clients.find(client.id)).toEqual(client);
    expect(statements).toEqual([]);
  });

  test('a look-up that a write overtakes does not bring the old client back', async () => {
    const store = await stores.open();
    const client = aClient();
    await store.clients.insert(client);
    const changed = aClient({ id: client.id }, { client_name: 'New' });
    await Promise.all([store.clients.find(client.id), store.clients.update(changed), store.clients.find(client.id)]);
    expect((await store.clients.find(client.id))?.metadata.client_name).toBe('New');
  });
});

forEachSharedDialect('client store of two processes', (stores) => {
  test('what one changes or deletes, the other sees within a second', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const [client, doomed] = [aClient(), aClient()];
    await one.clients.insert(client);
    await one.clients.insert(doomed);
    expect(await other.clients.find(client.id)).toEqual(client);
    expect(await other.clients.find(doomed.id)).toEqual(doomed);
    await one.clients.update({ ...client, secrets: [] });
    await one.clients.delete(doomed.id);
    await vi.waitFor(
      async () => {
        expect((await other.clients.find(client.id))?.secrets).toEqual([]);
        expect(await other.clients.find(doomed.id)).toBeUndefined();
      },
      { timeout: 5_000, interval: 50 },
    );
    await one.clients.update({ ...client, revision: 1 });
    await vi.waitFor(async () => expect((await other.clients.find(client.id))?.secrets).toEqual(client.secrets), {
      timeout: 5_000,
      interval: 50,
    });
  });

  test('one id goes to one of fifty', async () => {
    const both = [await stores.open(), await stores.open()];
    const id = freshId('client');
    expect(await race(both, 50, (store, caller) => store.clients.insert(aClient({ id, bornAt: NOW + caller })))).toBe(
      1,
    );
  });
});
