/**
 * JSON Web Tokens in compact form (RFC 7515 §3.1, RFC 7519).
 *
 * What others signed is checked by the JOSE library. Our own tokens are signed with `node:crypto`: the hot path signs one
 * per request, for which the library would cost up to twice the signature itself.
 */

import { hash, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { compactVerify } from 'jose';
import { isObject, isShallowJson } from '../protocol/json.js';
import { unstorableMember } from '../protocol/storable.js';
import { fromSeconds, type Instant, type Seconds } from '../protocol/time.js';
import { decodeBase64Url } from './base64url.js';
import { signingAlgorithm } from './jwk.js';
import type { Jwk } from './jwk-members.js';
import { privateKeyObject, publicKeyObject } from './key-object.js';
import { modulusBits } from './rsa-numbers.js';
import { keyFits, nodeKeyInput, type SignatureAlgorithm, signatureAlgorithm } from './signature-algorithms.js';

const signAsync = promisify(sign);

/** What a token says, as decoded. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Why a token was refused: not a JWS at all; an `alg` that is not allowed; no key that could fit; no key that verifies. */
export interface JwtRefusal {
  readonly failure: 'malformed' | 'algorithm' | 'key' | 'signature';
}

/** Which tokens pass. */
export interface VerifyOptions {
  /** Allowed `alg` values, by default every asymmetric one. `none` and the symmetric ones never pass, even when they are named here. */
  readonly algorithms?: readonly string[];
  /** Refuse a token whose header names no key. */
  readonly requireKid?: boolean;
}

/**
 * Signs in the thread pool. The header starts with the key's `alg`, its `kid` (another one in `header` wins) and `typ` JWT
 * (likewise). Throws an Error when the key cannot sign.
 */
export async function signJwt(
  jwk: Jwk,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const alg = signingAlgorithm(jwk);
  const algorithm = alg === undefined ? undefined : signatureAlgorithm(alg);
  if (algorithm === undefined) throw new Error('the key has no algorithm to sign with');
  const input = `${encode(Object.assign({ alg, kid: jwk.kid, typ: 'JWT' }, header, { alg }))}.${encode(claims)}`;
  const key = nodeKeyInput(algorithm, privateKeyObject(jwk));
  const signature = await signAsync(algorithm.digest, Buffer.from(input, 'latin1'), key);
  return `${input}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part), 'utf8').toString('base64url');
}

/**
 * What a token says, believed by nobody yet; `undefined` when it is not three parts of which two are JSON objects, or says
 * something that no database could store: claims are looked up and kept. An empty signature is a signature here (`alg` none).
 */
export function decodeJwt(token: string): DecodedJwt | undefined {
  const parts = token.split('.', 4);
  const [first, second, third] = parts;
  if (parts.length !== 3 || first === undefined || second === undefined || third === undefined) return undefined;
  const header = decodeObject(first);
  const claims = decodeObject(second);
  if (header === undefined || claims === undefined || decodeBase64Url(third) === undefined) return undefined;
  return { header, claims };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64Url(part);
  if (bytes === undefined) return undefined;
  try {
    const text = utf8.decode(bytes);
    const value: unknown = isShallowJson(text) ? JSON.parse(text) : undefined;
    return isObject(value) && unstorableMember(value, text) === undefined ? value : undefined;
  } catch {
    // Neither JSON nor, perhaps, UTF-8.
    return undefined;
  }
}

/** Keys that are tried for one token. A set with more that fit equally well is a way to make us work. */
const MAX_TRIED = 16;

/** RFC 7518 §3.3, §3.5: smaller RSA keys must not be used. */
const MIN_RSA_BITS = 2048;

/**
 * Header and claims of a token that one of the keys signed. The header's `kid`, if any, has to be that of the key; without
 * it every key that fits is tried. Times, issuer and audience are the caller's.
 */
export async function verifyJwt(
  token: string,
  keys: readonly Jwk[],
  options: VerifyOptions = {},
): Promise<DecodedJwt | JwtRefusal> {
  const split = decodeJwt(token);
  // RFC 7515 §4.1.11: an extension that one does not know makes the token invalid; we know none.
  if (split === undefined || split.header.crit !== undefined) return { failure: 'malformed' };
  const { header, claims } = split;
  const { alg, kid } = header;
  if (typeof alg !== 'string' || options.algorithms?.includes(alg) === false) return { failure: 'algorithm' };
  const algorithm = signatureAlgorithm(alg);
  if (algorithm === undefined) return { failure: 'algorithm' };
  if (kid !== undefined && typeof kid !== 'string') return { failure: 'malformed' };
  if (kid === undefined && options.requireKid === true) return { failure: 'key' };
  const candidates = keys.filter((key) => usable(key, alg, algorithm) && (kid === undefined || key.kid === kid));
  if (candidates.length === 0) return { failure: 'key' };
  for (const key of candidates.slice(0, MAX_TRIED)) if (await signedBy(token, key, alg)) return { header, claims };
  return { failure: 'signature' };
}

function usable(key: Jwk, alg: string, algorithm: SignatureAlgorithm): boolean {
  if (!keyFits(key, algorithm)) return false;
  // RFC 7517 §4.4: a key that names an algorithm is for that one.
  if (key.alg && key.alg !== alg) return false;
  if (key.use && key.use !== 'sig') return false;
  return key.kty !== 'RSA' || modulusBits(key) >= MIN_RSA_BITS;
}

async function signedBy(token: string, key: Jwk, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, publicKeyObject(key), { algorithms: [alg] });
    return true;
  } catch {
    // Either the signature is another one, or the key came from elsewhere and cannot be imported: it signed nothing.
    return false;
  }
}

/**
 * The first of the time claims that does not hold, within a leeway; `undefined` when all that are there do. One that is not
 * a number does not hold. Whether a claim must be there is the caller's (RFC 7519 §4.1.4 to §4.1.6).
 */
export function checkTimes(
  claims: Readonly<Record<string, unknown>>,
  now: Instant,
  leewaySeconds: Seconds,
): 'exp' | 'nbf' | 'iat' | undefined {
  const leeway = fromSeconds(leewaySeconds);
  if (fails(claims.exp, (exp) => now < exp + leeway)) return 'exp';
  if (fails(claims.nbf, (nbf) => now >= nbf - leeway)) return 'nbf';
  if (fails(claims.iat, (iat) => now >= iat - leeway)) return 'iat';
  return undefined;
}

function fails(claim: unknown, holds: (at: Instant) => boolean): boolean {
  if (claim === undefined) return false;
  return typeof claim !== 'number' || !Number.isFinite(claim) || !holds(fromSeconds(claim));
}

/** `at_hash`, `c_hash` and their like: the left half of the text's hash (OpenID Connect Core §3.1.3.6), by the `alg` of the ID token. */
export function leftHalfHash(text: string, alg: string): string {
  const name = signatureAlgorithm(alg)?.hash ?? 'sha256';
  const digest = hash(name, text, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
