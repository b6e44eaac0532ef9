/** §14.7 of the admin contract: JSON Web Keys. */
import { beforeAll, expect, test } from 'vitest';
import { generateJwk, publicJwk } from '../../../src/crypto/jwk.js';
import { type Answer, send } from '../../support/browser.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { temporaryDatabase } from '../../support/temporary-database.js';
import { admin, BOTH, CODES, expectRefusal, fresh, type Generation } from './admin-side.js';

const hydrant = sharedHydrant();

type Jwk = Readonly<Record<string, unknown>>;

const post = (generation: Generation, set: string, json: Jwk) =>
  admin(hydrant, generation, 'POST', `/keys/${set}`, { json });
const get = (generation: Generation, path: string) => admin(hydrant, generation, 'GET', `/keys/${path}`);
const put = (generation: Generation, path: string, json: unknown) =>
  admin(hydrant, generation, 'PUT', `/keys/${path}`, { json });
const keysIn = ({ text }: Answer): readonly Jwk[] => JSON.parse(text).keys;
const kidsIn = (answer: Answer) => keysIn(answer).map(({ kid }) => kid);
const bytes = (member: unknown) => Buffer.from(String(member), 'base64url').length;

/** One RSA key through each generation, made once: it takes seconds. */
const SETS = { 'v1.7': 'rsa-first', 'v2+': 'rsa-second' } as const;
const made = new Map<Generation, Answer>();
beforeAll(async () => {
  const wanted = { alg: 'RS256', kid: 'k', use: 'sig' };
  await Promise.all(
    BOTH.map(async (generation) => made.set(generation, await post(generation, SETS[generation], wanted))),
  );
});

test.each(BOTH)('14.7 #78 an RSA key [%s]', async (generation) => {
  const answer = made.get(generation);
  if (!answer) throw new Error('The key was not made.');
  expect(answer.status, answer.text).toBe(201);
  const keys = keysIn(answer);
  const kids = { 'v1.7': ['private:k', 'public:k'], 'v2+': ['k'] }[generation];
  expect(keys.map(({ kid }) => kid)).toEqual(kids);
  for (const key of keys) {
    expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', n: keys[0]?.n });
    expect(bytes(key.n) * 8).toBe(4096);
    expect('d' in key).toBe(key.kid !== 'public:k');
  }
  // Hydra's Location is malformed in 1.7 and leads to the public side in 26 (§8.3); here it is the address of the set.
  const prefix = { 'v1.7': '', 'v2+': '/admin' }[generation];
  expect(answer.headers.get('location')).toBe(`${prefix}/keys/${SETS[generation]}`);
  // RFC 7518 §6.3.2: what can be computed is left out by the first generation (§8.2).
  expect('dp' in (keys[0] ?? {})).toBe(generation === 'v2+');
  expect(keysIn(await get(generation, SETS[generation]))).toEqual(keys);
});

test.each(BOTH)('14.7 #79 a kid that is taken [%s]', async (generation) => {
  const before = (await get(generation, SETS[generation])).json;
  const wanted = { alg: 'RS256', kid: 'k', use: 'sig' };
  expectRefusal(await post(generation, SETS[generation], wanted), generation, 409, CODES.exists);
  expect((await get(generation, SETS[generation])).json).toEqual(before);
});

test.each(BOTH)('14.7 #80 a key on P-256 [%s]', async (generation) => {
  const set = fresh('set');
  const answer = await post(generation, set, { alg: 'ES256', kid: 'k', use: 'sig' });
  if (generation === 'v1.7') {
    expectRefusal(answer, generation, 400, CODES.plain, 'ES256');
    expectRefusal(await get(generation, set), generation, 404, CODES.notFound);
  } else {
    expect(answer.status).toBe(201);
    expect(keysIn(answer)).toMatchObject([{ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: 'k', use: 'sig' }]);
    expect(keysIn(answer)[0]).toHaveProperty('d');
  }
});

test.each(BOTH)('14.7 #81 a symmetric key [%s]', async (generation) => {
  const set = fresh('set');
  for (const [alg, length] of [
    ['HS256', 16],
    ['HS512', 32],
  ] as const) {
    const answer = await post(generation, set, { alg, kid: alg });
    if (generation === 'v1.7') {
      expect(answer.status).toBe(201);
      const [key, ...others] = keysIn(answer);
      expect([key, others]).toEqual([{ kty: 'oct', kid: alg, alg, k: expect.any(String) }, []]);
      expect(bytes(key?.k)).toBe(length);
    } else {
      expectRefusal(answer, generation, 400, 'Bad Request');
    }
  }
  expect((await get(generation, set)).status).toBe({ 'v1.7': 200, 'v2+': 404 }[generation]);
  for (const alg of ['', 'rs256', 'none']) {
    const error = { 'v1.7': CODES.plain, 'v2+': 'Bad Request' }[generation];
    expectRefusal(await post(generation, set, { alg, kid: 'x' }), generation, 400, error);
  }
});

test.each(BOTH)('14.7 #82 one key of a set, by the name that the generation has for it [%s]', async (generation) => {
  const set = SETS[generation];
  const [known, unknown] = {
    'v1.7': [
      ['public:k', 'private:k'],
      ['k', 'x'],
    ],
    'v2+': [['k'], ['public:k', 'private:k', 'x']],
  }[generation] as [string[], string[]];
  for (const kid of known) {
    const answer = await get(generation, `${set}/${kid}`);
    expect([answer.status, Object.keys(answer.json), kidsIn(answer)]).toEqual([200, ['keys'], [kid]]);
  }
  for (const kid of unknown) expectRefusal(await get(generation, `${set}/${kid}`), generation, 404, CODES.noRow);
});

