/** Node's form of a key, made once per record: importing an RSA key costs a tenth of a signature. */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type Jwk, publicMembers } from './jwk-members.js';
import { completedRsa } from './rsa-numbers.js';

/** By record and weakly: what the key store forgets, this forgets, and no key outlives its set. */
const privateKeys = new WeakMap<Jwk, KeyObject>();
const publicKeys = new WeakMap<Jwk, KeyObject>();

/** The private half. Throws an Error when the record has none or is no key. */
export function privateKeyObject(jwk: Jwk): KeyObject {
  const known = privateKeys.get(jwk);
  if (known !== undefined) return known;
  const made = createPrivateKey({ key: { ...(jwk.kty === 'RSA' ? completedRsa(jwk) : jwk) }, format: 'jwk' });
  privateKeys.set(jwk, made);
  return made;
}

/** The public half. Throws an Error when the record is no asymmetric key. */
export function publicKeyObject(jwk: Jwk): KeyObject {
  const known = publicKeys.get(jwk);
  if (known !== undefined) return known;
  const made = createPublicKey({ key: { ...publicMembers(jwk) }, format: 'jwk' });
  publicKeys.set(jwk, made);
  return made;
}
