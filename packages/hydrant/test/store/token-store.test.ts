import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Spent } from '../../src/model/index.js';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import { anAccessToken, anOwnToken, aRefreshToken, freshId, givenFamily, HOUR, tokenKey } from './support/records.js';
import { anyText } from './support/texts.js';

const spent: Spent = { at: NOW + 1, refreshExpiresAt: null, accessExpiresAt: NOW + HOUR, secret: 'a1b2c3d4' };

forEachDialect('token store', (stores) => {
  test('a token without a family comes back as it was stored, whatever its texts hold', async () => {
    const store = await stores.open();
    const text = anyText(20);
    await fc.assert(
      fc.asyncProperty(text, fc.array(text), fc.dictionary(text, fc.jsonValue()), async (subject, scope, members) => {
        const ext = JSON.parse(JSON.stringify(members));
        const own = { subject, grantedScope: scope, grantedAudience: [`${subject}|`], ext };
        const token = anOwnToken({ clientId: subject, own });
        await store.tokens.insert([token]);
        expect(await store.tokens.find(token.key)).toEqual({ token, family: undefined });
      }),
      { numRuns: 60 },
    );
  });

  test('tokens of a family bring it along in one statement', async () => {
    const statements: string[] = [];
    const store = await stores.open({ events: { statement: (name) => statements.push(name) } });
    const family = await givenFamily(store);
    const tokens = [anAccessToken(family.id), aRefreshToken(family.id, { accessKey: tokenKey(), spent })];
    await store.tokens.insert(tokens);
    for (const token of tokens) {
      statements.length = 0;
      expect(await store.tokens.find(token.key)).toEqual({ token, family });
      expect(statements).toEqual(['token.find']);
    }
    expect(await store.tokens.find(tokenKey())).toBeUndefined();
  });

  test('a token of an ended or missing family is found without it', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const [token, orphan] = [aRefreshToken(family.id), anAccessToken(freshId())];
    await store.tokens.insert([token, orphan]);
    await store.families.end(family.id, NOW);
    expect(await store.tokens.find(token.key)).toEqual({ token, family: undefined });
    expect(await store.tokens.find(orphan.key)).toEqual({ token: orphan, family: undefined });
  });

  test('many tokens are stored at once, or none of them', async () => {
    const store = await stores.open();
    const many = Array.from({ length: 70 }, () => anOwnToken());
    await store.tokens.insert(many);
    await store.tokens.insert([]);
    for (const token of many) expect(await store.tokens.find(token.key)).toBeDefined();
    const fresh = Array.from({ length: 40 }, () => anOwnToken());
    await expect(store.tokens.insert([...fresh, ...many.slice(0, 1)])).rejects.toThrow();
    for (const token of fresh) expect(await store.tokens.find(token.key)).toBeUndefined();
  });

  test('rotating spends the token, stores its successors and removes the access token beside it', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const access = anAccessToken(family.id);
    const used = aRefreshToken(family.id, { accessKey: access.key });
    await store.tokens.insert([access, used]);
    const successors = [anAccessToken(family.id), aRefreshToken(family.id)];
    expect(await store.tokens.rotate(used, spent, successors, null)).toBe(true);
    expect(await store.tokens.find(used.key)).toEqual({ token: { ...used, spent }, family });
    expect(await store.tokens.find(access.key)).toBeUndefined();
    for (const token of successors) expect((await store.tokens.find(token.key))?.token).toEqual(token);

    const late = anAccessToken(family.id);
    expect(await store.tokens.rotate(used, { ...spent, at: NOW + 9 }, [late], NOW + 9 * HOUR)).toBe(false);
    expect(await store.tokens.find(late.key)).toBeUndefined();
    expect((await store.tokens.find(used.key))?.token).toEqual({ ...used, spent });
  });

  test("a hook's claims become the family's with the rotation, and only with it", async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const used = aRefreshToken(family.id);
    await store.tokens.insert([used]);
    const first = { accessToken: { hooked: '"1"' }, idToken: {} };
    const late = { accessToken: {}, idToken: { hooked: 2 } };
    expect(await store.tokens.rotate(used, spent, [], null, first)).toBe(true);
    expect((await store.tokens.find(used.key))?.family).toEqual({ ...family, hookClaims: first });
    expect(await store.tokens.rotate(used, spent, [], null, late)).toBe(false);
    expect((await store.tokens.find(used.key))?.family).toEqual({ ...family, hookClaims: first });
    const next = aRefreshToken(family.id);
    await store.tokens.insert([next]);
    await store.tokens.rotate(next, spent, [], null);
    expect((await store.tokens.find(next.key))?.family).toEqual({ ...family, hookClaims: first });
  });

  test('a token that is not there cannot be rotated', async () => {
    const store = await stores.open();
    expect(await store.tokens.rotate(aRefreshToken(freshId()), spent, [], null)).toBe(false);
  });

  test('successors that cannot be stored leave the token unspent', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const access = anAccessToken(family.id);
    const used = aRefreshToken(family.id, { accessKey: access.key });
    await store.tokens.insert([access, used]);
    await expect(store.tokens.rotate(used, spent, [aRefreshToken(family.id), access], null)).rejects.toThrow();
    expect((await store.tokens.find(used.key))?.token).toEqual(used);
    expect(await store.tokens.find(access.key)).toBeDefined();
  });

  test('rotating keeps the family for longer, never for shorter', async () => {
    const store = await stores.open();
    const rotateIn = async (keepUntil: number | null, until: number | null) => {
      const family = await givenFamily(store, {}, undefined, keepUntil);
      const token = aRefreshToken(family.id);
      await store.tokens.insert([token]);
      await store.tokens.rotate(token, spent, [], until);
    };
    await rotateIn(NOW, NOW + HOUR);
    await rotateIn(NOW + 2 * HOUR, NOW + HOUR);
    await rotateIn(null, NOW + HOUR);
    await rotateIn(NOW, null);
    expect(await store.families.flush(NOW, 9)).toBe(1);
    expect(await store.families.flush(NOW + HOUR, 9)).toBe(1);
    expect(await store.families.flush(NOW + 2 * HOUR, 9)).toBe(1);
    expect(await store.families.flush(NOW + 99_999 * HOUR, 9)).toBe(0);
  });

  test('deletes one token', async () => {
    const store = await stores.open();
    const [token, other] = [anOwnToken(), anOwnToken()];
    await store.tokens.insert([token, other]);
    expect(await store.tokens.delete(token.key)).toBe(true);
    expect(await store.tokens.delete(token.key)).toBe(false);
    expect(await store.tokens.find(token.key)).toBeUndefined();
    expect(await store.tokens.find(other.key)).toBeDefined();
  });

  test('flushes what has expired, in bounded batches; what never expires stays', async () => {
    const store = await stores.open();
    const dead = Array.from({ length: 5 }, (_, age) => anOwnToken({ key: tokenKey(NOW - age * 1000 - 250) }));
    const alive = [anOwnToken({ key: tokenKey(NOW + 750) }), anOwnToken({ key: tokenKey(null) })];
    await store.tokens.insert([...alive, ...dead]);
    expect(await store.tokens.flush(NOW, 3)).toBe(3);
    expect(await store.tokens.flush(NOW, 3)).toBe(2);
    expect(await store.tokens.flush(NOW, 3)).toBe(0);
    for (const token of alive) expect(await store.tokens.find(token.key)).toBeDefined();
  });

  test('the first generation flushes by time of issue, and only dead access tokens', async () => {
    const store = await stores.open();
    const deadKey = () => tokenKey(NOW - HOUR);
    const old = anOwnToken({ key: deadKey(), issuedAt: NOW - 2 * HOUR });
    const young = anOwnToken({ key: deadKey(), issuedAt: NOW - HOUR });
    const alive = anOwnToken({ issuedAt: NOW - 2 * HOUR });
    const refresh = aRefreshToken(freshId(), { key: deadKey(), issuedAt: NOW - 2 * HOUR });
    await store.tokens.insert([old, young, alive, refresh]);
    expect(await store.tokens.flushIssuedBefore(NOW - HOUR, NOW, 9)).toBe(1);
    expect(await store.tokens.find(old.key)).toBeUndefined();
    for (const token of [young, alive, refresh]) expect(await store.tokens.find(token.key)).toBeDefined();
    expect(await store.tokens.flushIssuedBefore(NOW, NOW, 0)).toBe(0);
    expect(await store.tokens.flushIssuedBefore(NOW, NOW, 1)).toBe(1);
  });

  test('sweeps one kind by time of issue, the dead alone or all of them', async () => {
    const store = await stores.open();
    const deadKey = () => tokenKey(NOW - HOUR);
    const [old, young] = [2 * HOUR, HOUR].map((age) => anOwnToken({ key: deadKey(), issuedAt: NOW - age }));
    const alive = anOwnToken({ issuedAt: NOW - 2 * HOUR });
    const family = await givenFamily(store);
    const refresh = aRefreshToken(family.id, { key: tokenKey(null), issuedAt: NOW - 2 * HOUR });
    await store.tokens.insert([old, young, alive, refresh].flatMap((token) => token ?? []));
    const { tokens } = store;
    expect(await tokens.sweep('access_token', NOW - HOUR, NOW, 9)).toBe(1);
    expect(await tokens.sweep('refresh_token', NOW, NOW, 9)).toBe(0);
    expect(await tokens.sweep('access_token', NOW - HOUR, null, 9)).toBe(1);
    expect(await tokens.find(alive.key)).toBeUndefined();
    expect(await tokens.sweep('access_token', NOW - HOUR, null, 9)).toBe(0);
    expect(await tokens.sweep('access_token', NOW, NOW, 9)).toBe(1);
    expect(await tokens.find(refresh.key)).toBeDefined();
    expect(await tokens.sweep('refresh_token', NOW - HOUR, null, 9)).toBe(1);
  });
});

