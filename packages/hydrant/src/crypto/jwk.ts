/** JSON Web Keys: made, read, reduced to what others may see. */

import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type Jwk, orderedJwk, publicMembers } from './jwk-members.js';
import { systemRandom } from './random.js';
import {
  impliedAlgorithm,
  keyFits,
  type SignatureAlgorithm,
  signatureAlgorithm,
  signatureAlgorithmNames,
} from './signature-algorithms.js';

export type { Jwk } from './jwk-members.js';
export { parseJwk } from './parse-jwk.js';

const generatePair = promisify(generateKeyPair);

/** Choices for {@link generateJwk}. */
export interface GenerateOptions {
  /** Length of an RSA modulus; 2048 where nothing is said (4096 takes 15 times as long to sign on Node 20). */
  readonly rsaBits?: number;
}

/** Hydra: symmetric keys by their length in bytes. */
const SYMMETRIC_BYTES: ReadonlyMap<string, number> = new Map([
  ['HS256', 16],
  ['HS512', 32],
]);

/** The `alg` values that {@link generateJwk} knows. */
export const generatableAlgorithms: ReadonlySet<string> = new Set([
  ...signatureAlgorithmNames,
  ...SYMMETRIC_BYTES.keys(),
]);

/**
 * A new private (or symmetric) key, made in the thread pool. It always names its `alg`, lest it be used for two; an empty
 * `use` is left out. Throws an Error for an `alg` that is not in {@link generatableAlgorithms}.
 */
export async function generateJwk(alg: string, kid: string, use: string, options: GenerateOptions = {}): Promise<Jwk> {
  const bytes = SYMMETRIC_BYTES.get(alg);
  if (bytes !== undefined) {
    return orderedJwk({ use, kty: 'oct', kid, alg, k: systemRandom.bytes(bytes).toString('base64url') });
  }
  const algorithm = signatureAlgorithm(alg);
  if (algorithm === undefined) throw new Error('no key can be made for this algorithm');
  const made = (await newPrivateKey(algorithm, options.rsaBits ?? 2048)).export({ format: 'jwk' });
  return orderedJwk({ ...definedTexts(made), use, kty: algorithm.kty, kid, alg });
}

async function newPrivateKey(algorithm: SignatureAlgorithm, modulusLength: number): Promise<KeyObject> {
  if (algorithm.kty === 'RSA') return (await generatePair('rsa', { modulusLength })).privateKey;
  if (algorithm.kty === 'EC') return (await generatePair('ec', { namedCurve: algorithm.crv ?? '' })).privateKey;
  return (await generatePair('ed25519', {})).privateKey;
}

function definedTexts(members: object): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [member, value] of Object.entries(members)) if (typeof value === 'string') texts[member] = value;
  return texts;
}

/** The half that may be published; `undefined` for a symmetric key, which has none. */
export function publicJwk(jwk: Jwk): Jwk | undefined {
  return jwk.kty === 'oct' ? undefined : publicMembers(jwk);
}

/** Whether the record holds anything that must not be published: a private half, or a symmetric key. */
export function isPrivate(jwk: Jwk): boolean {
  return jwk.d !== undefined || jwk.kty === 'oct';
}

/** The `alg` a key signs with: its own, or the one that its type and curve imply. `undefined` where it cannot sign. */
export function signingAlgorithm(jwk: Jwk): string | undefined {
  if (jwk.alg === undefined) return impliedAlgorithm(jwk);
  const algorithm = signatureAlgorithm(jwk.alg);
  return algorithm !== undefined && keyFits(jwk, algorithm) ? jwk.alg : undefined;
}
