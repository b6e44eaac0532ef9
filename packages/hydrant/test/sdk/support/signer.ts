import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';

/** A key that signs JWTs (ES256, RFC 7518 §3.4), as a client, an issuer or the holder of a credential has one. */
export interface Signer {
  /** Its public half. */
  readonly jwk: { kty: string; alg: string; use: string; kid: string } & Record<string, string>;
  jwt(claims: object, header?: object): string;
}

export function createSigner(kid: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', use: 'sig', kid };
  return {
    jwk,
    jwt(claims, header = {}) {
      const parts = [{ alg: 'ES256', kid, ...header }, claims];
      const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

/** Claims of an assertion that is good for a minute (RFC 7523 §3). */
export function assertionClaims(claims: { iss: string; sub: string; aud: string }): object {
  const iat = Math.floor(Date.now() / 1000);
  return { ...claims, iat, exp: iat + 60, jti: randomUUID() };
}
