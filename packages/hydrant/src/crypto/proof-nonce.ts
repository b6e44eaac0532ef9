/**
 * Nonces for proofs of possession that belong to one access token: base64url(expiry ‖ 11 random bytes ‖ MAC over both and
 * the token). Nothing is stored; whoever has the secret can tell whether one is good.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Instant } from '../protocol/time.js';
import { decodeBase64Url } from './base64url.js';
import { EXPIRY_BYTES, expiryPrefix, keyExpiry } from './expiry-prefix.js';
import { hmacSha256 } from './hmac.js';
import type { Random } from './random.js';
import { type SecretRing, type SecretRingEntry, signingEntry } from './secret-ring.js';

const RANDOM_BYTES = 11;
const HEAD_BYTES = EXPIRY_BYTES + RANDOM_BYTES;
const MAC_BYTES = 32;

/** A new nonce for this token, 64 characters. `expiresAt` is rounded up to a second. */
export function mintProofNonce(accessToken: string, expiresAt: Instant, ring: SecretRing, random: Random): string {
  const head = Buffer.concat([expiryPrefix(expiresAt), random.bytes(RANDOM_BYTES)]);
  return Buffer.concat([head, macOf(head, accessToken, signingEntry(ring))]).toString('base64url');
}

/** Whether a nonce was made for this token, with any entry of the ring, and has not expired. */
export function fitsProofNonce(nonce: string, accessToken: string, ring: SecretRing, now: Instant): boolean {
  const bytes = decodeBase64Url(nonce);
  if (bytes?.length !== HEAD_BYTES + MAC_BYTES) return false;
  const head = bytes.subarray(0, HEAD_BYTES);
  const mac = bytes.subarray(HEAD_BYTES);
  let found = false;
  for (const entry of ring.entries) found = timingSafeEqual(macOf(head, accessToken, entry), mac) || found;
  return found && now < (keyExpiry(head) ?? 0);
}

function macOf(head: Buffer, accessToken: string, entry: SecretRingEntry): Buffer {
  return hmacSha256(entry.hmac, 'proof-nonce:', head, accessToken);
}
