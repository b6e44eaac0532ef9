import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateJwk, publicJwk, signingAlgorithm } from '../crypto/jwk.js';
import { signJwt, verifyJwt } from '../crypto/jwt.js';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { ACCESS_TOKEN_KEYS, ID_TOKEN_KEYS } from '../model/json-web-key.js';
import { openStore, type SqlStore } from '../sql/index.js';
import { createSigningKeys, type SigningAlgorithm, type SigningKeys } from './signing-keys.js';

const ring = createSecretRing(['a-system-secret-of-tests-0001']);

let store: SqlStore;
let now: number;
const clock = { now: () => now++ };

beforeEach(async () => {
  now = 1_000_000;
  store = await openStore({ dsn: 'memory', ring, clock });
});

afterEach(() => store.close());

function givenNode(algorithm: SigningAlgorithm = 'ES256', broadcast: string[] = []): SigningKeys {
  return createSigningKeys({ store, random: systemRandom, clock, algorithm, rsaBits: 2048, broadcast });
}

async function addKey(
  set: string,
  kid: string,
  options: { alg?: string; use?: string; generated?: boolean; half?: true } = {},
) {
  const { alg = 'ES256', use = 'sig', generated = true, half } = options;
  const jwk = await generateJwk(alg, kid, use);
  await store.keys.insert([{ set, kid, generated, createdAt: clock.now(), jwk: { ...(half ? publicJwk(jwk) : jwk) } }]);
}

const published = async (node: SigningKeys) => (await node.published()).map((key) => key.kid);

describe('at the start', () => {
  test('both standard sets get a key of the configured algorithm, once', async () => {
    const node = givenNode('EdDSA');
    await node.ensure();
    await node.ensure();
    for (const set of [ID_TOKEN_KEYS, ACCESS_TOKEN_KEYS]) {
      expect(await store.keys.list(set)).toHaveLength(1);
      expect(signingAlgorithm(await node.signer(set))).toBe('EdDSA');
    }
  });

  test('two nodes at once end with keys that everybody can check', async () => {
    const nodes = [givenNode(), givenNode()];
    await Promise.all(nodes.map((node) => node.ensure()));
    const [one, other] = await Promise.all(nodes.map((node) => node.signer(ID_TOKEN_KEYS)));
    expect(one?.kid).toBe(other?.kid);
    for (const node of nodes) expect(await published(node)).toContain(one?.kid);
  });

  test('another algorithm is configured: a key of it is made and signs, the older stays published', async () => {
    await givenNode('ES256').ensure();
    const before = await givenNode('ES256').signer(ID_TOKEN_KEYS);
    const node = givenNode('EdDSA');
    await node.ensure();
    expect(signingAlgorithm(await node.signer(ID_TOKEN_KEYS))).toBe('EdDSA');
    expect(await published(node)).toContain(before.kid);
  });

  test('a key that an operator brought is left in charge', async () => {
    await addKey(ID_TOKEN_KEYS, 'own', { alg: 'ES384', generated: false });
    const node = givenNode('EdDSA');
    await node.ensure();
    expect((await node.signer(ID_TOKEN_KEYS)).kid).toBe('own');
  });
});

describe('which key signs', () => {
  test('the newest private one that is for signing', async () => {
    await addKey(ID_TOKEN_KEYS, 'old');
    await addKey(ID_TOKEN_KEYS, 'new');
    await addKey(ID_TOKEN_KEYS, 'public', { half: true });
    await addKey(ID_TOKEN_KEYS, 'encryption', { use: 'enc' });
    await addKey(ID_TOKEN_KEYS, 'symmetric', { alg: 'HS256' });
    expect((await givenNode().signer(ID_TOKEN_KEYS)).kid).toBe('new');
  });

  test('where the last one was deleted a new one is made, one for all who ask', async () => {
    const node = givenNode();
    await node.ensure();
    await store.keys.delete(ID_TOKEN_KEYS);
    const [one, other] = await Promise.all([node.signer(ID_TOKEN_KEYS), node.signer(ID_TOKEN_KEYS)]);
    expect(one).toBe(other);
    expect(await store.keys.list(ID_TOKEN_KEYS)).toHaveLength(1);
    expect(await node.signer(ID_TOKEN_KEYS)).toMatchObject({ kid: one.kid });
  });

  test('a record that cannot be used is passed over', async () => {
    await addKey(ID_TOKEN_KEYS, 'good');
    const jwk = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' };
    await store.keys.insert([{ set: ID_TOKEN_KEYS, kid: 'bad', generated: false, createdAt: clock.now(), jwk }]);
    const node = givenNode();
    expect((await node.signer(ID_TOKEN_KEYS)).kid).toBe('good');
    expect(await node.verificationKeys(ID_TOKEN_KEYS)).toHaveLength(1);
  });

  test('what it signs is checked by what is published, and no import is done twice', async () => {
    const node = givenNode();
    const token = await signJwt(await node.signer(ID_TOKEN_KEYS), {}, { sub: 'alice' });
    const keys = await node.published();
    expect(await verifyJwt(token, keys, { algorithms: ['ES256'] })).toMatchObject({ claims: { sub: 'alice' } });
    expect(await node.signer(ID_TOKEN_KEYS)).toBe(await node.signer(ID_TOKEN_KEYS));
    expect((await node.verificationKeys(ID_TOKEN_KEYS))[0]).toBe((await node.verificationKeys(ID_TOKEN_KEYS))[0]);
  });
});

describe('what is published', () => {
  test('the public halves of both standard sets and those that are configured, each once, nothing secret', async () => {
    await addKey(ID_TOKEN_KEYS, 'id');
    await addKey(ACCESS_TOKEN_KEYS, 'access');
    await addKey('more', 'extra', { half: true });
    await addKey('more', 'symmetric', { alg: 'HS256' });
    await addKey('other', 'hidden');
    const node = givenNode('ES256', ['more', ID_TOKEN_KEYS, 'more']);
    expect(await published(node)).toEqual(['id', 'access', 'extra']);
    expect(JSON.stringify(await node.published())).not.toMatch(/"[dk]":/);
  });

  test('sets that were emptied get their key', async () => {
    expect(await published(givenNode())).toHaveLength(2);
  });
});
