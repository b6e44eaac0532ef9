/** `secrets.system`: the first entry signs and seals, every entry is tried when something is checked or opened. */

import { hash } from 'node:crypto';
import { type HmacKey, hmacSha256, prepareHmacKey } from './hmac.js';

/** One entry of `secrets.system`, ready for use. */
export interface SecretRingEntry {
  /** SHA-256 of the entry, 32 bytes: the key of Hydra's own token and sealing formats, too. */
  readonly key: Buffer;
  /** The same key, padded. */
  readonly hmac: HmacKey;
  /** Names the entry in a row (8 hexadecimal characters); unlike its position it stays the same when a new one is put in front. */
  readonly id: string;
}

/** All entries, the signing one first. Never empty. */
export interface SecretRing {
  readonly entries: readonly SecretRingEntry[];
}

/** Throws an Error when there is no entry. How long an entry has to be is the configuration's affair. */
export function createSecretRing(entries: readonly string[]): SecretRing {
  if (entries.length === 0) throw new Error('secrets.system needs at least one entry');
  return {
    entries: entries.map((entry) => {
      const key = hash('sha256', entry, 'buffer');
      const hmac = prepareHmacKey(key);
      return { key, hmac, id: hmacSha256(hmac, 'secret-id').toString('hex', 0, 4) };
    }),
  };
}

/** The entry that signs. */
export function signingEntry(ring: SecretRing): SecretRingEntry {
  return entryAt(ring, 0);
}

/** The entry at that position; throws a RangeError where there is none. */
export function entryAt(ring: SecretRing, index: number): SecretRingEntry {
  const entry = ring.entries[index];
  if (entry === undefined) throw new RangeError('secrets.system has no such entry');
  return entry;
}

/** The position of the entry with that id; `undefined` when it was taken out. */
export function entryIndex(ring: SecretRing, id: string): number | undefined {
  const index = ring.entries.findIndex((entry) => entry.id === id);
  return index === -1 ? undefined : index;
}
