/** Verifiable credentials of the claims about a person, bound to a key that the client proves to hold (draft 00 of Hydra 2). */

import { isPrivate, type Jwk, parseJwk, publicJwk } from '../crypto/jwk.js';
import { decodeJwt, signJwt, verifyJwt } from '../crypto/jwt.js';
import type { Random } from '../crypto/random.js';
import { ID_TOKEN_KEYS } from '../model/json-web-key.js';
import { type TokenFamily, tokenClaims } from '../model/token-family.js';
import { OAuthError } from '../protocol/errors.js';
import { isObject } from '../protocol/json.js';
import { type Clock, type Seconds, toSeconds } from '../protocol/time.js';
import type { FindToken } from './find-token.js';
import { CREDENTIAL_SCOPES, type ProofNonces } from './proof-nonce.js';

/** The only format there is: a W3C credential as a JWT. */
export const CREDENTIAL_FORMAT = 'jwt_vc_json';
export const CREDENTIAL_TYPES: readonly string[] = ['VerifiableCredential', 'UserInfoCredential'];

const LIFETIME: Seconds = 3600;

/** A credential, or the nonce for the proof that was not there. */
export type CredentialResponse =
  | { readonly kind: 'credential'; readonly jwt: string }
  | { readonly kind: 'proof-missing'; readonly nonce: string; readonly expiresIn: Seconds };

export interface CredentialIssuer {
  /**
   * @param request called for the body once the access token is known to be good
   * @throws OAuthError 401 for the token, 403 for its scopes, `invalid_request` for the proof
   */
  issue(accessToken: string | undefined, request: () => Readonly<Record<string, unknown>>): Promise<CredentialResponse>;
}

export interface CredentialIssuerOptions {
  readonly findToken: FindToken;
  readonly nonces: ProofNonces;
  readonly issuer: string;
  readonly signer: (set: string) => Promise<Jwk>;
  readonly clock: Clock;
  readonly random: Random;
}

export function createCredentialIssuer(options: CredentialIssuerOptions): CredentialIssuer {
  const { findToken, nonces, issuer, signer, clock, random } = options;

  async function familyOf(accessToken: string | undefined): Promise<TokenFamily> {
    const found = accessToken ? await findToken(accessToken) : undefined;
    if (found?.kind !== 'live' || found.token.kind !== 'access_token')
      throw new OAuthError('request_unauthorized', 'The access token is missing, unknown, expired or was revoked.');
    const { family } = found;
    if (!family || CREDENTIAL_SCOPES.some((scope) => !family.grantedScope.includes(scope)))
      throw new OAuthError(
        'insufficient_scope',
        `The access token needs the scopes ${CREDENTIAL_SCOPES.join(' and ')}.`,
      );
    return family;
  }

  return {
    async issue(accessToken, request) {
      const family = await familyOf(accessToken);
      const token = accessToken ?? '';
      const { format, proof } = request();
      if (format !== CREDENTIAL_FORMAT)
        throw new OAuthError('invalid_request', `The only format that is supported is ${CREDENTIAL_FORMAT}.`);
      if (proof === undefined || proof === null) return { kind: 'proof-missing', ...nonces.make(token) };
      const holder = await readProof(proof, (nonce) => nonces.fits(nonce, token));
      // did:jwk: the key is the identifier.
      const id = `did:jwk:${Buffer.from(JSON.stringify(holder)).toString('base64url')}`;
      const now = toSeconds(clock.now());
      const claims = {
        iss: issuer,
        sub: id,
        iat: now,
        nbf: now,
        exp: now + LIFETIME,
        jti: random.uuid(),
        vc: {
          '@context': ['https://www.w3.org/2018/credentials/v1'],
          type: CREDENTIAL_TYPES,
          credentialSubject: {
            ...tokenClaims(family).idToken,
            sid: family.sessionId || undefined,
            sub: family.publicSubject,
            id,
          },
        },
      };
      return { kind: 'credential', jwt: await signJwt(await signer(ID_TOKEN_KEYS), { typ: 'JWT' }, claims) };
    },
  };
}

/** The key in the header of a proof that it signed itself, over a nonce that is ours. */
async function readProof(proof: unknown, fits: (nonce: string) => boolean): Promise<Jwk> {
  const { proof_type: type, jwt } = isObject(proof) ? proof : {};
  if (type !== 'jwt') throw refuse('The only proof_type that is supported is jwt.');
  const decoded = typeof jwt === 'string' ? decodeJwt(jwt) : undefined;
  if (typeof jwt !== 'string' || !decoded) throw refuse('The jwt of the proof is none.');
  const holder = readKey(decoded.header.jwk);
  // A `kid` in the header says nothing here: the key stands beside it.
  const { kid } = decoded.header;
  const key = typeof kid === 'string' ? { ...holder, kid } : holder;
  const verified = await verifyJwt(jwt, [key]);
  if ('failure' in verified) throw refuse('The proof is not signed by the jwk of its header.');
  const { nonce } = verified.claims;
  if (typeof nonce !== 'string' || !fits(nonce)) throw refuse('The nonce of the proof is not valid, or not any more.');
  return holder;
}

function readKey(value: unknown): Jwk {
  let jwk: Jwk;
  try {
    jwk = parseJwk(value);
  } catch (error) {
    // The reasons of parseJwk never quote the key.
    throw refuse(`The jwk in the header of the proof cannot be used: ${error instanceof Error ? error.message : ''}.`);
  }
  const half = publicJwk(jwk);
  if (half === undefined || isPrivate(jwk)) throw refuse('The jwk in the header of the proof has to be a public key.');
  return half;
}

function refuse(hint: string): OAuthError {
  return new OAuthError('invalid_request', hint);
}
