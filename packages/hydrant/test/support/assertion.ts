/** A signing key of somebody else's, and what it signs. */
import { generateJwk, type Jwk, publicJwk } from '../../src/crypto/jwk.js';
import { signJwt } from '../../src/crypto/jwt.js';

export interface TestSigner {
  /** The public half. */
  readonly jwk: Jwk;
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** A new key; EdDSA unless another `alg` is asked for. */
export async function givenSigner(kid = 'a-key', alg = 'EdDSA'): Promise<TestSigner> {
  const key = await generateJwk(alg, kid, 'sig');
  const jwk = publicJwk(key);
  if (!jwk) throw new Error('A symmetric key has no public half.');
  return { jwk, sign: (claims, header = {}) => signJwt(key, header, claims) };
}
