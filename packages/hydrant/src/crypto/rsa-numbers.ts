/** The arithmetic of RSA keys: whether their numbers belong together, and those that a stored key leaves out. */

import { decodeBase64Url } from './base64url.js';
import type { Jwk } from './jwk-members.js';

/** Larger moduli make one verification cost as much as thousands of others. */
const MAX_MODULUS_BITS = 16_384;

/** Length of the modulus in bits; 0 where there is none. */
export function modulusBits(jwk: Jwk): number {
  const bytes = Buffer.from(jwk.n ?? '', 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first) * 8 - (Math.clz32(bytes.readUInt8(first)) - 24);
}

/** Throws an Error with the reason when the numbers are no RSA key (RFC 7518 §6.3, RFC 8017 §3). */
export function checkRsaNumbers(jwk: Jwk): void {
  const n = numberOf(jwk, 'n');
  const e = numberOf(jwk, 'e');
  const bits = modulusBits(jwk);
  if (bits > MAX_MODULUS_BITS) throw new Error(`the RSA modulus has more than ${MAX_MODULUS_BITS} bits`);
  if (n % 2n === 0n) throw new Error('the RSA modulus is even');
  // With e = 1 everything is its own signature; larger ones than 2^32 no library takes.
  if (e < 3n || e % 2n === 0n || e > 0xffff_ffffn) throw new Error('the RSA exponent is not usable');
  if (jwk.d === undefined) {
    if ([jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].some((member) => member !== undefined)) {
      throw new Error('the RSA key has private members but no "d"');
    }
    return;
  }
  const { d, p, q } = factorsOf(jwk);
  if (p < 3n || q < 3n || p * q !== n) throw new Error('"p" and "q" are not the factors of "n"');
  if ((d * e - 1n) % (p - 1n) !== 0n || (d * e - 1n) % (q - 1n) !== 0n)
    throw new Error('"d" does not belong to "n" and "e"');
  for (const [member, expected] of Object.entries(derivedMembers(jwk))) {
    if ((member === 'dp' || member === 'dq' || member === 'qi') && jwk[member] !== undefined) {
      if (numberOf(jwk, member) !== bigint(expected)) throw new Error(`"${member}" does not belong to the RSA key`);
    }
  }
}

/** A private key with `dp`, `dq` and `qi`, which Hydra's first generation leaves out and Node needs. */
export function completedRsa(jwk: Jwk): Jwk {
  if (jwk.d === undefined || (jwk.dp && jwk.dq && jwk.qi)) return jwk;
  return { ...jwk, ...derivedMembers(jwk) };
}

function derivedMembers(jwk: Jwk): { dp: string; dq: string; qi: string } {
  const { d, p, q } = factorsOf(jwk);
  return { dp: text(d % (p - 1n)), dq: text(d % (q - 1n)), qi: text(inverse(q, p)) };
}

function factorsOf(jwk: Jwk): { d: bigint; p: bigint; q: bigint } {
  return { d: numberOf(jwk, 'd'), p: numberOf(jwk, 'p'), q: numberOf(jwk, 'q') };
}

function numberOf(jwk: Jwk, member: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'): bigint {
  const value = jwk[member];
  if (value === undefined) throw new Error(`the RSA key lacks "${member}"`);
  return bigint(value);
}

/** Base64urlUInt of RFC 7518 §2. */
function bigint(value: string): bigint {
  const bytes = decodeBase64Url(value);
  if (bytes === undefined || bytes.length === 0) throw new Error('a number of the RSA key is not base64url');
  return BigInt(`0x${bytes.toString('hex')}`);
}

function text(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

/** Inverse of a modulo m by Euclid's algorithm; throws an Error where there is none. */
function inverse(a: bigint, m: bigint): bigint {
  let [previous, current] = [m, a % m];
  let [s, t] = [0n, 1n];
  while (current !== 0n) {
    const times = previous / current;
    [previous, current] = [current, previous - times * current];
    [s, t] = [t, s - times * t];
  }
  if (previous !== 1n) throw new Error('"p" and "q" have a common factor');
  return s < 0n ? s + m : s;
}
