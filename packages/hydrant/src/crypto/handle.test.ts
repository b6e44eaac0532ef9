import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HandlePurpose, handleExpiry, mintHandle, newHandleKey, readHandle } from './handle.js';
import { systemRandom } from './random.js';
import { createSecretRing } from './secret-ring.js';

const PURPOSES: readonly HandlePurpose[] = [
  'login_challenge',
  'login_verifier',
  'consent_challenge',
  'consent_verifier',
  'logout_challenge',
  'logout_verifier',
  'device_challenge',
  'device_verifier',
  'login_csrf',
  'consent_csrf',
  'device_csrf',
  'session',
  'page',
];
const SYMBOLS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.';
const ring = createSecretRing(['the secret that signs', 'an older secret']);
const purposes = fc.constantFrom(...PURPOSES);
const key = newHandleKey(1_900_000_000_000, systemRandom);

describe('a handle', () => {
  test('has 43 characters and reads back as its key, whose expiry it tells', () => {
    fc.assert(
      fc.property(purposes, fc.nat(9_000_000_000_000), (purpose, expiresAt) => {
        const made = newHandleKey(expiresAt, systemRandom);
        const handle = mintHandle(purpose, made, ring);
        expect(handle).toMatch(/^[\w-]{43}$/);
        expect(readHandle(purpose, handle, ring)).toEqual(made);
        expect(handleExpiry(made)).toBe(Math.ceil(expiresAt / 1000) * 1000);
      }),
    );
  });

  test('passes for its purpose only', () => {
    for (const minted of PURPOSES) {
      const handle = mintHandle(minted, key, ring);
      expect(PURPOSES.filter((purpose) => readHandle(purpose, handle, ring) !== undefined)).toEqual([minted]);
    }
  });

  test('with any one character changed it is refused', () => {
    const handle = mintHandle('login_challenge', key, ring);
    for (let at = 0; at < handle.length; at++) {
      for (const symbol of SYMBOLS) {
        if (handle[at] === symbol) continue;
        const changed = handle.slice(0, at) + symbol + handle.slice(at + 1);
        expect(readHandle('login_challenge', changed, ring)).toBeUndefined();
      }
    }
  });

  test('verifies while its secret is in the ring, wherever, and no longer', () => {
    const handle = mintHandle('session', key, createSecretRing(['old']));
    expect(readHandle('session', handle, createSecretRing(['new', 'old']))).toEqual(key);
    expect(readHandle('session', handle, createSecretRing(['new']))).toBeUndefined();
  });

  test('any other text is refused', () => {
    fc.assert(
      fc.property(purposes, fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (purpose, text) => {
        expect(readHandle(purpose, text, ring)).toBeUndefined();
      }),
    );
    const handle = mintHandle('page', key, ring);
    for (const text of ['', `${handle}=`, handle.slice(1), ` ${handle}`]) {
      expect(readHandle('page', text, ring)).toBeUndefined();
    }
  });

  test('needs a key of 16 bytes', () => {
    expect(() => mintHandle('page', Buffer.alloc(15), ring)).toThrow(RangeError);
  });
});
