import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemRandom } from './random.js';
import { seal, sealedByFirst, unseal } from './sealing.js';
import { createSecretRing } from './secret-ring.js';

const ring = createSecretRing(['import-vector-system-secret-0001']);
const PLAIN = '{"kty":"oct","kid":"vector","k":"AAEC"}';
const SEALED = 'AAECAwQFBgcICQoLyYWSrv7x23pG4wcB8zzVeu-sTn3txhWNxG0VfoYjTx7COjuJ0DYWAi_0WfZHeBW7gfwac1c2ng==';

describe('sealing', () => {
  test("gives Hydra's text", () => {
    const nonce = Buffer.from('000102030405060708090a0b', 'hex');
    expect(seal(ring, PLAIN, { ...systemRandom, bytes: () => nonce })).toBe(SEALED);
    expect(unseal(ring, SEALED)).toBe(PLAIN);
  });

  test('any text opens again, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
        const sealed = seal(ring, plain);
        expect(sealed.length % 4).toBe(0);
        expect(unseal(ring, sealed)).toBe(plain);
        expect(seal(ring, plain)).not.toBe(sealed);
      }),
    );
  });

  test('an altered byte is noticed, wherever it is', () => {
    const bytes = Buffer.from(SEALED, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(unseal(ring, altered.toString('base64url'))).toBeUndefined();
    }
  });

  test('an altered character is noticed, even where the bytes stay the same', () => {
    // Of the last character four bits are spare.
    for (const other of ['2nh==', '2nh', '2n===', '2nk=']) {
      expect(unseal(ring, SEALED.replace('2ng==', other)), other).toBeUndefined();
    }
    for (const last of 'hijklmnopqrstuv') expect(unseal(ring, SEALED.replace(/g==$/, last))).toBeUndefined();
  });

  test('tells what an older entry sealed, and what none did', () => {
    const rotated = createSecretRing(['new', 'import-vector-system-secret-0001']);
    expect([ring, rotated].map((one) => sealedByFirst(one, SEALED))).toEqual([true, false]);
    expect(sealedByFirst(rotated, seal(rotated, PLAIN))).toBe(true);
    expect(sealedByFirst(rotated, 'no seal')).toBe(false);
  });

  test('opens with every entry of the ring, seals with the first', () => {
    const rotated = createSecretRing(['new', 'import-vector-system-secret-0001']);
    expect(unseal(rotated, SEALED)).toBe(PLAIN);
    expect(unseal(ring, seal(rotated, PLAIN))).toBeUndefined();
    expect(unseal(createSecretRing(['new']), seal(rotated, PLAIN))).toBe(PLAIN);
  });

  test('what was never sealed does not open', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ minLength: 40 })), (text) => {
        expect(unseal(ring, text)).toBeUndefined();
      }),
    );
  });
});
