import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateJwk, type Jwk, parseJwk, publicJwk } from './jwk.js';
import { checkTimes, decodeJwt, leftHalfHash, signJwt, verifyJwt } from './jwt.js';

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLAIMS = { sub: 'älice', n: 1, list: ['a'], nested: { deep: true } };

const keys = new Map<string, Jwk>();
const privateKey = (alg: string): Jwk => {
  const jwk = keys.get(alg);
  if (jwk === undefined) throw new Error(`no key for ${alg}`);
  return jwk;
};
const publicKey = (alg: string): Jwk => publicJwk(privateKey(alg)) ?? { kty: 'none' };

beforeAll(async () => {
  for (const alg of ALGORITHMS) keys.set(alg, await generateJwk(alg, `kid of ${alg}`, 'sig'));
});

const bare = (jwk: Jwk, ...members: string[]): Jwk =>
  parseJwk(Object.fromEntries(Object.entries(jwk).filter(([member]) => !members.includes(member))));
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('signJwt and verifyJwt', () => {
  test.each(ALGORITHMS)('%s: what is signed here verifies here and elsewhere', async (alg) => {
    const token = await signJwt(privateKey(alg), {}, CLAIMS);
    const header = { alg, kid: `kid of ${alg}`, typ: 'JWT' };
    expect(await verifyJwt(token, [publicKey(alg)], { algorithms: [alg] })).toEqual({ header, claims: CLAIMS });
    const elsewhere = await jwtVerify(token, await importJWK({ ...publicKey(alg), x5c: [] }, alg));
    expect(elsewhere.payload).toEqual(CLAIMS);
    expect(elsewhere.protectedHeader).toEqual(header);
  });

  test.each(ALGORITHMS)('%s: what is signed elsewhere verifies here', async (alg) => {
    const token = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg })
      .sign(await importJWK({ ...privateKey(alg), x5c: [] }, alg));
    expect(await verifyJwt(token, [publicKey(alg)], { algorithms: ALGORITHMS })).toMatchObject({ claims: CLAIMS });
  });

  test('the header begins with alg and kid; kid and typ may be chosen, alg may not', async () => {
    const token = await signJwt(privateKey('ES256'), { typ: 'at+jwt', kid: 'public:x', alg: 'none', cty: 'y' }, {});
    expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).toBe(
      '{"alg":"ES256","kid":"public:x","typ":"at+jwt","cty":"y"}',
    );
  });

  test("a private RSA key without dp, dq and qi signs, as Hydra's first generation stores them", async () => {
    const token = await signJwt(bare(privateKey('RS256'), 'dp', 'dq', 'qi'), {}, CLAIMS);
    expect(await verifyJwt(token, [publicKey('RS256')], { algorithms: ['RS256'] })).toMatchObject({ claims: CLAIMS });
  });

  test('a key that cannot sign is a bug of the caller', async () => {
    await expect(signJwt(publicKey('ES256'), {}, {})).rejects.toThrow();
    await expect(signJwt({ kty: 'oct', k: 'AAEC', alg: 'HS256' }, {}, {})).rejects.toThrow('no algorithm');
  });

  test('with any one character changed a token is refused', async () => {
    const token = await signJwt(privateKey('ES256'), {}, CLAIMS);
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(await verifyJwt(changed, [publicKey('ES256')], { algorithms: ALGORITHMS })).toHaveProperty('failure');
    }
  });
});

