import { expect, test } from 'vitest';
import { forEachDialect, NOW } from './support/for-each-dialect.js';
import { aConsent, anAccessToken, aRefreshToken, freshId, givenFamily, HOUR } from './support/records.js';

forEachDialect('consent store', (stores) => {
  test('remembers the newest consent that is not over, of this person for this client', async () => {
    const store = await stores.open();
    await givenFamily(store);
    const newest = await givenFamily(store, { consent: aConsent({ until: NOW + 1 }) });
    await givenFamily(store, { consent: aConsent({ until: NOW }) });
    await givenFamily(store, { consent: aConsent({ remember: false }) });
    await givenFamily(store, { consent: aConsent({ skipped: true }) });
    await givenFamily(store, { consent: null });
    await givenFamily(store, { subject: 'bob' });
    await givenFamily(store, { clientId: 'another' });
    expect(await store.consents.remembered('alice', 'app', NOW)).toEqual(newest);
    expect(await store.consents.remembered('alice', 'third', NOW)).toBeUndefined();
    expect(await store.consents.remembered('ali', 'app', NOW)).toBeUndefined();
  });

  test('lists what was granted, newest first, page by page, and counts the same', async () => {
    const store = await stores.open();
    const sessionId = freshId('session');
    const first = await givenFamily(store, { sessionId });
    const second = await givenFamily(store, { sessionId, consent: aConsent({ remember: false }), clientId: 'another' });
    const third = await givenFamily(store);
    await givenFamily(store, { consent: aConsent({ skipped: true }) });
    await givenFamily(store, { consent: aConsent({ until: NOW }) });
    await givenFamily(store, { consent: null });
    await givenFamily(store, { subject: 'bob' });
    const alice = { subject: 'alice', now: NOW };
    expect(await store.consents.list({ ...alice, limit: 10 })).toEqual([third, second, first]);
    expect(await store.consents.list({ ...alice, limit: 1, offset: 1 })).toEqual([second]);
    expect(await store.consents.list({ ...alice, limit: 10, after: second.id })).toEqual([first]);
    expect(await store.consents.list({ ...alice, limit: 10, sessionId })).toEqual([second, first]);
    expect(await store.consents.count(alice)).toBe(3);
    expect(await store.consents.count({ ...alice, sessionId })).toBe(2);
    expect(await store.consents.count({ ...alice, subject: 'nobody' })).toBe(0);
  });

  test('a revoked consent takes its family and tokens with it, skipped ones too', async () => {
    const store = await stores.open();
    const family = await givenFamily(store);
    const skipped = await givenFamily(store, { consent: aConsent({ skipped: true }) });
    const elsewhere = await givenFamily(store, { clientId: 'another' });
    const others = await givenFamily(store, { subject: 'bob' });
    const tokens = [family, skipped, elsewhere, others].map(({ id }) => anAccessToken(id));
    await store.tokens.insert(tokens);
    const alive = async () =>
      (await Promise.all(tokens.map((token) => store.tokens.find(token.key)))).map((found) => found?.family?.id);

    expect(await store.consents.revoke({ subject: 'alice', clientId: 'app' })).toBe(2);
    expect(await alive()).toEqual([undefined, undefined, elsewhere.id, others.id]);
    expect(await store.families.redeem(family.id, NOW, [], NOW)).toBe(false);
    expect(await store.consents.revoke({ subject: 'alice' })).toBe(1);
    expect(await alive()).toEqual([undefined, undefined, undefined, others.id]);
    expect(await store.consents.revoke({ subject: 'alice' })).toBe(0);
    expect(await store.consents.remembered('alice', 'app', NOW)).toBeUndefined();
  });

  test('one consent can be revoked by its family', async () => {
    const store = await stores.open();
    const [family, sibling] = [await givenFamily(store), await givenFamily(store)];
    const noConsent = await givenFamily(store, { consent: null });
    const token = aRefreshToken(noConsent.id);
    await store.tokens.insert([token]);
    expect(await store.consents.revoke({ familyId: family.id })).toBe(1);
    expect(await store.consents.revoke({ familyId: family.id })).toBe(0);
    expect(await store.consents.revoke({ familyId: noConsent.id })).toBe(0);
    expect(await store.consents.list({ subject: 'alice', now: NOW, limit: 9 })).toEqual([sibling]);
    expect((await store.tokens.find(token.key))?.family).toEqual(noConsent);
  });

  test('a consent that ends is listed until then', async () => {
    const store = await stores.open();
    await givenFamily(store, { consent: aConsent({ until: NOW + HOUR, rememberFor: 3600 }) });
    expect(await store.consents.count({ subject: 'alice', now: NOW + HOUR - 1 })).toBe(1);
    expect(await store.consents.count({ subject: 'alice', now: NOW + HOUR })).toBe(0);
  });
});
