import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveOpaque, expiryPrefix, keyExpiry, mintOpaque, type OpaqueKind, readOpaque } from './opaque-token.js';
import { systemRandom } from './random.js';
import { createSecretRing } from './secret-ring.js';

const KINDS: readonly OpaqueKind[] = ['access_token', 'refresh_token', 'authorization_code', 'device_code'];
const ring = createSecretRing(['the secret that signs', 'an older secret']);
const EXPIRES = 1_900_000_000_000;
const MALFORMED = { kind: 'malformed' };

const kinds = fc.constantFrom(...KINDS);
const instants = fc.option(fc.integer({ min: 0, max: 9_000_000_000_000 }));
const SYMBOLS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \u0131';

describe("Hydrant's own form", () => {
  test('has a prefix, 40 characters, a dot and 43 characters', () => {
    expect(mintOpaque('access_token', EXPIRES, ring, systemRandom).token).toMatch(/^ory_at_[\w-]{40}\.[\w-]{43}$/);
    expect(mintOpaque('refresh_token', EXPIRES, ring, systemRandom).token).toMatch(/^ory_rt_[\w-]{40}\.[\w-]{43}$/);
    expect(mintOpaque('authorization_code', null, ring, systemRandom).token).toMatch(/^ory_ac_[\w-]{40}\.[\w-]{43}$/);
    expect(mintOpaque('device_code', EXPIRES, ring, systemRandom).token).toMatch(/^ory_dc_[\w-]{40}\.[\w-]{43}$/);
  });

  test('reads back as the row key and the expiry, rounded up to a second', () => {
    fc.assert(
      fc.property(kinds, instants, (kind, expiresAt) => {
        const { token, key } = mintOpaque(kind, expiresAt, ring, systemRandom);
        expect(key.length).toBe(26);
        const rounded = expiresAt === null ? null : Math.ceil(expiresAt / 1000) * 1000;
        expect(readOpaque(kind, token, ring)).toEqual({ kind: 'valid', key, expiresAt: rounded });
        expect(keyExpiry(key)).toBe(rounded);
      }),
    );
  });

  test('the row key holds the MAC and none of the random part', () => {
    const { token, key } = mintOpaque('access_token', EXPIRES, ring, systemRandom);
    const [first = '', mac = ''] = token.slice('ory_at_'.length).split('.');
    expect(key.subarray(0, 7)).toEqual(Buffer.from(first, 'base64url').subarray(0, 7));
    expect(key.subarray(7)).toEqual(Buffer.from(mac, 'base64url').subarray(0, 19));
  });

  test('keys are in the order in which they expire, to the millisecond, and derived ones are no exception', () => {
    const instant = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(fc.uniqueArray(instant, { minLength: 2, maxLength: 9 }), fc.boolean(), (instants, derived) => {
        const keys = instants.map((at) =>
          derived
            ? deriveOpaque('refresh_token', at, 'ory_rt_x', 'next', ring, 0).key
            : mintOpaque('access_token', at, ring, systemRandom).key,
        );
        const byExpiry = keys.map((key, index) => ({ key, at: instants[index] ?? 0 })).sort((a, b) => a.at - b.at);
        expect(byExpiry.map(({ key }) => key)).toEqual([...keys].sort(Buffer.compare));
        for (const { key, at } of byExpiry) expect(keyExpiry(key)).toBe(Math.ceil(at / 1000) * 1000);
      }),
    );
  });

  test('with any one character changed it is refused', () => {
    fc.assert(
      fc.property(kinds, fc.nat(90), fc.constantFrom(...SYMBOLS), (kind, at, symbol) => {
        const { token } = mintOpaque(kind, EXPIRES, ring, systemRandom);
        fc.pre(token[at] !== symbol);
        expect(readOpaque(kind, token.slice(0, at) + symbol + token.slice(at + 1), ring)).toEqual(MALFORMED);
      }),
      { numRuns: 2000 },
    );
  });

  test('has one text only: no last character but the right one passes', () => {
    const { token } = mintOpaque('access_token', EXPIRES, ring, systemRandom);
    const passing = [...SYMBOLS].filter(
      (s) => readOpaque('access_token', token.slice(0, -1) + s, ring).kind === 'valid',
    );
    expect(passing).toEqual([token.at(-1)]);
  });

  test('shortened, lengthened, without its prefix or empty it is refused', () => {
    const { token } = mintOpaque('access_token', EXPIRES, ring, systemRandom);
    for (let length = 0; length < token.length; length++) {
      expect(readOpaque('access_token', token.slice(0, length), ring)).toEqual(MALFORMED);
    }
    for (const text of [
      `${token}A`,
      `${token}=`,
      `${token}.`,
      `.${token}`,
      token.slice(7),
      `ory_at_${token}`,
      ` ${token}`,
    ]) {
      expect(readOpaque('access_token', text, ring)).toEqual(MALFORMED);
    }
  });

  test('one kind never passes as another, not even with the prefix exchanged', () => {
    for (const minted of KINDS) {
      const { token } = mintOpaque(minted, EXPIRES, ring, systemRandom);
      for (const read of KINDS.filter((kind) => kind !== minted)) {
        const prefix = mintOpaque(read, EXPIRES, ring, systemRandom).token.slice(0, 7);
        expect(readOpaque(read, token, ring)).toEqual(MALFORMED);
        expect(readOpaque(read, prefix + token.slice(7), ring)).toEqual(MALFORMED);
      }
    }
  });

  test('verifies while its secret is in the ring, wherever, and no longer', () => {
    const { token, key } = mintOpaque('access_token', EXPIRES, createSecretRing(['old']), systemRandom);
    expect(readOpaque('access_token', token, createSecretRing(['new', 'newer', 'old']))).toMatchObject({ key });
    expect(readOpaque('access_token', token, createSecretRing(['new', 'newer']))).toEqual(MALFORMED);
  });

  test('any text is answered, none is thrown at', () => {
    fc.assert(
      fc.property(kinds, fc.string({ unit: 'binary', maxLength: 120 }), (kind, text) => {
        expect(readOpaque(kind, text, ring)).toEqual(MALFORMED);
      }),
    );
  });
});

