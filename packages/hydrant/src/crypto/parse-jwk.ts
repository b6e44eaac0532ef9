/** Reads a JSON Web Key that somebody sent, and refuses what no signature could ever be made or checked with. */

import { createECDH, X509Certificate } from 'node:crypto';
import { decodeBase64Url } from './base64url.js';
import { JWK_MEMBERS, type Jwk, orderedJwk } from './jwk-members.js';
import { privateKeyObject, publicKeyObject } from './key-object.js';
import { checkRsaNumbers } from './rsa-numbers.js';

/** Bytes of a coordinate and Node's name, by `crv` (RFC 7518 §6.2.1). */
const EC_CURVES: ReadonlyMap<string, readonly [bytes: number, name: string]> = new Map([
  ['P-256', [32, 'prime256v1']],
  ['P-384', [48, 'secp384r1']],
  ['P-521', [66, 'secp521r1']],
] as const);

const ED25519_BYTES = 32;

/**
 * The key in a decoded JSON value: members that Hydrant knows, in their order, empty and unknown ones dropped.
 * Throws an Error whose message is a plain reason, without any of the key in it: `kty` missing or unknown, a member of the
 * wrong type, a point that is not on its curve, numbers that do not belong together, a certificate for another key.
 */
export function parseJwk(value: unknown): Jwk {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a key is a JSON object');
  // Go, and so Hydra, reads null as absent.
  const members = new Map<string, unknown>(Object.entries(value).filter(([, member]) => member !== null));
  for (const member of JWK_MEMBERS) checkType(member, members.get(member));
  const kty = members.get('kty');
  if (typeof kty !== 'string' || kty === '') throw new Error('the key lacks "kty"');
  // The types of all members were checked above.
  const jwk = orderedJwk(Object.fromEntries(members) as unknown as Jwk);
  checkMaterial(jwk);
  checkCertificates(jwk);
  return jwk;
}

function checkType(member: keyof Jwk, value: unknown): void {
  if (value === undefined) return;
  if (member === 'x5c') {
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw new Error('"x5c" is not an array of texts');
    }
  } else if (typeof value !== 'string') {
    throw new Error(`"${member}" is not a text`);
  }
}

function checkMaterial(jwk: Jwk): void {
  if (jwk.kty === 'oct') {
    bytesOf(jwk, 'k');
  } else if (jwk.kty === 'RSA') {
    checkRsaNumbers(jwk);
    importable(jwk);
  } else if (jwk.kty === 'EC') {
    checkEc(jwk);
  } else if (jwk.kty === 'OKP') {
    checkOkp(jwk);
  } else {
    throw new Error('the "kty" of the key is unknown');
  }
}

function checkEc(jwk: Jwk): void {
  const [length, name] = EC_CURVES.get(jwk.crv ?? '') ?? [];
  if (length === undefined || name === undefined) throw new Error('the "crv" of the EC key is unknown');
  const x = bytesOf(jwk, 'x', length);
  const y = bytesOf(jwk, 'y', length);
  importable(jwk);
  if (jwk.d === undefined) return;
  const pair = createECDH(name);
  try {
    pair.setPrivateKey(bytesOf(jwk, 'd', length));
  } catch {
    throw new Error('"d" is not a private key of the curve');
  }
  // Node imports a private key beside a public one that is not its own.
  if (!pair.getPublicKey().equals(Buffer.concat([Buffer.of(4), x, y])))
    throw new Error('"d" does not belong to "x" and "y"');
}

function checkOkp(jwk: Jwk): void {
  if (jwk.crv !== 'Ed25519') throw new Error('the "crv" of the OKP key is unknown');
  bytesOf(jwk, 'x', ED25519_BYTES);
  importable(jwk);
  if (jwk.d === undefined) return;
  bytesOf(jwk, 'd', ED25519_BYTES);
  if (privateKeyObject(jwk).export({ format: 'jwk' }).x !== jwk.x) throw new Error('"d" does not belong to "x"');
}

/** The bytes of a member; throws an Error when it is missing, not base64url, or not as long as it must be. */
function bytesOf(jwk: Jwk, member: 'k' | 'x' | 'y' | 'd', length?: number): Buffer {
  const value = jwk[member];
  if (value === undefined) throw new Error(`the ${jwk.kty} key lacks "${member}"`);
  const bytes = decodeBase64Url(value);
  if (bytes === undefined || bytes.length === 0) throw new Error(`"${member}" is not base64url without padding`);
  if (length !== undefined && bytes.length !== length) throw new Error(`"${member}" does not have ${length} bytes`);
  return bytes;
}

function importable(jwk: Jwk): void {
  try {
    publicKeyObject(jwk);
    if (jwk.d !== undefined) privateKeyObject(jwk);
  } catch {
    // OpenSSL's own words can quote the value.
    throw new Error(jwk.kty === 'EC' ? 'the point is not on the curve' : `the ${jwk.kty} key cannot be used`);
  }
}

/** RFC 7517 §4.7: the first certificate is that of the key. */
function checkCertificates(jwk: Jwk): void {
  if (jwk.x5c === undefined) return;
  const [own] = jwk.x5c.map((text) => {
    try {
      return new X509Certificate(Buffer.from(text, 'base64'));
    } catch {
      throw new Error('"x5c" holds something that is not a certificate');
    }
  });
  if (own === undefined || jwk.kty === 'oct' || !own.publicKey.equals(publicKeyObject(jwk))) {
    throw new Error('the first certificate of "x5c" is for another key');
  }
}
