import { createHash } from 'node:crypto';
import type { Instant } from '../protocol/time.js';
import { expiryPrefix } from './expiry-prefix.js';
import { hmacSha256 } from './hmac.js';
import { entryAt, type SecretRing } from './secret-ring.js';

const DIGEST_BYTES = 21;

/**
 * The row key of a JWT access token, as long as an opaque one's. It is made of the `jti` rather than of the signature,
 * since a repeated refresh signs the same claims again and ECDSA signatures are never the same twice.
 */
export function jwtTokenKey(expiresAt: Instant, jti: string): Buffer {
  return Buffer.concat([expiryPrefix(expiresAt), createHash('sha256').update(jti).digest().subarray(0, DIGEST_BYTES)]);
}

/** The `jti` of the JWT that follows from a refresh token, in the form of a UUID; the same for the same token and secret. */
export function deriveJti(from: string, ring: SecretRing, secretIndex: number): string {
  const bytes = hmacSha256(entryAt(ring, secretIndex).hmac, 'derive:jti:', from).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80; // RFC 9562 §5.8: version 8, a custom format
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
