/**
 * The one place where tokens are made, for every grant and for the authorization endpoint. Nothing is written here:
 * signing is slow, so it happens before the transaction that stores the records.
 */
import type { Jwk } from '../crypto/jwk.js';
import { leftHalfHash, signJwt } from '../crypto/jwt.js';
import { deriveJti, jwtTokenKey } from '../crypto/jwt-key.js';
import { deriveOpaque, type MintedToken, mintOpaque } from '../crypto/opaque-token.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Client } from '../model/client.js';
import { ACCESS_TOKEN_KEYS, ID_TOKEN_KEYS } from '../model/json-web-key.js';
import type { AccessToken, OwnGrant, RefreshToken } from '../model/token.js';
import { type TokenFamily, tokenClaims } from '../model/token-family.js';
import { accessTokenClaims, idTokenClaims, rfc9068Claims } from '../protocol/claims.js';
import { type Instant, toSeconds } from '../protocol/time.js';

/** Settings of what tokens look like. */
export interface TokenFormat {
  readonly issuer: string;
  readonly accessTokenStrategy: 'opaque' | 'jwt';
  /** Claims and `typ` of JWT access tokens: as Hydra makes them, or RFC 9068. */
  readonly jwtProfile: 'hydra' | 'rfc9068';
  readonly scopeClaim: 'list' | 'string' | 'both';
  readonly allowedTopLevelClaims: readonly string[];
  readonly mirrorTopLevelClaims: boolean;
  readonly excludeNotBefore: boolean;
}

export interface MinterOptions {
  readonly ring: SecretRing;
  readonly random: Random;
  readonly format: TokenFormat;
  /** The newest private key of a set. */
  readonly signer: (set: string) => Promise<Jwk>;
}

/** What an access token says: of a family, or of the client alone. */
export type Grantee =
  /** `audience` where the token has less than the family. */
  | { readonly family: TokenFamily; readonly audience?: readonly string[] | undefined; readonly own?: undefined }
  | { readonly family?: undefined; readonly own: OwnGrant };

