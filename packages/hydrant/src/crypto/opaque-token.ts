/**
 * Opaque tokens, authorization codes and device codes.
 *
 * Hydrant's own: prefix, base64url(E ‖ O ‖ R), ".", base64url(M), where E is the expiry (5 bytes), O orders what expires in
 * one second (2 bytes), R is random (23 bytes) and M = HMAC-SHA-256 over kind and all of these. The row's key is
 * E ‖ O ‖ M[0..19): from the database, even together with the secret, no usable token can be made, for R is not there. The
 * first part has 40 characters.
 *
 * Hydra's: base64url(32 random bytes), ".", base64url(HMAC-SHA-512/256 over them), with a prefix since its second
 * generation; the first part has 43 characters, and its row is found by the text of the second.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../protocol/time.js';
import { decodeBase64Url } from './base64url.js';
import { EXPIRY_BYTES, expiryOrder, expiryPrefix, keyExpiry, ORDER_BYTES } from './expiry-prefix.js';
import { hmacSha256 } from './hmac.js';
import type { Random } from './random.js';
import { entryAt, type SecretRing, type SecretRingEntry } from './secret-ring.js';

export { expiryPrefix, keyExpiry } from './expiry-prefix.js';

/** What a token is good for; bound under its MAC, so that one kind never passes as another. */
export type OpaqueKind = 'access_token' | 'refresh_token' | 'authorization_code' | 'device_code';

/** A new token and the key of its row. */
export interface MintedToken {
  /** For the client. Not stored, not logged. */
  readonly token: string;
  /** E ‖ O ‖ M[0..19), 26 bytes. */
  readonly key: Buffer;
}

/** What a presented text turned out to be. Whether its row exists is another question. */
export type OpaqueReading =
  | { readonly kind: 'valid'; readonly key: Buffer; readonly expiresAt: Instant | null }
  /** A token of Hydra's that verifies; rows of imported tokens are found by its signature part. */
  | { readonly kind: 'hydra'; readonly signature: string }
  /** Hydra's form with a MAC that does not fit. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'malformed' };

const PREFIXES: Readonly<Record<OpaqueKind, string>> = {
  access_token: 'ory_at_',
  refresh_token: 'ory_rt_',
  authorization_code: 'ory_ac_',
  device_code: 'ory_dc_',
};

/** O and R together. */
const RANDOM_BYTES = 25;
const KEY_MAC_BYTES = 19;
/** base64url(E ‖ O ‖ R). */
const OWN_PART = 40;
/** base64url of 32 bytes: a MAC, and both parts of Hydra's tokens. */
const LONG_PART = 43;

const MALFORMED = { kind: 'malformed' } as const;
const MISMATCH = { kind: 'mismatch' } as const;

/** A new random token. `expiresAt` is rounded up to a second ({@link keyExpiry} tells which); `null`: it does not expire. */
export function mintOpaque(kind: OpaqueKind, expiresAt: Instant | null, ring: SecretRing, random: Random): MintedToken {
  return assemble(kind, expiresAt, random.bytes(RANDOM_BYTES), entryAt(ring, 0));
}

/**
 * The token that follows from a presented one: the same arguments give the same token, on any node and without storing it,
 * which is how a repeated refresh gets the answer of the first. `label` names what is derived. Only who holds both the
 * secret and the presented token can do it. `secretIndex` is the entry that was used first ({@link SecretRingEntry.id}
 * finds it again); throws a RangeError where there is none.
 */
export function deriveOpaque(
  kind: OpaqueKind,
  expiresAt: Instant | null,
  from: string,
  label: string,
  ring: SecretRing,
  secretIndex: number,
): MintedToken {
  const entry = entryAt(ring, secretIndex);
  const derived = hmacSha256(entry.hmac, `derive:${kind}:${label.length}:${label}:`, from);
  return assemble(kind, expiresAt, derived.subarray(0, RANDOM_BYTES), entry);
}

/** Checks a presented text without touching storage; says nothing about whether the token has expired. */
export function readOpaque(kind: OpaqueKind, text: string, ring: SecretRing): OpaqueReading {
  const prefix = PREFIXES[kind];
  const prefixed = text.startsWith(prefix);
  const body = prefixed ? text.slice(prefix.length) : text;
  const dot = body.length - LONG_PART - 1;
  if (body[dot] !== '.') return MALFORMED;
  const first = decodeBase64Url(body.slice(0, dot));
  const mac = decodeBase64Url(body.slice(dot + 1));
  if (first === undefined || mac === undefined) return MALFORMED;
  if (dot === OWN_PART && prefixed) return readOwn(kind, first, mac, ring);
  if (dot === LONG_PART) return readHydras(first, mac, ring);
  return MALFORMED;
}

function readOwn(kind: OpaqueKind, first: Buffer, mac: Buffer, ring: SecretRing): OpaqueReading {
  if (!fits(ring, mac, (entry) => macOf(kind, first, entry))) {
    // Not 'mismatch', which Hydra answers with 400: RFC 6750 §3.1 wants 401 `invalid_token` for a token that is invalid for
    // whatever reason, and no client can have learned another answer for a form that only Hydrant has.
    return MALFORMED;
  }
  return { kind: 'valid', key: rowKey(first, mac), expiresAt: keyExpiry(first) };
}

function readHydras(first: Buffer, mac: Buffer, ring: SecretRing): OpaqueReading {
  const valid = fits(ring, mac, (entry) => createHmac('sha512-256', entry.key).update(first).digest());
  return valid ? { kind: 'hydra', signature: mac.toString('base64url') } : MISMATCH;
}

/** Tries every entry, whichever fits, so that the time does not tell which one signed. */
function fits(ring: SecretRing, mac: Buffer, expected: (entry: SecretRingEntry) => Buffer): boolean {
  let found = false;
  for (const entry of ring.entries) found = timingSafeEqual(expected(entry), mac) || found;
  return found;
}

/** `random` gives its first bytes for the order, where there is one. */
function assemble(kind: OpaqueKind, expiresAt: Instant | null, random: Buffer, entry: SecretRingEntry): MintedToken {
  const first = Buffer.concat([expiryPrefix(expiresAt), random]);
  expiryOrder(expiresAt)?.copy(first, EXPIRY_BYTES);
  const mac = macOf(kind, first, entry);
  const token = `${PREFIXES[kind]}${first.toString('base64url')}.${mac.toString('base64url')}`;
  return { token, key: rowKey(first, mac) };
}

/** One secret serves many purposes, so each says in front which one it is. */
function macOf(kind: OpaqueKind, first: Buffer, entry: SecretRingEntry): Buffer {
  return hmacSha256(entry.hmac, `opaque:${kind}:`, first);
}

function rowKey(first: Buffer, mac: Buffer): Buffer {
  return Buffer.concat([first.subarray(0, EXPIRY_BYTES + ORDER_BYTES), mac.subarray(0, KEY_MAC_BYTES)]);
}
