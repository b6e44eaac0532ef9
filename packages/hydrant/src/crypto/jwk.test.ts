import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { importJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  generatableAlgorithms,
  generateJwk,
  isPrivate,
  type Jwk,
  parseJwk,
  publicJwk,
  signingAlgorithm,
} from './jwk.js';

/** RFC 7517 appendix A.2. */
const EC: Jwk = {
  use: 'enc',
  kty: 'EC',
  kid: '1',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
};
/** RFC 8037 appendix A.1. */
const ED: Jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};
const RSA: Jwk = parseJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }));
const OTHER: Jwk = parseJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }));
const OCT: Jwk = { kty: 'oct', kid: 'o', alg: 'HS256', k: 'AAEC' };

/** Self-signed, made once with openssl for the key of ED; valid for a hundred years. */
const CERTIFICATE: string = [
  'MIIBOjCB7aADAgECAhR2k6xaXaNjzTpml1ju2nUHFSUuIDAFBgMrZXAwEjEQMA4GA1UEAwwHcmZjODAzNzAgFw0yNjExMjMyMDEx',
  'NTVaGA8yMTI2MTAzMDIwMTE1NVowEjEQMA4GA1UEAwwHcmZjODAzNzAqMAUGAytlcAMhANdamAGCsQq31Uv+08lkBzoO4XLz2qYj',
  'Ja8CGmj3B1Eao1MwUTAdBgNVHQ4EFgQUWyeqVYkXl3DkdXWxYqHe2XuL/G0wHwYDVR0jBBgwFoAUWyeqVYkXl3DkdXWxYqHe2XuL',
  '/G0wDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQAD2tPPYI4OKBbgKTjHso0ZwZ4/gOdU2qrfNNLpfSb/iAjUL6AeNgwbCHQNRw1M',
  '9dx+N0rdRWYJWmqt4ZWbm3UE',
].join('');

const without = (jwk: Jwk, ...members: string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => !members.includes(member)));

