/**
 * Handles: what challenges, verifiers, cookies and page marks carry instead of the row's key.
 *
 * base64url(key ‖ HMAC-SHA-256(purpose ‖ key)[0..16)), 43 characters. One key has a handle for each purpose; none takes a
 * column or an index, and holding one does not give another. An invented or altered handle is refused without a statement.
 */

import { timingSafeEqual } from 'node:crypto';
import { fromSeconds, type Instant } from '../protocol/time.js';
import { decodeBase64Url } from './base64url.js';
import { EXPIRY_BYTES, expiryOrder, expiryPrefix } from './expiry-prefix.js';
import { hmacSha256 } from './hmac.js';
import type { Random } from './random.js';
import { type SecretRing, type SecretRingEntry, signingEntry } from './secret-ring.js';

/** What a handle is good for; bound under its MAC. */
export type HandlePurpose =
  | 'login_challenge'
  | 'login_verifier'
  | 'consent_challenge'
  | 'consent_verifier'
  | 'logout_challenge'
  | 'logout_verifier'
  | 'device_challenge'
  | 'device_verifier'
  | 'login_csrf'
  | 'consent_csrf'
  | 'device_csrf'
  | 'session'
  | 'page';

const KEY_BYTES = 16;
const MAC_BYTES = 16;
const HANDLE_LENGTH = 43;

/** A new row key of 16 bytes: the expiry, rounded up to a second, its milliseconds, and 72 random bits. */
export function newHandleKey(expiresAt: Instant, random: Random): Buffer {
  const key = Buffer.concat([expiryPrefix(expiresAt), random.bytes(KEY_BYTES - EXPIRY_BYTES)]);
  expiryOrder(expiresAt)?.copy(key, EXPIRY_BYTES);
  return key;
}

/** The handle of a row key for one purpose, 43 characters. Throws a RangeError unless the key has 16 bytes. */
export function mintHandle(purpose: HandlePurpose, key: Buffer, ring: SecretRing): string {
  if (key.length !== KEY_BYTES) throw new RangeError('a handle key has 16 bytes');
  return Buffer.concat([key, macOf(purpose, key, signingEntry(ring))]).toString('base64url');
}

/** The row key of a handle that was made for this purpose with any entry of the ring; `undefined` for all else. */
export function readHandle(purpose: HandlePurpose, text: string, ring: SecretRing): Buffer | undefined {
  if (text.length !== HANDLE_LENGTH) return undefined;
  const bytes = decodeBase64Url(text);
  if (bytes === undefined) return undefined;
  const key = bytes.subarray(0, KEY_BYTES);
  const mac = bytes.subarray(KEY_BYTES);
  let found = false;
  for (const entry of ring.entries) found = timingSafeEqual(macOf(purpose, key, entry), mac) || found;
  return found ? key : undefined;
}

/** When the row of a handle dies. */
export function handleExpiry(key: Buffer): Instant {
  return fromSeconds(key.readUIntBE(0, EXPIRY_BYTES));
}

function macOf(purpose: HandlePurpose, key: Buffer, entry: SecretRingEntry): Buffer {
  return hmacSha256(entry.hmac, `handle:${purpose}:`, key).subarray(0, MAC_BYTES);
}
