import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredKey, TrustedIssuer } from '../../src/model/index.js';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import { aKey, aTrust, freshId, HOUR } from './support/records.js';
import { anyText } from './support/texts.js';

function keyOf({ issuer, kid }: TrustedIssuer): StoredKey {
  return aKey({ set: issuer, kid, generated: false });
}

forEachDialect('trust store', (stores) => {
  test('a trusted issuer comes back as it was stored, whatever its texts hold, and its key is in its set', async () => {
    const store = await stores.open();
    const text = anyText(20);
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(text), fc.boolean(), async (name, subject, scope, any) => {
        const trusted = aTrust({ issuer: `${freshId()}|${name}`, subject, scope, allowAnySubject: any });
        const key = keyOf(trusted);
        expect(await store.trust.insert(trusted, key)).toBe(true);
        expect(await store.trust.find(trusted.id)).toEqual(trusted);
        expect(await store.keys.list(trusted.issuer)).toEqual([key]);
      }),
      { numRuns: 40 },
    );
    expect(await store.trust.find(freshId())).toBeUndefined();
  });

  test('issuer, subject and key are trusted together once; nothing else is written then', async () => {
    const store = await stores.open();
    const trusted = aTrust();
    await store.trust.insert(trusted, keyOf(trusted));
    const again = { ...trusted, id: freshId('trust'), scope: [] };
    expect(await store.trust.insert(again, aKey({ set: 'elsewhere' }))).toBe(false);
    expect(await store.trust.find(again.id)).toBeUndefined();
    expect(await store.keys.list('elsewhere')).toEqual([]);
    const another = { ...again, subject: 'bob' };
    expect(await store.trust.insert(another, keyOf(trusted))).toBe(true);
  });

  test('a key that is there already stays as it is', async () => {
    const store = await stores.open();
    const trusted = aTrust();
    const known = aKey({ set: trusted.issuer, kid: trusted.kid, jwk: { kty: 'OKP', x: 'known' } });
    await store.keys.insert([known]);
    expect(await store.keys.list(trusted.issuer)).toEqual([known]);
    expect(await store.trust.insert(trusted, keyOf(trusted))).toBe(true);
    expect(await store.keys.list(trusted.issuer)).toEqual([known]);
  });

  test('tells who may speak for a subject, expired ones too', async () => {
    const store = await stores.open();
    const alice = aTrust({ expiresAt: NOW - HOUR });
    const anybody = aTrust({ subject: '', allowAnySubject: true });
    const others = [aTrust({ subject: 'bob' }), aTrust({ issuer: 'https://other.example' })];
    for (const trusted of [alice, anybody, ...others]) await store.trust.insert(trusted, keyOf(trusted));
    expect(await store.trust.speakingFor(alice.issuer, 'alice')).toEqual([alice, anybody]);
    expect(await store.trust.speakingFor(alice.issuer, 'carol')).toEqual([anybody]);
    expect(await store.trust.speakingFor('nobody', 'alice')).toEqual([]);
  });

  test('lists and counts by issuer, by position and by the last id', async () => {
    const store = await stores.open();
    const three = [aTrust(), aTrust(), aTrust({ issuer: 'https://other.example' })];
    for (const trusted of [...three].reverse()) await store.trust.insert(trusted, keyOf(trusted));
    const [one, two, other] = three;
    expect(await store.trust.list({ limit: 9 })).toEqual(three);
    expect(await store.trust.list({ limit: 1, offset: 1 })).toEqual([two]);
    expect(await store.trust.list({ limit: 9, after: one?.id ?? '' })).toEqual([two, other]);
    expect(await store.trust.list({ limit: 9, issuer: 'https://other.example' })).toEqual([other]);
    expect(await store.trust.count({})).toBe(3);
    expect(await store.trust.count({ issuer: 'https://issuer.example' })).toBe(2);
    expect(await store.trust.count({ issuer: 'nobody' })).toBe(0);
  });

  test('goes with its key, which stays as long as another one uses it', async () => {
    const store = await stores.open();
    const alice = aTrust();
    const bob = aTrust({ subject: 'bob', kid: alice.kid });
    const neighbour = aTrust({ subject: 'bob' });
    for (const trusted of [alice, bob, neighbour]) await store.trust.insert(trusted, keyOf(trusted));
    const kids = async () => (await store.keys.list(alice.issuer)).map(({ kid }) => kid).sort();
    expect(await store.trust.delete(alice.id)).toBe(true);
    expect(await kids()).toEqual([alice.kid, neighbour.kid]);
    expect(await store.trust.delete(bob.id)).toBe(true);
    expect(await kids()).toEqual([neighbour.kid]);
    expect(await store.trust.delete(bob.id)).toBe(false);
    expect(await store.trust.find(bob.id)).toBeUndefined();
  });

  test('goes when it is over and somebody flushes, in bounded batches, with its key', async () => {
    const store = await stores.open();
    const over = Array.from({ length: 3 }, (_, age) => aTrust({ expiresAt: NOW - age }));
    const alive = aTrust({ expiresAt: NOW + 1 });
    for (const trusted of [...over, alive]) await store.trust.insert(trusted, keyOf(trusted));
    expect(await store.trust.flush(NOW, 2)).toBe(2);
    expect(await store.trust.flush(NOW, 2)).toBe(1);
    expect(await store.trust.flush(NOW, 2)).toBe(0);
    expect(await store.trust.list({ limit: 9 })).toEqual([alive]);
    expect((await store.keys.list(alive.issuer)).map(({ kid }) => kid)).toEqual([alive.kid]);
  });
});

forEachSharedDialect('trust store of two processes', (stores) => {
  test('one of twenty trusts the same', async () => {
    const both = [await stores.open(), await stores.open()];
    const trusted = aTrust();
    const insert = (store: (typeof both)[number]) =>
      store.trust.insert({ ...trusted, id: freshId('trust') }, keyOf(trusted));
    expect(await race(both, 20, insert)).toBe(1);
  });
});
