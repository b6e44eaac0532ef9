import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecretRing, type SecretRing } from '../../src/crypto/secret-ring.js';
import { openStore, type SqlStore } from '../../src/sql/index.js';
import { fileInNewFolder, NOW } from './support/for-each-dialect.js';
import { anAccessToken, anOwnToken, aRefreshToken, givenFamily, HOUR, tokenKey } from './support/records.js';

const old = createSecretRing(['the-secret-of-yesterday']);
const both = createSecretRing(['the-secret-of-today', 'the-secret-of-yesterday']);
const fresh = createSecretRing(['the-secret-of-today']);

const CLAIMS = { accessToken: { diet: 'vegetarian-by-heart' }, idToken: { shoe: 'forty-three' } };
const HOOKED = { accessToken: { diet: 'whatever-there-is' }, idToken: {} };
const spent = { at: NOW, refreshExpiresAt: null, accessExpiresAt: NOW + HOUR, secret: 'a1b2c3d4' };

let file: ReturnType<typeof fileInNewFolder>;
beforeEach(() => {
  file = fileInNewFolder();
});
afterEach(() => file.remove());

async function using<T>(ring: SecretRing, run: (store: SqlStore) => Promise<T>, sealClaims = true): Promise<T> {
  const store = await openStore({ dsn: file.dsn, ring, clock: { now: () => NOW }, sealClaims });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

const inFile = (): string => readFileSync(file.path).toString('latin1');

function columns(): { body: { claims: unknown }; hook_claims: string | null } {
  const database = new Sqlite(file.path, { readonly: true });
  const row = database.prepare<[], { body: string; hook_claims: string | null }>('SELECT * FROM token_family').get();
  database.close();
  return { body: JSON.parse(row?.body ?? '{}'), hook_claims: row?.hook_claims ?? null };
}

test('claims of apps and hooks lie sealed in the file, and come back as they were', async () => {
  await using(old, async (store) => {
    const family = await givenFamily(store, { claims: CLAIMS, hookClaims: HOOKED });
    const own = { subject: 'c', grantedScope: [], grantedAudience: [], ext: { plan: 'paid-in-gold' } };
    const tokens = [anAccessToken(family.id), anOwnToken({ own })];
    await store.tokens.insert(tokens);
    const found = await Promise.all(tokens.map(({ key }) => store.tokens.find(key)));
    expect(found).toEqual([
      { token: tokens[0], family },
      { token: tokens[1], family: undefined },
    ]);
  });
  expect(inFile()).not.toMatch(/vegetarian|forty-three|whatever|gold/);
});

test('claims without a value are not sealed: there is nothing to hide, and time to save', async () => {
  const empty = { accessToken: {}, idToken: {} };
  await using(old, (store) => givenFamily(store, { claims: empty }));
  expect(columns().body.claims).toEqual(empty);
});

test('where sealing is off they lie open, and either setting reads what the other wrote', async () => {
  const token = await using(
    old,
    async (store) => {
      const family = await givenFamily(store, { claims: CLAIMS });
      const one = anAccessToken(family.id);
      await store.tokens.insert([one]);
      return one;
    },
    false,
  );
  expect(inFile()).toContain('vegetarian-by-heart');
  expect(await using(old, async (store) => (await store.tokens.find(token.key))?.family?.claims)).toEqual(CLAIMS);
});

test('refreshing seals them with the newest secret, so that the old one can be taken away', async () => {
  const [used, next] = [tokenKey(), tokenKey()];
  await using(old, async (store) => {
    const family = await givenFamily(store, { claims: CLAIMS, hookClaims: HOOKED });
    await store.tokens.insert([aRefreshToken(family.id, { key: used })]);
  });
  await using(both, async (store) => {
    const found = await store.tokens.find(used);
    if (found?.token.kind !== 'refresh_token') throw new Error('The refresh token is gone.');
    const successor = aRefreshToken(found.token.familyId, { key: next });
    expect(await store.tokens.rotate(found.token, spent, [successor], null)).toBe(true);
  });
  const family = await using(fresh, async (store) => (await store.tokens.find(next))?.family);
  expect(family).toMatchObject({ claims: CLAIMS, hookClaims: HOOKED });
});

test('claims that no secret opens take their tokens and consents with them: they would say something else', async () => {
  const { family, ofFamily, ofClient } = await using(old, async (store) => {
    const family = await givenFamily(store, { claims: CLAIMS });
    const own = { subject: 'c', grantedScope: [], grantedAudience: [], ext: { plan: 'paid-in-gold' } };
    const [ofFamily, ofClient] = [anAccessToken(family.id), anOwnToken({ own })];
    await store.tokens.insert([ofFamily, ofClient]);
    return { family, ofFamily, ofClient };
  });
  await using(fresh, async (store) => {
    expect((await store.tokens.find(ofFamily.key))?.family).toBeUndefined();
    expect(await store.tokens.find(ofClient.key)).toBeUndefined();
    expect(await store.consents.remembered(family.subject, family.clientId, NOW)).toBeUndefined();
    expect(await store.consents.list({ subject: family.subject, now: NOW, limit: 10 })).toEqual([]);
  });
});

test('uses of a spent refresh token are counted up to the limit, however many ask at once', async () => {
  await using(old, async (store) => {
    const family = await givenFamily(store);
    const used = aRefreshToken(family.id, { spent });
    await store.tokens.insert([used]);
    const asked = await Promise.all(Array.from({ length: 9 }, () => store.tokens.countReuse(used, 4)));
    expect(asked.filter(Boolean)).toHaveLength(3);
    expect((await store.tokens.find(used.key))?.token).toMatchObject({ spent: { reuses: 3 } });
    expect(await store.tokens.countReuse(aRefreshToken(family.id), 4)).toBe(false);
  });
});
