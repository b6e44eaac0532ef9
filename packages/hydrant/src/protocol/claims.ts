import { formatScope } from './scope.js';
import type { Seconds } from './time.js';

/** Claims of a token or answer by name (RFC 7519 §4). */
export type Claims = Record<string, unknown>;

/** The server's own claims of an ID token: a consent app cannot set them, not even one that is absent this time. */
const ID_TOKEN_RESERVED: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'rat', 'jti', 'nonce'],
  ...['at_hash', 'c_hash', 'acr', 'amr', 'sid'],
]);

/** What an access token keeps for itself when claims are lifted to its top level. */
const ACCESS_TOKEN_RESERVED: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scp', 'ext'],
]);

/** And what it keeps as well in the form of RFC 9068, whether it has them this time or not. */
const RFC9068_RESERVED: ReadonlySet<string> = new Set([
  ...ACCESS_TOKEN_RESERVED,
  ...['scope', 'auth_time', 'acr', 'amr'],
]);

/** ID token claims that userinfo does not show; `sid` would let a token be tied to a browser session. */
const NOT_IN_USERINFO: ReadonlySet<string> = new Set(['nonce', 'at_hash', 'c_hash', 'exp', 'jti', 'sid']);

/**
 * The claims of an ID token (OpenID Connect Core §2): what the consent app added, overruled by the server's own. Standard
 * claims without a value are left out.
 */
export function idTokenClaims(
  extra: Readonly<Record<string, unknown>>,
  standard: Readonly<Record<string, unknown>>,
): Claims {
  return { ...pick(extra, (name) => !ID_TOKEN_RESERVED.has(name)), ...pick(standard, () => true) };
}

/**
 * The claims of a userinfo answer (OpenID Connect Core §5.3.2), from those of the authorization's ID token. The client is
 * always among the audience. Without a user (client credentials) there is no `sub`: the caller passes none.
 */
export function userinfoClaims(claims: Readonly<Record<string, unknown>>, clientId: string): Claims {
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud].filter((entry) => entry !== undefined);
  return {
    ...pick(claims, (name) => !NOT_IN_USERINFO.has(name)),
    aud: audience.includes(clientId) ? audience : [...audience, clientId],
  };
}

/** What goes into a JWT access token, and how the operator wants it to look. */
export interface AccessTokenInput {
  readonly issuer: string;
  /** The real subject, never a pairwise one; the client's id for client credentials. */
  readonly subject: string;
  readonly clientId: string;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  readonly issuedAt: Seconds;
  readonly expiresAt: Seconds;
  readonly tokenId: string;
  /** The consent session's `access_token` data. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** `strategies.jwt.scope_claim` */
  readonly scopeClaim: 'list' | 'string' | 'both';
  /** `oauth2.allowed_top_level_claims` */
  readonly allowedTopLevelClaims: readonly string[];
  /** `oauth2.mirror_top_level_claims`: whether there is an `ext` at all */
  readonly mirrorTopLevelClaims: boolean;
  /** `oauth2.exclude_not_before_claim` */
  readonly excludeNotBefore: boolean;
}

/** The claims of a JWT access token, in the shape that Hydra's resource servers know (it is older than RFC 9068). */
export function accessTokenClaims(input: AccessTokenInput): Claims {
  const allowed = new Set(input.allowedTopLevelClaims);
  return {
    ...pick(input.extra, (name) => allowed.has(name) && !ACCESS_TOKEN_RESERVED.has(name)),
    iss: input.issuer,
    sub: input.subject,
    aud: [...input.audience],
    client_id: input.clientId,
    ...(input.scopeClaim === 'string' ? {} : { scp: [...input.scope] }),
    ...(input.scopeClaim === 'list' ? {} : { scope: formatScope(input.scope) }),
    iat: input.issuedAt,
    ...(input.excludeNotBefore ? {} : { nbf: input.issuedAt }),
    exp: input.expiresAt,
    jti: input.tokenId,
    ...(input.mirrorTopLevelClaims ? { ext: { ...input.extra } } : {}),
  };
}

/** What RFC 9068 adds: when and how the person logged in, where one did. */
export interface Rfc9068Input extends Omit<AccessTokenInput, 'scopeClaim'> {
  readonly login: { readonly at: Seconds; readonly acr: string; readonly amr: readonly string[] } | undefined;
}

/**
 * The claims of a JWT access token as RFC 9068 §2.2 has them. Where no audience was granted it is the issuer (§3: there
 * has to be a default), whose userinfo endpoint takes the token.
 */
export function rfc9068Claims(input: Rfc9068Input): Claims {
  const allowed = new Set(input.allowedTopLevelClaims);
  const { login } = input;
  return {
    ...pick(input.extra, (name) => allowed.has(name) && !RFC9068_RESERVED.has(name)),
    iss: input.issuer,
    sub: input.subject,
    aud: input.audience.length > 0 ? [...input.audience] : [input.issuer],
    client_id: input.clientId,
    ...(input.scope.length > 0 && { scope: formatScope(input.scope) }),
    iat: input.issuedAt,
    ...(input.excludeNotBefore ? {} : { nbf: input.issuedAt }),
    exp: input.expiresAt,
    jti: input.tokenId,
    ...(login && {
      auth_time: login.at,
      ...(login.acr !== '' && { acr: login.acr }),
      ...(login.amr.length > 0 && { amr: [...login.amr] }),
    }),
    ...(input.mirrorTopLevelClaims && Object.keys(input.extra).length > 0 ? { ext: { ...input.extra } } : {}),
  };
}

function pick(claims: Readonly<Record<string, unknown>>, keep: (name: string) => boolean): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([name, value]) => value !== undefined && keep(name)));
}
