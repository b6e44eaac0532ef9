import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitsProofNonce, mintProofNonce } from './proof-nonce.js';
import { systemRandom } from './random.js';
import { createSecretRing } from './secret-ring.js';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const ring = createSecretRing(['the-secret-that-signs', 'the-secret-before-it']);
const mint = (token = 'token', expiresAt = NOW + 1_000): string => mintProofNonce(token, expiresAt, ring, systemRandom);

test('a nonce fits its own token until it expires', () => {
  const nonce = mint();
  expect(nonce).toMatch(/^[\w-]{64}$/);
  expect(fitsProofNonce(nonce, 'token', ring, NOW)).toBe(true);
  expect(fitsProofNonce(nonce, 'token', ring, NOW + 1_000)).toBe(false);
  expect(fitsProofNonce(nonce, 'another', ring, NOW)).toBe(false);
  expect(mint()).not.toBe(nonce);
});

test('one of an older secret fits as long as that is in the ring', () => {
  const nonce = mintProofNonce('token', NOW + 1_000, createSecretRing(['the-secret-before-it']), systemRandom);
  expect(fitsProofNonce(nonce, 'token', ring, NOW)).toBe(true);
  expect(fitsProofNonce(nonce, 'token', createSecretRing(['the-secret-that-signs']), NOW)).toBe(false);
});

test('no other text fits', () => {
  const nonce = mint();
  fc.assert(
    fc.property(fc.nat(nonce.length - 1), fc.base64String({ minLength: 4 }), (at, text) => {
      const other = nonce[at] === 'A' ? 'B' : 'A';
      expect(fitsProofNonce(nonce.slice(0, at) + other + nonce.slice(at + 1), 'token', ring, NOW)).toBe(false);
      expect(fitsProofNonce(text, 'token', ring, NOW)).toBe(false);
    }),
  );
});