describe('generateJwk', () => {
  test.each([
    ['RS256', ['use', 'kty', 'kid', 'alg', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi']],
    ['PS512', ['use', 'kty', 'kid', 'alg', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi']],
    ['ES256', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y', 'd']],
    ['ES384', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y', 'd']],
    ['ES512', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y', 'd']],
    ['EdDSA', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'd']],
    ['HS256', ['use', 'kty', 'kid', 'alg', 'k']],
    ['HS512', ['use', 'kty', 'kid', 'alg', 'k']],
  ])('%s has its members, in order, and is a key to others as well', async (alg, members) => {
    const jwk = await generateJwk(alg, 'the kid', 'sig');
    expect(Object.keys(jwk)).toEqual(members);
    expect(jwk).toMatchObject({ use: 'sig', kid: 'the kid', alg });
    expect(parseJwk({ ...jwk })).toEqual(jwk);
    expect(isPrivate(jwk)).toBe(true);
    expect(await importJWK({ ...jwk, x5c: [] })).toBeDefined();
  });

  test('lengths are as asked for', async () => {
    const bits = (jwk: Jwk) => Buffer.from(jwk.n ?? '', 'base64url').length * 8;
    expect(bits(await generateJwk('RS256', 'k', 'sig'))).toBe(2048);
    expect(bits(await generateJwk('RS384', 'k', 'sig', { rsaBits: 3072 }))).toBe(3072);
    expect(Buffer.from((await generateJwk('HS256', 'k', '')).k ?? '', 'base64url').length).toBe(16);
    expect(Buffer.from((await generateJwk('HS512', 'k', '')).k ?? '', 'base64url').length).toBe(32);
  });

  test('an empty use is left out', async () => {
    expect(Object.keys(await generateJwk('EdDSA', 'k', ''))).toEqual(['kty', 'kid', 'crv', 'alg', 'x', 'd']);
  });

  test('what it knows is what it says it knows', async () => {
    expect([...generatableAlgorithms].sort()).toEqual(
      [
        'ES256',
        'ES384',
        'ES512',
        'EdDSA',
        'HS256',
        'HS512',
        'PS256',
        'PS384',
        'PS512',
        'RS256',
        'RS384',
        'RS512',
      ].sort(),
    );
    for (const alg of ['', 'none', 'rs256', 'HS384', 'ES256K']) {
      await expect(generateJwk(alg, 'k', 'sig')).rejects.toThrow('no key can be made');
    }
  });
});

describe('parseJwk', () => {
  test('keeps what it knows in its order and drops the rest', () => {
    const shuffled = {
      nonsense: 1,
      key_ops: ['sign'],
      d: EC.d,
      y: EC.y,
      alg: '',
      ext: true,
      x5u: null,
      ...without(EC, 'd', 'y'),
    };
    const jwk = parseJwk(shuffled);
    expect(jwk).toEqual(EC);
    expect(Object.keys(jwk)).toEqual(['use', 'kty', 'kid', 'crv', 'x', 'y', 'd']);
  });

  test.each([
    ['a private EC key', EC],
    ['a private OKP key', ED],
    ['a private RSA key', RSA],
    ['a symmetric key', OCT],
    ['a public EC key', without(EC, 'd')],
    ['a public OKP key', without(ED, 'd')],
    ['a public RSA key', without(RSA, 'd', 'p', 'q', 'dp', 'dq', 'qi')],
  ])('takes %s', (_, key) => {
    expect(parseJwk(JSON.parse(JSON.stringify(key)))).toEqual(key);
  });

  test("takes a private RSA key without dp, dq and qi, as Hydra's first generation has them, and leaves it so", () => {
    const bare = without(RSA, 'dp', 'dq', 'qi');
    expect(parseJwk(bare)).toEqual(bare);
  });

  const flipped = (jwk: Jwk, member: 'x' | 'y' | 'd' | 'n') => {
    const bytes = Buffer.from(jwk[member] ?? '', 'base64url');
    bytes.writeUInt8(bytes.readUInt8(5) ^ 2, 5);
    return { ...jwk, [member]: bytes.toString('base64url') };
  };

  test.each<[unknown, string]>([
    [undefined, 'JSON object'],
    [null, 'JSON object'],
    ['{}', 'JSON object'],
    [[EC], 'JSON object'],
    [{}, '"kty"'],
    [{ kty: '' }, '"kty"'],
    [{ kty: 5 }, 'not a text'],
    [{ kty: 'ec' }, 'unknown'],
    [{ kty: 'oct' }, '"k"'],
    [{ kty: 'oct', k: '' }, '"k"'],
    [{ kty: 'oct', k: 'a+b/' }, 'base64url'],
    [{ ...EC, kid: 5 }, '"kid" is not a text'],
    [{ ...EC, x5c: 'MII' }, '"x5c" is not an array'],
    [{ ...EC, x5c: [1] }, '"x5c" is not an array'],
    [{ ...EC, x5c: ['MII'] }, 'not a certificate'],
    [{ ...EC, crv: 'secp256k1' }, '"crv"'],
    [{ ...EC, crv: 'P-384' }, '48 bytes'],
    [without(EC, 'crv'), '"crv"'],
    [without(EC, 'y'), '"y"'],
    [flipped(EC, 'y'), 'not on the curve'],
    [flipped(EC, 'd'), 'does not belong'],
    [{ ...EC, d: Buffer.alloc(32).toString('base64url') }, 'not a private key'],
    [{ ...ED, crv: 'Ed448' }, '"crv"'],
    [{ ...ED, x: 'AAEC' }, '32 bytes'],
    [flipped(ED, 'd'), 'does not belong'],
    [without(RSA, 'n'), '"n"'],
    [without(RSA, 'e'), '"e"'],
    [without(RSA, 'p'), '"p"'],
    [without(RSA, 'd'), 'private members'],
    [{ ...RSA, q: OTHER.q }, 'not the factors'],
    [{ ...RSA, d: OTHER.d }, '"d" does not belong'],
    [{ ...RSA, qi: OTHER.qi }, '"qi" does not belong'],
    [{ ...RSA, dp: OTHER.dp }, '"dp" does not belong'],
    [flipped(RSA, 'n'), 'not the factors'],
    [{ kty: 'RSA', n: RSA.n, e: 'AQ' }, 'exponent'],
    [{ kty: 'RSA', n: RSA.n, e: 'Ag' }, 'exponent'],
    [{ kty: 'RSA', n: 'AA', e: 'AQAB' }, 'even'],
    [{ kty: 'RSA', n: Buffer.alloc(2049, 0xff).toString('base64url'), e: 'AQAB' }, 'bits'],
  ])('refuses a bad key and says why: %#', (value, reason) => {
    expect(() => parseJwk(value)).toThrow(reason);
  });

  test('takes a certificate of the key and refuses that of another', () => {
    expect(parseJwk({ ...ED, x5c: [CERTIFICATE] })).toEqual({ ...ED, x5c: [CERTIFICATE] });
    expect(() => parseJwk({ ...EC, x5c: [CERTIFICATE] })).toThrow('another key');
  });

  test('no JSON value makes it say more than a plain reason', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record(
            {
              kty: fc.constantFrom('RSA', 'EC', 'OKP', 'oct'),
              n: fc.base64String(),
              e: fc.base64String(),
              crv: fc.constantFrom('P-256', 'Ed25519'),
              x: fc.base64String(),
              y: fc.base64String(),
              d: fc.base64String(),
              k: fc.base64String(),
            },
            { requiredKeys: ['kty'] },
          ),
        ),
        (value) => {
          try {
            expect(parseJwk(value).kty).toBeTypeOf('string');
          } catch (reason) {
            expect(reason).toBeInstanceOf(Error);
            expect(reason).not.toHaveProperty('code');
            expect(String(reason)).not.toMatch(/TypeError|RangeError|SyntaxError/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the public half', () => {
  test('has no private member', () => {
    expect(publicJwk(RSA)).toEqual({ kty: 'RSA', n: RSA.n, e: RSA.e });
    expect(publicJwk({ ...EC, x5t: 't' })).toEqual({ ...without(EC, 'd'), x5t: 't' });
    expect(publicJwk(ED)).toEqual(without(ED, 'd'));
    for (const jwk of [RSA, EC, ED]) expect(isPrivate(publicJwk(jwk) ?? jwk)).toBe(false);
  });

  test('a symmetric key has none', () => {
    expect(publicJwk(OCT)).toBeUndefined();
    expect(isPrivate(OCT)).toBe(true);
  });
});

test.each<[Jwk, string | undefined]>([
  [RSA, 'RS256'],
  [{ ...RSA, alg: 'PS384' }, 'PS384'],
  [{ ...RSA, alg: 'RSA-OAEP' }, undefined],
  [{ ...RSA, alg: 'ES256' }, undefined],
  [EC, 'ES256'],
  [{ kty: 'EC', crv: 'P-384' }, 'ES384'],
  [{ kty: 'EC', crv: 'P-521' }, 'ES512'],
  [{ ...EC, alg: 'ES384' }, undefined],
  [ED, 'EdDSA'],
  [OCT, undefined],
])('what a key signs with: %#', (jwk, alg) => {
  expect(signingAlgorithm(jwk)).toBe(alg);
});
