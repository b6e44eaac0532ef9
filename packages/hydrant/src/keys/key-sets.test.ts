import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateJwk, type Jwk, publicJwk } from '../crypto/jwk.js';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { ID_TOKEN_KEYS } from '../model/json-web-key.js';
import { openStore, type SqlStore } from '../sql/index.js';
import { FIRST_GENERATION as first, SECOND_GENERATION as second } from './generations.js';
import { createKeyOperations, type KeyOperations } from './key-sets.js';

const ring = createSecretRing(['a-system-secret-of-tests-0001']);

let store: SqlStore;
let keys: KeyOperations;
let now: number;

beforeEach(async () => {
  now = 1_000_000;
  const clock = { now: () => now++ };
  store = await openStore({ dsn: 'memory', ring, clock });
  keys = createKeyOperations({ store, random: systemRandom, clock, signingRsaBits: 2048 });
});

afterEach(() => store.close());

const kids = (jwks: readonly Jwk[]) => jwks.map((jwk) => jwk.kid);
const bits = (jwk: Jwk | undefined) => Buffer.from(jwk?.n ?? '', 'base64url').length * 8;

describe('making keys', () => {
  test('the second generation makes one private key, complete and for signing', async () => {
    const [key, ...more] = await keys.create('s', { alg: 'ES256', kid: 'k' }, second);
    expect(more).toEqual([]);
    expect(key).toMatchObject({ use: 'sig', kty: 'EC', kid: 'k', crv: 'P-256', alg: 'ES256', d: expect.any(String) });
    expect(await keys.get('s', second)).toEqual([key]);
    expect(await keys.getOne('s', 'k', second)).toEqual(key);
  });

  test('the first generation makes a pair, private first', async () => {
    const made = await keys.create(ID_TOKEN_KEYS, { alg: 'RS256', kid: 'k' }, first);
    expect(kids(made)).toEqual(['private:k', 'public:k']);
    expect(Object.keys(made[0] ?? {})).toEqual(['kty', 'kid', 'alg', 'n', 'e', 'd', 'p', 'q']);
    expect(Object.keys(made[1] ?? {})).toEqual(['kty', 'kid', 'alg', 'n', 'e']);
    expect(await keys.get(ID_TOKEN_KEYS, first)).toEqual(made);
    expect(await keys.getOne(ID_TOKEN_KEYS, 'public:k', first)).toEqual(made[1]);
    await expect(keys.getOne(ID_TOKEN_KEYS, 'k', first)).rejects.toMatchObject({ status: 404 });
    await expect(keys.getOne(ID_TOKEN_KEYS, 'public:k', second)).rejects.toMatchObject({ status: 404 });
    expect((await keys.getOne(ID_TOKEN_KEYS, 'k', second)).dp).toBeDefined();
  });

  test('RSA keys of other sets have 4096 bits, those that sign tokens the configured length', async () => {
    expect(bits((await keys.create(ID_TOKEN_KEYS, { alg: 'RS256' }, second))[0])).toBe(2048);
    expect(bits((await keys.create('s', { alg: 'RS256' }, second))[0])).toBe(4096);
    expect(bits((await keys.create('s', { alg: 'PS256' }, second))[0])).toBe(2048);
  });

  test('a symmetric key keeps its plain name', async () => {
    const [key] = await keys.create('s', { ALG: 'HS256', kid: 'k', use: null }, first);
    expect(key).toEqual({ kty: 'oct', kid: 'k', alg: 'HS256', k: expect.stringMatching(/^[\w-]{22}$/) });
    await keys.deleteOne('s', 'k', first);
    await expect(keys.get('s', first)).rejects.toMatchObject({ code: 'Not Found' });
  });

  test('a kid is taken once, whoever asks, and is made where none was given', async () => {
    await keys.create('s', { alg: 'ES512', kid: 'k' }, first);
    await expect(keys.create('s', { alg: 'ES512', kid: 'k' }, first)).rejects.toMatchObject({ status: 409 });
    await expect(keys.create('s', { alg: 'ES256', kid: 'k' }, second)).rejects.toMatchObject({ status: 409 });
    const [key] = await keys.create('s', { alg: 'EdDSA' }, second);
    expect(key?.kid).toMatch(/^[0-9a-f-]{36}$/);
    expect(kids(await keys.get('s', second))).toEqual([key?.kid, 'k']);
  });

  test.each(['HS256', 'rs256', 'XX', ''])('the second generation does not offer %j', async (alg) => {
    await expect(keys.create('s', { alg }, second)).rejects.toMatchObject({ status: 400, code: 'Bad Request' });
    await expect(keys.get('s', second)).rejects.toMatchObject({ status: 404 });
  });

  test.each(['ES256', 'EdDSA', 'PS256', ''])('the first generation does not offer %j', async (alg) => {
    await expect(keys.create('s', { alg }, first)).rejects.toMatchObject({ status: 400, code: 'error' });
  });

  test('names that no database takes are refused', async () => {
    for (const generation of [first, second]) {
      await expect(keys.create('s'.repeat(256), { alg: 'ES512' }, generation)).rejects.toMatchObject({ status: 400 });
      await expect(keys.create('s', { alg: 'ES512', kid: 'a\0' }, generation)).rejects.toMatchObject({ status: 400 });
      await expect(keys.create('s', { alg: 7 }, generation)).rejects.toMatchObject({ status: 400 });
    }
  });
});