/** Times of a token. */
export interface Times {
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** Makes the successor of a refresh token instead of a random token: the same again for the same arguments. */
export interface Derivation {
  readonly from: string;
  readonly secretIndex: number;
}

export interface Minted<Record> {
  /** For the client alone. */
  readonly token: string;
  readonly record: Record;
}

export interface Minter {
  accessToken(client: Client, grantee: Grantee, times: Times, derivation?: Derivation): Promise<Minted<AccessToken>>;
  refreshToken(
    client: Client,
    family: TokenFamily,
    times: { issuedAt: Instant; expiresAt: Instant | null },
    accessKey: Buffer | null,
    derivation?: Derivation,
  ): Minted<RefreshToken>;
  code(expiresAt: Instant): MintedToken;
  /** An ID token (OpenID Connect Core §2); `accessToken` and `code` are hashed into it where they are issued with it. */
  idToken(
    client: Client,
    family: TokenFamily,
    times: Times,
    beside: { accessToken?: string | undefined; code?: string | undefined },
  ): Promise<string>;
}

export function createMinter({ ring, random, format, signer }: MinterOptions): Minter {
  const strategyOf = (client: Client) => client.metadata.access_token_strategy || format.accessTokenStrategy;

  async function jwtAccessToken(
    client: Client,
    grantee: Grantee,
    times: Times,
    derivation: Derivation | undefined,
  ): Promise<MintedToken> {
    const jti = derivation ? deriveJti(derivation.from, ring, derivation.secretIndex) : random.uuid();
    const grant = grantee.family ?? grantee.own;
    const input = {
      issuer: format.issuer,
      subject: grant.subject,
      clientId: client.id,
      audience: grantee.family ? (grantee.audience ?? grantee.family.grantedAudience) : grantee.own.grantedAudience,
      scope: grant.grantedScope,
      issuedAt: toSeconds(times.issuedAt),
      expiresAt: toSeconds(times.expiresAt),
      tokenId: jti,
      extra: grantee.family ? tokenClaims(grantee.family).accessToken : grantee.own.ext,
      scopeClaim: format.scopeClaim,
      allowedTopLevelClaims: format.allowedTopLevelClaims,
      mirrorTopLevelClaims: format.mirrorTopLevelClaims,
      excludeNotBefore: format.excludeNotBefore,
    };
    const key = await signer(ACCESS_TOKEN_KEYS);
    // RFC 9068 §2.1: the type keeps an ID token from being taken for an access token.
    const token =
      format.jwtProfile === 'rfc9068'
        ? await signJwt(key, { typ: 'at+jwt' }, rfc9068Claims({ ...input, login: loginOf(grantee) }))
        : await signJwt(key, { typ: 'JWT' }, accessTokenClaims(input));
    return { token, key: jwtTokenKey(toSeconds(times.expiresAt) * 1000, jti) };
  }

  return {
    async accessToken(client, grantee, times, derivation) {
      let minted: MintedToken;
      if (strategyOf(client) === 'jwt') minted = await jwtAccessToken(client, grantee, times, derivation);
      else if (derivation)
        minted = deriveOpaque(
          'access_token',
          times.expiresAt,
          derivation.from,
          'successor',
          ring,
          derivation.secretIndex,
        );
      else minted = mintOpaque('access_token', times.expiresAt, ring, random);
      const issuedAt = noSoonerThan(client, times.issuedAt);
      const issued = { kind: 'access_token', key: minted.key, clientId: client.id, issuedAt } as const;
      const record: AccessToken = grantee.family
        ? {
            ...issued,
            familyId: grantee.family.id,
            own: null,
            ...(grantee.audience && { audience: grantee.audience }),
          }
        : { ...issued, familyId: null, own: grantee.own };
      return { token: minted.token, record };
    },

    refreshToken(client, family, { issuedAt, expiresAt }, accessKey, derivation) {
      const { token, key } = derivation
        ? deriveOpaque('refresh_token', expiresAt, derivation.from, 'successor', ring, derivation.secretIndex)
        : mintOpaque('refresh_token', expiresAt, ring, random);
      return {
        token,
        record: {
          kind: 'refresh_token',
          key,
          clientId: client.id,
          issuedAt: noSoonerThan(client, issuedAt),
          familyId: family.id,
          accessKey,
          spent: null,
        },
      };
    },

    code: (expiresAt) => mintOpaque('authorization_code', expiresAt, ring, random),

    async idToken(client, family, times, beside) {
      const key = await signer(ID_TOKEN_KEYS);
      const alg = String(key.alg ?? 'RS256');
      const claims = idTokenClaims(tokenClaims(family).idToken, {
        ...sessionClaims(family, client, format.issuer),
        iat: toSeconds(times.issuedAt),
        exp: toSeconds(times.expiresAt),
        jti: random.uuid(),
        at_hash: beside.accessToken && leftHalfHash(beside.accessToken, alg),
        c_hash: beside.code && leftHalfHash(beside.code, alg),
      });
      return signJwt(key, { typ: 'JWT' }, claims);
    },
  };
}

/** The login behind a token; clients alone and assertions have none. */
function loginOf({ family }: Grantee): { at: number; acr: string; amr: readonly string[] } | undefined {
  return family && { at: toSeconds(family.authenticatedAt), acr: family.acr, amr: family.amr };
}

/** The claims about the person and their login, as ID token and userinfo share them. Absent ones are `undefined`. */
export function sessionClaims(family: TokenFamily, client: Client, issuer: string): Record<string, unknown> {
  return {
    iss: issuer,
    sub: family.publicSubject,
    aud: [client.id],
    auth_time: toSeconds(family.authenticatedAt),
    rat: toSeconds(family.requestedAt),
    nonce: family.nonce || undefined,
    acr: family.acr || undefined,
    amr: family.amr.length > 0 ? family.amr : undefined,
    sid: family.sessionId || undefined,
  };
}

/**
 * When a token was issued, for the record. What is older than its client belongs to one that had the same id before, and a
 * clock that lags behind the one which saw the client come must not make it so.
 */
function noSoonerThan({ bornAt }: Client, issuedAt: Instant): Instant {
  return Math.max(bornAt, issuedAt);
}
