/** What the `alg` values of RFC 7518 §3.1 and RFC 8037 §3.1 mean to Node, in one table. */

import { constants, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import type { Jwk } from './jwk-members.js';

/** An asymmetric signature algorithm. */
export interface SignatureAlgorithm {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  /** The only curve that goes with it; RSA has none. */
  readonly crv?: string;
  /** For the signature; `null` where the algorithm brings its own. */
  readonly digest: string | null;
  /** For `at_hash` and its like (OpenID Connect Core §3.1.3.6). */
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly pss?: true;
}

const TABLE: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  ['RS256', { kty: 'RSA', digest: 'sha256', hash: 'sha256' }],
  ['RS384', { kty: 'RSA', digest: 'sha384', hash: 'sha384' }],
  ['RS512', { kty: 'RSA', digest: 'sha512', hash: 'sha512' }],
  ['PS256', { kty: 'RSA', digest: 'sha256', hash: 'sha256', pss: true }],
  ['PS384', { kty: 'RSA', digest: 'sha384', hash: 'sha384', pss: true }],
  ['PS512', { kty: 'RSA', digest: 'sha512', hash: 'sha512', pss: true }],
  ['ES256', { kty: 'EC', crv: 'P-256', digest: 'sha256', hash: 'sha256' }],
  ['ES384', { kty: 'EC', crv: 'P-384', digest: 'sha384', hash: 'sha384' }],
  ['ES512', { kty: 'EC', crv: 'P-521', digest: 'sha512', hash: 'sha512' }],
  // Ed25519 hashes with SHA-512 (RFC 8032 §5.1), so that is its hash here too.
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519', digest: null, hash: 'sha512' }],
]);

/** The names of the table. */
export const signatureAlgorithmNames: readonly string[] = [...TABLE.keys()];

/** The algorithm of that name; `undefined` for `none`, for symmetric and for unknown ones. */
export function signatureAlgorithm(name: string): SignatureAlgorithm | undefined {
  return TABLE.get(name);
}

/** Whether a key is of the type and on the curve that the algorithm needs. */
export function keyFits(jwk: Jwk, algorithm: SignatureAlgorithm): boolean {
  return jwk.kty === algorithm.kty && (algorithm.crv === undefined || jwk.crv === algorithm.crv);
}

/** The algorithm that a key without `alg` signs with. */
export function impliedAlgorithm(jwk: Jwk): string | undefined {
  // RS256 is first in the table, and what RSA keys are for unless they say otherwise.
  for (const [name, algorithm] of TABLE) if (keyFits(jwk, algorithm)) return name;
  return undefined;
}

/** What Node wants beside the digest. ECDSA signatures are r ‖ s (RFC 7518 §3.4), the salt is as long as the digest (§3.5). */
export function nodeKeyInput(algorithm: SignatureAlgorithm, key: KeyObject): SignKeyObjectInput {
  if (algorithm.kty === 'EC') return { key, dsaEncoding: 'ieee-p1363' };
  if (algorithm.kty === 'OKP') return { key };
  return algorithm.pss
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, padding: constants.RSA_PKCS1_PADDING };
}
