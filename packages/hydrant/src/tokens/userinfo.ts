import type { Jwk } from '../crypto/jwk.js';
import { signJwt } from '../crypto/jwt.js';
import type { Random } from '../crypto/random.js';
import { ID_TOKEN_KEYS } from '../model/json-web-key.js';
import { tokenClaims } from '../model/token-family.js';
import { idTokenClaims, userinfoClaims } from '../protocol/claims.js';
import { OAuthError } from '../protocol/errors.js';
import { type Clock, toSeconds } from '../protocol/time.js';
import type { FindToken } from './find-token.js';
import { sessionClaims } from './mint.js';

export interface UserinfoOptions {
  readonly findToken: FindToken;
  readonly issuer: string;
  readonly signer: (set: string) => Promise<Jwk>;
  readonly clock: Clock;
  readonly random: Random;
}

/** The claims, or where the client registered `userinfo_signed_response_alg` a JWT of them. */
export type UserinfoResponse =
  | { readonly kind: 'claims'; readonly claims: Record<string, unknown> }
  | { readonly kind: 'jwt'; readonly jwt: string };

/** Claims about the person behind an access token (OpenID Connect Core §5.3). @throws OAuthError with the status of RFC 6750 §3.1. */
export type Userinfo = (accessToken: string | undefined) => Promise<UserinfoResponse>;

export function createUserinfo({ findToken, issuer, signer, clock, random }: UserinfoOptions): Userinfo {
  return async (accessToken) => {
    if (!accessToken) throw new OAuthError('request_unauthorized', 'Send an access token in the Authorization header.');
    const found = await findToken(accessToken);
    if (found.kind !== 'live') throw refusalOf(found.kind);
    if (found.token.kind !== 'access_token')
      throw new OAuthError('invalid_token', 'Only access tokens are taken here.');
    const { family, client, token } = found;
    const session = family
      ? idTokenClaims(tokenClaims(family).idToken, {
          ...sessionClaims(family, client, issuer),
          iat: toSeconds(token.issuedAt),
        })
      : { iss: issuer, iat: toSeconds(token.issuedAt) };
    const claims = userinfoClaims(session, client.id);
    if (client.metadata.userinfo_signed_response_alg !== 'RS256') return { kind: 'claims', claims };
    const jwt = await signJwt(
      await signer(ID_TOKEN_KEYS),
      { typ: 'JWT' },
      { ...claims, iat: toSeconds(clock.now()), jti: random.uuid() },
    );
    return { kind: 'jwt', jwt };
  };
}

function refusalOf(kind: 'expired' | 'mismatch' | 'none'): OAuthError {
  if (kind === 'expired') return new OAuthError('invalid_token', 'The access token has expired.');
  if (kind === 'mismatch')
    return new OAuthError('token_signature_mismatch', 'The access token is not from this server.');
  return new OAuthError('request_unauthorized', 'The access token is unknown or was revoked.');
}
