import type { StoredKey } from '../model/json-web-key.js';

/** JSON Web Key sets. Private parts are sealed at rest. What one node writes, the others see within a second. */
export interface KeyStore {
  /** The keys of a set, newest first; empty where there is no such set. */
  list(set: string): Promise<StoredKey[]>;
  /** Adds keys to a set; `false` where a `kid` is taken in it, and then nothing is written. */
  insert(keys: readonly StoredKey[]): Promise<boolean>;
  /** Replaces a whole set at once. */
  replace(set: string, keys: readonly StoredKey[]): Promise<void>;
  /** Puts one key in the place of the one with its `kid`, or adds it. */
  put(key: StoredKey): Promise<void>;
  /** Deletes a key, or without `kid` the whole set; returns how many keys went. */
  delete(set: string, kid?: string): Promise<number>;
}