describe('deriveOpaque', () => {
  const from = mintOpaque('refresh_token', EXPIRES, ring, systemRandom).token;
  const derive = (changes: { kind?: OpaqueKind; at?: number; from?: string; label?: string; index?: number }) =>
    deriveOpaque(
      changes.kind ?? 'refresh_token',
      changes.at ?? EXPIRES,
      changes.from ?? from,
      changes.label ?? 'successor',
      ring,
      changes.index ?? 0,
    );

  test('gives the same token for the same arguments, and it reads like any other', () => {
    const first = derive({});
    expect(derive({})).toEqual(first);
    expect(readOpaque('refresh_token', first.token, ring)).toEqual({
      kind: 'valid',
      key: first.key,
      expiresAt: EXPIRES,
    });
    expect(first.token).not.toBe(from);
  });

  test('gives another random part for another kind, token, label or secret', () => {
    const tokens = [
      derive({}),
      derive({ kind: 'access_token' }),
      derive({ from: `${from}A` }),
      derive({ label: 'other' }),
      derive({ index: 1 }),
      derive({ label: 'successor:1', from: from.slice(1) }),
    ].map(({ token }) => token.slice(7 + 7, 7 + 40));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  test('is the same after a rotation, by the place its secret has then', () => {
    const rotated = createSecretRing(['newest', 'the secret that signs', 'an older secret']);
    expect(deriveOpaque('refresh_token', EXPIRES, from, 'successor', rotated, 1)).toEqual(derive({}));
  });

  test('refuses a secret that is not there', () => {
    expect(() => derive({ index: 2 })).toThrow(RangeError);
  });
});

describe("Hydra's form", () => {
  const hydra = createSecretRing(['0123456789abcdef0123456789abcdef']);
  const random = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
  const signature = 'KvdffFskkAPR6PMsNdLlLizEC8sCsXY1H3WQWBaIRRk';

  test('verifies with and without the prefix of its kind, with any entry of the ring', () => {
    const rotated = createSecretRing(['new', '0123456789abcdef0123456789abcdef']);
    for (const text of [`${random}.${signature}`, `ory_at_${random}.${signature}`]) {
      expect(readOpaque('access_token', text, hydra)).toEqual({ kind: 'hydra', signature });
      expect(readOpaque('access_token', text, rotated)).toEqual({ kind: 'hydra', signature });
    }
    expect(readOpaque('access_token', `ory_rt_${random}.${signature}`, hydra)).toEqual(MALFORMED);
  });

  test('verifies the vector of the import', () => {
    const imported = createSecretRing(['import-vector-system-secret-0001']);
    const mac = 'P1HGSSxhSWR7MX6gmJi7eNsTINunJvbO1YaLFAxDY_w';
    expect(readOpaque('refresh_token', `ory_rt_${random}.${mac}`, imported)).toEqual({ kind: 'hydra', signature: mac });
  });

  test('is told apart from other texts when its MAC does not fit', () => {
    expect(readOpaque('access_token', `B${random.slice(1)}.${signature}`, hydra)).toEqual({ kind: 'mismatch' });
    expect(readOpaque('access_token', `${random}.L${signature.slice(1)}`, hydra)).toEqual({ kind: 'mismatch' });
    expect(readOpaque('access_token', `${random}.${signature}`, ring)).toEqual({ kind: 'mismatch' });
  });

  test('with any one character changed it is no token of its', () => {
    const text = `${random}.${signature}`;
    for (let at = 0; at < text.length; at++) {
      for (const symbol of SYMBOLS) {
        if (text[at] === symbol) continue;
        const changed = text.slice(0, at) + symbol + text.slice(at + 1);
        expect(['mismatch', 'malformed']).toContain(readOpaque('access_token', changed, hydra).kind);
      }
    }
  });

  test('is checked with HMAC-SHA-512/256 over the bytes, not over their text', () => {
    const { entries } = hydra;
    const overText = createHmac('sha512-256', entries[0]?.key ?? '')
      .update(random)
      .digest('base64url');
    expect(readOpaque('access_token', `${random}.${overText}`, hydra)).toEqual({ kind: 'mismatch' });
  });
});

describe('expiryPrefix', () => {
  test('sorts as bytes the way the instants do, "never" last', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const order = Math.sign(Math.ceil((a ?? Infinity) / 1000) - Math.ceil((b ?? Infinity) / 1000)) || 0;
        expect(Buffer.compare(expiryPrefix(a), expiryPrefix(b))).toBe(a === b ? 0 : order);
      }),
    );
    expect(expiryPrefix(null).toString('hex')).toBe('ffffffffff');
    expect(expiryPrefix(1).toString('hex')).toBe('0000000001');
  });

  test.each([-1001, Number.NaN, Number.POSITIVE_INFINITY, 0xff_ffff_ffff * 1000])('refuses %d', (instant) => {
    expect(() => expiryPrefix(instant)).toThrow(RangeError);
  });
});