test.each(BOTH)('14.7 #83 the kid of the key counts, not that of the path [%s]', async (generation) => {
  const set = fresh('set');
  const before = await generateJwk('EdDSA', 'other-one', 'sig');
  expect((await put(generation, set, { keys: [before] })).status).toBe(200);
  const key = await generateJwk('ES256', 'k2', 'sig');
  const answer = await put(generation, `${set}/other`, key);
  expect([answer.status, answer.json]).toEqual([200, key]);
  expect(keysIn(await get(generation, `${set}/k2`))).toEqual([key]);
  expectRefusal(await get(generation, `${set}/other`), generation, 404, CODES.noRow);
  expect(kidsIn(await get(generation, set)).toSorted()).toEqual(['k2', 'other-one']);
});

test.each(BOTH)('14.7 #84 a key is put into a set that is not there [%s]', async (generation) => {
  const set = fresh('set');
  expectRefusal(await get(generation, set), generation, 404, CODES.notFound);
  const key = await generateJwk('EdDSA', 'x', 'sig');
  expect((await put(generation, `${set}/x`, key)).status).toBe(200);
  expect(keysIn(await get(generation, set))).toEqual([key]);
});

test.each(BOTH)('14.7 #85 a set without keys is none [%s]', async (generation) => {
  const set = fresh('set');
  const keys = [await generateJwk('EdDSA', 'a', 'sig'), await generateJwk('ES256', 'b', 'sig')];
  const put2 = await put(generation, set, { keys });
  expect([put2.status, put2.json]).toEqual([200, { keys }]);
  expect(kidsIn(await get(generation, set)).toSorted()).toEqual(['a', 'b']);
  const answer = await put(generation, set, { keys: [] });
  expect([answer.status, answer.json]).toEqual([200, { keys: [] }]);
  expectRefusal(await get(generation, set), generation, 404, CODES.notFound);
});

// Hydra 1.7 deletes the set before it looks at the keys; nothing is changed here by what is refused (§8.3).
test.each(BOTH)('14.7 #85 a set that cannot be stored leaves the old one alone [%s]', async (generation) => {
  const set = fresh('set');
  const key = await generateJwk('EdDSA', 'a', 'sig');
  await put(generation, set, { keys: [key] });
  const half = publicJwk(key);
  const twice = await put(generation, set, { keys: [half, { ...key, use: 'enc' }] });
  expectRefusal(twice, generation, 409, CODES.exists);
  const error = { 'v1.7': CODES.plain, 'v2+': CODES.malformed }[generation];
  expectRefusal(await put(generation, set, { keys: [{ kid: 'b' }] }), generation, 400, error);
  expect(keysIn(await get(generation, set))).toEqual([key]);
});

test.each(BOTH)('14.7 #86 what is not there is deleted [%s]', async (generation) => {
  const set = fresh('set');
  const key = await generateJwk('EdDSA', 'a', 'sig');
  await put(generation, set, { keys: [key] });
  for (const path of ['nowhere', 'nowhere/x', `${set}/x`]) {
    const answer = await admin(hydrant, generation, 'DELETE', `/keys/${path}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
  }
  expect(keysIn(await get(generation, set))).toEqual([key]);
});

test.each(BOTH)('14.7 #87 the key of ID tokens with its private members [%s]', async (generation) => {
  const published = keysIn(await send(`${hydrant.publicUrl}/.well-known/jwks.json`));
  const answer = await get(generation, 'hydra.openid.id-token');
  expect(answer.status).toBe(200);
  const whole = keysIn(answer).find((key) => 'd' in key);
  expect(whole).toMatchObject({ kty: 'RSA', alg: 'RS256', d: expect.any(String), p: expect.any(String) });
  expect(whole).toHaveProperty('q');
  expect(published.filter(({ n }) => n === whole?.n)).toHaveLength(1);
  for (const key of published) expect(key).not.toHaveProperty('d');
});

test('14.7 #88 keys that were written under an older secret, and under the first of two [v1.7, v2+]', async () => {
  await using database = await temporaryDatabase();
  const key = await generateJwk('EdDSA', 'k', 'sig');
  const [older, newer] = ['the older of two secrets', 'the newer of two secrets'];
  const start = (...secrets: string[]) =>
    startHydrant({ settings: { DSN: database.dsn, SECRETS_SYSTEM: JSON.stringify(secrets) } });
  {
    await using before = await start(older);
    for (const generation of BOTH)
      expect((await admin(before, generation, 'PUT', `/keys/${SETS[generation]}/k`, { json: key })).status).toBe(200);
  }
  {
    await using after = await start(newer, older);
    for (const generation of BOTH) {
      const set = await admin(after, generation, 'GET', `/keys/${SETS[generation]}`);
      expect(keysIn(set)).toEqual([key]);
      // What is written again is under the first secret; what is not, like the signing keys, is still under the other.
      expect((await admin(after, generation, 'PUT', `/keys/${SETS[generation]}/k`, { json: key })).status).toBe(200);
    }
  }
  await expect(start(newer)).rejects.toThrow('secrets.system');
  {
    await using both = await start(older, newer);
    for (const set of ['hydra.openid.id-token', 'hydra.jwt.access-token'])
      expect((await admin(both, 'v2+', 'DELETE', `/keys/${set}`)).status).toBe(204);
  }
  await using last = await start(newer);
  for (const generation of BOTH)
    expect(keysIn(await admin(last, generation, 'GET', `/keys/${SETS[generation]}`))).toEqual([key]);
});