describe('bringing keys', () => {
  test('a set is replaced whole and shown as it came, by both generations', async () => {
    await keys.create('s', { alg: 'ES256', kid: 'old' }, second);
    const [a, b] = [await generateJwk('ES256', 'a', 'sig'), publicJwk(await generateJwk('ES384', 'b', 'sig'))];
    expect(await keys.replace('s', { keys: [{ ...a, unknown: 1 }, b] }, second)).toEqual([a, b]);
    for (const generation of [first, second]) expect(await keys.get('s', generation)).toEqual([a, b]);
  });

  test('what is no key, or comes twice, changes nothing', async () => {
    const a = await generateJwk('ES256', 'a', '');
    await keys.replace('s', { keys: [a] }, second);
    for (const generation of [first, second]) {
      await expect(keys.replace('s', { keys: [{ kid: 'x' }] }, generation)).rejects.toMatchObject({ status: 400 });
      await expect(keys.replace('s', { keys: 'x' }, generation)).rejects.toMatchObject({ status: 400 });
      await expect(keys.replace('s', { keys: [a, a] }, generation)).rejects.toMatchObject({ status: 409 });
      await expect(keys.put('s', 'a', { kty: 'XX', kid: 'a' }, generation)).rejects.toMatchObject({ status: 400 });
    }
    expect(await keys.get('s', second)).toEqual([a]);
  });

  test('no keys, no set', async () => {
    await keys.create('s', { alg: 'ES256' }, second);
    expect(await keys.replace('s', {}, second)).toEqual([]);
    await expect(keys.get('s', second)).rejects.toMatchObject({ code: 'Not Found' });
  });

  test('the kid of the key counts, that of the path names a key without one', async () => {
    const a = publicJwk(await generateJwk('ES256', 'a', '')) ?? { kty: '' };
    expect(await keys.put('s', 'path', a, second)).toEqual(a);
    expect((await keys.put('s', 'path', { ...a, kid: '' }, second)).kid).toBe('path');
    await keys.put('s', 'path', { ...a, use: 'enc' }, second);
    expect(kids(await keys.get('s', second)).sort()).toEqual(['a', 'path']);
    expect((await keys.getOne('s', 'a', second)).use).toBe('enc');
  });
});

describe('the pairs of the first generation are one key each', () => {
  test('a set that was read can be written back', async () => {
    const made = await keys.create(ID_TOKEN_KEYS, { alg: 'RS256', kid: 'k', use: 'sig' }, first);
    for (const body of [made, [...made].reverse()]) {
      await keys.replace(ID_TOKEN_KEYS, { keys: body }, first);
      expect(await keys.get(ID_TOKEN_KEYS, first)).toEqual(made);
      expect(kids(await keys.get(ID_TOKEN_KEYS, second))).toEqual(['k']);
    }
    for (const half of made) await keys.put(ID_TOKEN_KEYS, '', half, first);
    expect(await keys.get(ID_TOKEN_KEYS, first)).toEqual(made);
  });

  test('what is said about one half is said about the key, which stays', async () => {
    const [, half] = await keys.create('s', { alg: 'ES512', kid: 'k', use: 'sig' }, first);
    const before = await keys.getOne('s', 'k', second);
    await keys.put('s', '', { ...half, use: 'enc' }, first);
    expect(await keys.getOne('s', 'public:k', first)).toEqual({ ...half, use: 'enc' });
    expect(await keys.getOne('s', 'k', second)).toEqual({ ...before, use: 'enc' });
  });

  test('a withdrawn private half leaves the public one, to check what was signed', async () => {
    const [, half] = await keys.create('s', { alg: 'ES512', kid: 'k' }, first);
    await keys.deleteOne('s', 'private:k', first);
    expect(await keys.get('s', first)).toEqual([half]);
    expect(await keys.get('s', second)).toEqual([{ ...half, kid: 'k' }]);
    await keys.deleteOne('s', 'public:k', first);
    await expect(keys.get('s', first)).rejects.toMatchObject({ status: 404 });
  });

  test('a withdrawn public half takes the private one along', async () => {
    await keys.create('s', { alg: 'ES512', kid: 'k' }, first);
    await keys.deleteOne('s', 'public:k', first);
    await expect(keys.get('s', first)).rejects.toMatchObject({ status: 404 });
  });

  test('a name that belongs to no key deletes nothing', async () => {
    await keys.create('s', { alg: 'ES512', kid: 'k' }, first);
    for (const kid of ['k', 'private:x', '']) await keys.deleteOne('s', kid, first);
    for (const kid of ['public:k', '']) await keys.deleteOne('s', kid, second);
    expect(await keys.get('s', first)).toHaveLength(2);
  });

  test('a key that was brought under such a name stays beside one that has the name by nature', async () => {
    const brought = publicJwk(await generateJwk('ES256', 'k', '')) ?? { kty: '' };
    await keys.put('s', 'k', brought, second);
    const half = { ...brought, kid: 'public:k' };
    await keys.put('s', 'public:k', half, first);
    expect(kids(await keys.get('s', first)).sort()).toEqual(['k', 'public:k']);
  });
});

test('a set can be deleted, and again', async () => {
  await keys.create('s', { alg: 'ES256' }, second);
  await keys.deleteSet('s');
  await keys.deleteSet('s');
  await expect(keys.get('s', second)).rejects.toMatchObject({ status: 404 });
});