forEachDialect('tokens without a family', (stores) => {
  test('are found a few at a time, and nobody else goes with them', async () => {
    const store = await stores.open();
    const [alive, ended] = [await givenFamily(store), await givenFamily(store)];
    const ofNobody = Array.from({ length: 4 }, () => anAccessToken(freshId('gone')));
    const ofEnded = [anAccessToken(ended.id), aRefreshToken(ended.id)];
    const kept = [anAccessToken(alive.id), aRefreshToken(alive.id), anOwnToken(), anAccessToken(alive.id)];
    await store.tokens.insert([...ofNobody, ...ofEnded, ...kept]);
    await store.families.end(ended.id, NOW);

    let last: Buffer | null = null;
    let deleted = 0;
    let rounds = 0;
    do {
      const swept: Awaited<ReturnType<typeof store.tokens.sweepOrphans>> = await store.tokens.sweepOrphans(last, 4);
      deleted += swept.deleted;
      last = swept.last;
      rounds += 1;
    } while (last !== null);
    expect(deleted).toBe(6);
    // Nine tokens of families, four at a time.
    expect(rounds).toBe(3);
    for (const token of kept) expect(await store.tokens.find(token.key)).toBeDefined();
    for (const token of [...ofNobody, ...ofEnded]) expect(await store.tokens.find(token.key)).toBeUndefined();
    expect(await store.tokens.sweepOrphans(null, 4)).toMatchObject({ deleted: 0, last: null });
  });
});

forEachSharedDialect('token store of two processes', (stores) => {
  test('one of fifty rotates, and only its successor exists', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const family = await givenFamily(one);
    const used = aRefreshToken(family.id);
    await one.tokens.insert([used]);
    const successors = Array.from({ length: 50 }, () => aRefreshToken(family.id));
    const won = await race([one, other], 50, (store, caller) =>
      store.tokens.rotate(used, spent, successors.slice(caller, caller + 1), null),
    );
    expect(won).toBe(1);
    const found = await Promise.all(successors.map((token) => other.tokens.find(token.key)));
    expect(found.filter(Boolean)).toHaveLength(1);
  });

  test('what one process revokes is dead in the other at once', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const family = await givenFamily(one);
    const token = anAccessToken(family.id);
    await one.tokens.insert([token]);
    expect((await other.tokens.find(token.key))?.family).toEqual(family);
    await one.families.end(family.id, NOW);
    expect((await other.tokens.find(token.key))?.family).toBeUndefined();
  });
});
