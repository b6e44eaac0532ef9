import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import {
  aCode,
  aConsent,
  anAccessToken,
  aRefreshToken,
  freshId,
  givenFamily,
  HOUR,
  tokenKey,
} from './support/records.js';
import { anyText } from './support/texts.js';

forEachDialect('family store', (stores) => {
  test('a family comes back as it was stored, whatever its texts hold', async () => {
    const store = await stores.open();
    const text = anyText(20);
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.array(text),
        fc.dictionary(text, fc.jsonValue()),
        fc.boolean(),
        async (subject, nonce, scope, members, bare) => {
          const claims = JSON.parse(JSON.stringify(members));
          const family = await givenFamily(store, {
            subject,
            publicSubject: `${subject}|`,
            sessionId: nonce,
            nonce,
            grantedScope: scope,
            claims: { accessToken: claims, idToken: {} },
            code: aCode(bare ? { redirectUri: null, pkce: null } : {}),
            consent: bare ? null : aConsent({ context: bare ? undefined : claims, until: NOW }),
          });
          expect(await store.families.findByCode(family.code?.key ?? Buffer.alloc(0))).toEqual(family);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a family without a code is a family too', async () => {
    const store = await stores.open();
    const [family, other] = [await givenFamily(store, { code: null }), await givenFamily(store, { code: null })];
    const token = anAccessToken(family.id);
    await store.tokens.insert([token]);
    expect((await store.tokens.find(token.key))?.family).toEqual(family);
    expect(other.code).toBeNull();
  });

  test('a code is redeemed once, with all its tokens, and still found after that', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const [access, refresh] = [anAccessToken(family.id), aRefreshToken(family.id)];
    expect(await store.families.redeem(family.id, NOW + 1, [access, refresh], NOW + HOUR)).toBe(true);
    const spent = { ...family, codeSpentAt: NOW + 1 };
    expect(await store.families.findByCode(family.code?.key ?? Buffer.alloc(0))).toEqual(spent);
    expect(await store.tokens.find(access.key)).toEqual({ token: access, family: spent });
    expect(await store.tokens.find(refresh.key)).toEqual({ token: refresh, family: spent });

    const late = anAccessToken(family.id);
    expect(await store.families.redeem(family.id, NOW + 2, [late], NOW + HOUR)).toBe(false);
    expect(await store.tokens.find(late.key)).toBeUndefined();
    expect(await store.families.findByCode(tokenKey())).toBeUndefined();
  });

  test("a hook's claims become the family's with the redemption, and its consent keeps its own", async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const hookClaims = { accessToken: { role: 'admin' }, idToken: {} };
    await store.families.redeem(family.id, NOW, [], NOW + HOUR, hookClaims);
    await store.families.redeem(family.id, NOW, [], NOW + HOUR, { accessToken: {}, idToken: { late: true } });
    expect(await store.families.findByCode(family.code?.key ?? Buffer.alloc(0))).toEqual({
      ...family,
      codeSpentAt: NOW,
      hookClaims,
    });
    expect((await store.consents.list({ subject: 'alice', limit: 1, now: NOW }))[0]?.claims).toEqual(family.claims);
  });

  test('a code can be burned', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    expect(await store.families.redeem(family.id, NOW, [], 0)).toBe(true);
    expect(await store.families.redeem(family.id, NOW, [anAccessToken(family.id)], NOW + HOUR)).toBe(false);
  });

  test('the code of an ended or unknown family gives nothing', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    await store.families.end(family.id, NOW);
    expect(await store.families.redeem(family.id, NOW, [], NOW + HOUR)).toBe(false);
    expect(await store.families.redeem(freshId(), NOW, [], NOW + HOUR)).toBe(false);
    expect(await store.families.findByCode(family.code?.key ?? Buffer.alloc(0))).toEqual({ ...family, endedAt: NOW });
  });

  test('tokens that cannot be stored leave the code unspent', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const taken = anAccessToken(family.id);
    await store.tokens.insert([taken]);
    await expect(store.families.redeem(family.id, NOW, [aRefreshToken(family.id), taken], NOW)).rejects.toThrow();
    expect(await store.families.redeem(family.id, NOW, [anAccessToken(family.id)], NOW)).toBe(true);
  });

  test('an ended family leaves its consent, and keeps the time of the first end', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    await store.families.end(family.id, NOW);
    await store.families.end(family.id, NOW + 9);
    expect(await store.consents.remembered('alice', 'app', NOW)).toEqual({ ...family, endedAt: NOW });
  });

  test('knows the clients of a login session', async () => {
    const store = await stores.open();
    const sessionId = freshId('session');
    for (const clientId of ['one', 'two', 'one']) await givenFamily(store, { clientId, sessionId });
    await givenFamily(store, { clientId: 'three' });
    expect(await store.families.clientsOfSession(sessionId)).toEqual(['one', 'two']);
    expect(await store.families.clientsOfSession(freshId())).toEqual([]);
  });

  test('flushes families that are over, in bounded batches; those kept for ever stay', async () => {
    const store = await stores.open();
    const over = [await givenFamily(store, {}, undefined, NOW - 2), await givenFamily(store, {}, undefined, NOW - 1)];
    const later = await givenFamily(store, {}, undefined, NOW + HOUR);
    const forever = await givenFamily(store, {}, undefined, null);
    const codeKey = (family: (typeof over)[number]) => family.code?.key ?? Buffer.alloc(0);
    expect(await store.families.flush(NOW, 1)).toBe(1);
    expect(await store.families.flush(NOW, 5)).toBe(1);
    expect(await store.families.flush(NOW, 5)).toBe(0);
    for (const family of over) expect(await store.families.findByCode(codeKey(family))).toBeUndefined();
    for (const family of [later, forever]) expect(await store.families.findByCode(codeKey(family))).toEqual(family);
  });

  test('redeeming keeps the row for longer, never for shorter', async () => {
    const store = await stores.open();
    const short = await givenFamily(store, {}, undefined, NOW);
    const long = await givenFamily(store, {}, undefined, NOW + 2 * HOUR);
    const forever = await givenFamily(store, {}, undefined, null);
    const becomesForever = await givenFamily(store, {}, undefined, NOW);
    for (const family of [short, long, forever]) await store.families.redeem(family.id, NOW, [], NOW + HOUR);
    await store.families.redeem(becomesForever.id, NOW, [], Number.POSITIVE_INFINITY);
    expect(await store.families.flush(NOW, 9)).toBe(0);
    expect(await store.families.flush(NOW + HOUR, 9)).toBe(1);
    expect(await store.families.flush(NOW + 2 * HOUR, 9)).toBe(1);
    expect(await store.families.flush(NOW + 99_999 * HOUR, 9)).toBe(0);
  });
});

forEachSharedDialect('family store of two processes', (stores) => {
  test('one of fifty redeems a code, and only its tokens exist', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const family = await givenFamily(one);
    const tokens = Array.from({ length: 50 }, () => anAccessToken(family.id));
    const won = await race([one, other], 50, (store, caller) =>
      store.families.redeem(family.id, NOW, tokens.slice(caller, caller + 1), NOW),
    );
    expect(won).toBe(1);
    const found = await Promise.all(tokens.map((token) => other.tokens.find(token.key)));
    expect(found.filter(Boolean)).toHaveLength(1);
  });
});