describe('verifyJwt refuses', () => {
  const options = { algorithms: [...ALGORITHMS, 'none', 'HS256'] };

  test('alg none, even where it is allowed', async () => {
    const token = `${part({ alg: 'none' })}.${part(CLAIMS)}.`;
    expect(await verifyJwt(token, [publicKey('RS256')], options)).toEqual({ failure: 'algorithm' });
  });

  test('HMAC, above all with a public key as its secret', async () => {
    const input = `${part({ alg: 'HS256' })}.${part(CLAIMS)}`;
    const mac = createHmac('sha256', JSON.stringify(publicKey('RS256')))
      .update(input)
      .digest('base64url');
    expect(await verifyJwt(`${input}.${mac}`, [publicKey('RS256')], options)).toEqual({ failure: 'algorithm' });
    const oct: Jwk = { kty: 'oct', k: Buffer.from('secret').toString('base64url') };
    const own = createHmac('sha256', 'secret').update(input).digest('base64url');
    expect(await verifyJwt(`${input}.${own}`, [oct], options)).toEqual({ failure: 'algorithm' });
  });

  test('an algorithm that is not allowed', async () => {
    const token = await signJwt(privateKey('ES256'), {}, CLAIMS);
    expect(await verifyJwt(token, [publicKey('ES256')], { algorithms: ['RS256'] })).toEqual({ failure: 'algorithm' });
  });

  test('a key for another use, algorithm, type or curve, and a small one', async () => {
    const rsa = await signJwt(privateKey('RS256'), {}, CLAIMS);
    expect(await verifyJwt(rsa, [{ ...publicKey('RS256'), use: 'enc' }], options)).toEqual({ failure: 'key' });
    expect(await verifyJwt(rsa, [{ ...publicKey('RS256'), alg: 'PS256' }], options)).toEqual({ failure: 'key' });
    expect(await verifyJwt(rsa, [{ ...publicKey('ES256'), kid: 'kid of RS256' }], options)).toEqual({ failure: 'key' });
    const ec = await signJwt(privateKey('ES256'), {}, CLAIMS);
    expect(await verifyJwt(ec, [{ ...bare(publicKey('ES384'), 'alg'), kid: 'kid of ES256' }], options)).toEqual({
      failure: 'key',
    });
    const small = await generateJwk('RS256', 'small', 'sig', { rsaBits: 1024 });
    expect(await verifyJwt(await signJwt(small, {}, CLAIMS), [small], options)).toEqual({ failure: 'key' });
  });

  test('no key, another kid, and a missing kid where one is required', async () => {
    const token = await signJwt(privateKey('ES256'), {}, CLAIMS);
    expect(await verifyJwt(token, [], options)).toEqual({ failure: 'key' });
    expect(await verifyJwt(token, [{ ...publicKey('ES256'), kid: 'other' }], options)).toEqual({ failure: 'key' });
    expect(await verifyJwt(token, [bare(publicKey('ES256'), 'kid')], options)).toEqual({ failure: 'key' });
    const nameless = await signJwt(bare(privateKey('ES256'), 'kid'), {}, CLAIMS);
    expect(await verifyJwt(nameless, [publicKey('ES256')], { ...options, requireKid: true })).toEqual({
      failure: 'key',
    });
  });

  test('the signature of another key', async () => {
    const other = await generateJwk('ES256', 'kid of ES256', 'sig');
    expect(await verifyJwt(await signJwt(other, {}, CLAIMS), [publicKey('ES256')], options)).toEqual({
      failure: 'signature',
    });
  });

  test('an ECDSA signature in DER', async () => {
    const token = await signJwt(privateKey('ES256'), {}, CLAIMS);
    const [header, claims, raw = ''] = token.split('.');
    const bytes = Buffer.from(raw, 'base64url');
    const integer = (half: Buffer) => {
      const start = half.findIndex((byte) => byte !== 0);
      const value =
        half.readUInt8(start) > 127 ? Buffer.concat([Buffer.of(0), half.subarray(start)]) : half.subarray(start);
      return Buffer.concat([Buffer.of(2, value.length), value]);
    };
    const body = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))]);
    const der = Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url');
    expect(await verifyJwt(`${header}.${claims}.${der}`, [publicKey('ES256')], options)).toEqual({
      failure: 'signature',
    });
  });

  test('critical extensions, and a kid that is no text', async () => {
    const critical = await signJwt(privateKey('ES256'), { crit: ['b64'], b64: false }, CLAIMS);
    expect(await verifyJwt(critical, [publicKey('ES256')], options)).toEqual({ failure: 'malformed' });
    const numbered = await signJwt(privateKey('ES256'), { kid: 1 }, CLAIMS);
    expect(await verifyJwt(numbered, [publicKey('ES256')], options)).toEqual({ failure: 'malformed' });
  });

  test('any text, without throwing', async () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.base64String(), fc.jsonValue().map(part)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(parts, async (texts) => {
        expect(await verifyJwt(texts.join('.'), [publicKey('ES256')], options)).toHaveProperty('failure');
      }),
    );
  });

  test('a key that cannot be imported, without throwing', async () => {
    const token = await signJwt(privateKey('ES256'), {}, CLAIMS);
    const broken = { ...publicKey('ES256'), x: 'AAAA' };
    expect(await verifyJwt(token, [broken], options)).toEqual({ failure: 'signature' });
    expect(await verifyJwt(token, [broken, publicKey('ES256')], options)).toMatchObject({ claims: CLAIMS });
  });
});

