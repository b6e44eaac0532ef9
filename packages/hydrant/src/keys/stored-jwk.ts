import { type Jwk, parseJwk } from '../crypto/jwk.js';
import type { StoredKey } from '../model/json-web-key.js';

/** By the record that the store remembers, so that a key is read once and what others remember by its `Jwk` is found again. */
const read = new WeakMap<object, Jwk | { readonly unusable: true }>();

/** The key of a record; `undefined` where it came from elsewhere and cannot be used for anything. */
export function jwkOf(stored: Pick<StoredKey, 'jwk'>): Jwk | undefined {
  let jwk = read.get(stored.jwk);
  if (jwk === undefined) {
    jwk = parsed(stored.jwk);
    read.set(stored.jwk, jwk);
  }
  return 'unusable' in jwk ? undefined : jwk;
}

function parsed(record: Readonly<Record<string, unknown>>): Jwk | { readonly unusable: true } {
  try {
    return parseJwk(record);
  } catch {
    return { unusable: true };
  }
}