describe('verifyJwt finds the key', () => {
  test('among several of one kid', async () => {
    const other = await generateJwk('ES256', 'kid of ES256', 'sig');
    const token = await signJwt(privateKey('ES256'), {}, CLAIMS);
    const set = [{ ...publicKey('RS256'), kid: 'kid of ES256' }, other, publicKey('ES256')];
    expect(await verifyJwt(token, set, { algorithms: ['ES256'] })).toMatchObject({ claims: CLAIMS });
  });

  test('without a kid by trying those that fit, sixteen at most', async () => {
    const nameless = await signJwt(bare(privateKey('ES256'), 'kid'), {}, CLAIMS);
    const other = publicJwk(await generateJwk('ES256', 'k', 'sig')) ?? { kty: 'none' };
    const after = (count: number) => [...Array<Jwk>(count).fill(other), publicKey('RS256'), publicKey('ES256')];
    expect(await verifyJwt(nameless, after(15), { algorithms: ALGORITHMS })).toMatchObject({ claims: CLAIMS });
    expect(await verifyJwt(nameless, after(16), { algorithms: ALGORITHMS })).toEqual({ failure: 'signature' });
  });

  test('with neither use nor alg', async () => {
    const token = await signJwt(privateKey('PS256'), {}, CLAIMS);
    const plain = bare(publicKey('PS256'), 'use', 'alg');
    expect(await verifyJwt(token, [plain], { algorithms: ['PS256'] })).toMatchObject({ claims: CLAIMS });
  });
});

describe('decodeJwt', () => {
  test('reads without believing', async () => {
    const { privateKey: unknown } = await generateKeyPair('ES256');
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256' }).sign(unknown);
    expect(decodeJwt(token)).toEqual({ header: { alg: 'ES256' }, claims: CLAIMS });
    expect(decodeJwt(`${part({ alg: 'none' })}.${part(CLAIMS)}.`)).toEqual({ header: { alg: 'none' }, claims: CLAIMS });
  });

  test.each([
    '',
    '.',
    '..',
    'a.b',
    `${part({})}.${part({})}`,
    `${part({})}.${part({})}.AA.AA`,
    `${part({})}.${part({})}.AA.AA.AA`,
    `${part([])}.${part({})}.AA`,
    `${part({})}.${part(null)}.AA`,
    `${part({})}.${part('x')}.AA`,
    `${part({})}=.${part({})}.AA`,
    `${part({})}.${part({})}.A`,
    `${part({})}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.AA`,
  ])('gives nothing for %s', (token) => {
    expect(decodeJwt(token)).toBeUndefined();
  });
});

describe('checkTimes', () => {
  const now = 1_000_000_000;
  test.each<[Record<string, unknown>, number, 'exp' | 'nbf' | 'iat' | undefined]>([
    [{}, 0, undefined],
    [{ exp: 1_000_001, nbf: 1_000_000, iat: 1_000_000 }, 0, undefined],
    [{ exp: 1_000_000 }, 0, 'exp'],
    [{ exp: 1_000_000 }, 1, undefined],
    [{ exp: 999_999 }, 1, 'exp'],
    [{ exp: 1_000_000.5 }, 0, undefined],
    [{ nbf: 1_000_001 }, 0, 'nbf'],
    [{ nbf: 1_000_001 }, 1, undefined],
    [{ iat: 1_000_001 }, 0, 'iat'],
    [{ iat: 1_000_001 }, 1, undefined],
    [{ iat: 0, nbf: 0 }, 0, undefined],
    [{ exp: '2000000' }, 0, 'exp'],
    [{ exp: null }, 0, 'exp'],
    [{ nbf: true }, 0, 'nbf'],
    [{ iat: {} }, 0, 'iat'],
    [{ exp: 0, nbf: 2_000_000, iat: 2_000_000 }, 0, 'exp'],
  ])('%o with a leeway of %i s: %s', (claims, leeway, failure) => {
    expect(checkTimes(claims, now, leeway)).toBe(failure);
  });
});

describe('leftHalfHash', () => {
  test("agrees with the contract's vector", () => {
    expect(leftHalfHash('SlAV32hkKG', 'RS256')).toBe('rXH7QWVTZnXYCou_6Vdpfg');
  });

  test('is half as long as the hash of the algorithm', () => {
    const bytes = (alg: string) => Buffer.from(leftHalfHash('x', alg), 'base64url').length;
    expect(['ES256', 'PS384', 'RS512', 'EdDSA'].map(bytes)).toEqual([16, 24, 32, 32]);
  });
});
