/** The configuration as plain fields for those who need them: from here on nobody knows its keys. */
import type { RegistrationRules } from '../clients/allowed.js';
import type { Config, ListenerConfig } from '../config/index.js';
import type { SecretHasher } from '../crypto/client-secret.js';
import type { AssertionRules } from '../grants/jwt-bearer.js';
import type { GuardedFetchOptions } from '../hooks/guarded-fetch.js';
import type { CookieSettings } from '../http/cookies.js';
import type { CorsSettings } from '../http/cors.js';
import type { Client } from '../model/client.js';
import { isPublicClient } from '../model/client.js';
import type { RotationGrace } from '../model/token.js';
import { USER_CODE_PRESETS, type UserCodeFormat, userCodeFormat } from '../protocol/user-code.js';
import type { Lifetimes } from '../tokens/lifetimes.js';
import type { TokenFormat } from '../tokens/mint.js';

/** Addresses of this server and of the pages around it. */
export interface Addresses {
  readonly issuer: string;
  /** Base of the public endpoints, without a slash at the end. */
  readonly publicUrl: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly logoutEndpoint: string;
  readonly login: string;
  readonly registration: string;
  readonly consent: string;
  readonly logout: string;
  readonly error: string;
  readonly postLogoutRedirect: string;
  readonly deviceVerification: string;
  readonly device: string;
  readonly deviceDone: string;
}

export function addressesOf({ urls, webfinger }: Config): Addresses {
  const issuer = urls.self.issuer;
  const publicUrl = urls.self.public.replace(/\/+$/, '');
  const own = (path: string) => `${publicUrl}/oauth2/fallbacks/${path}`;
  const login = withPath(urls.login) ?? own('login');
  const discovery = webfinger.oidc_discovery;
  return {
    issuer,
    publicUrl,
    authorizationEndpoint: discovery.auth_url ?? `${publicUrl}/oauth2/auth`,
    tokenEndpoint: `${publicUrl}/oauth2/token`,
    logoutEndpoint: `${publicUrl}/oauth2/sessions/logout`,
    login,
    registration: withPath(urls.registration) ?? login,
    consent: withPath(urls.consent) ?? own('consent'),
    logout: withPath(urls.logout) ?? own('logout'),
    error: withPath(urls.error) ?? own('error'),
    postLogoutRedirect: withPath(urls.post_logout_redirect) ?? own('logout/callback'),
    deviceVerification: `${publicUrl}/oauth2/device/verify`,
    device: withPath(urls.device.verification) ?? own('device'),
    deviceDone: withPath(urls.device.success) ?? own('device/done'),
  };
}

/** Hydra: an empty path is completed to `/`, so that a parameter can follow. */
function withPath(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(?=$|[?#])/i, '$1/');
}

export function cookiesOf({ serve, urls, dev }: Config): CookieSettings {
  const { cookies } = serve;
  const https = /^https:/i.test(urls.self.issuer);
  return {
    names: cookies.names,
    sessionPath: cookies.paths.session,
    domain: cookies.domain,
    secure: dev ? cookies.secure : true,
    // Browsers drop `None` without Secure, so a plain server gets what works.
    sameSite: cookies.same_site_mode === 'None' && !https ? 'Lax' : cookies.same_site_mode,
    legacyCopy: cookies.same_site_legacy_workaround,
    suffix: dev ? '_dev' : '',
  };
}

export function corsOf({ cors }: ListenerConfig): CorsSettings | undefined {
  if (!cors.enabled) return undefined;
  return {
    origins: cors.allowed_origins,
    methods: cors.allowed_methods,
    headers: cors.allowed_headers,
    exposed: cors.exposed_headers,
    credentials: cors.allow_credentials,
    maxAge: cors.max_age,
    passPreflights: cors.options_passthrough,
  };
}

export function lifetimesOf({ ttl }: Config): Lifetimes {
  return {
    accessToken: ttl.access_token,
    refreshToken: ttl.refresh_token,
    idToken: ttl.id_token,
    authorizationCode: ttl.auth_code,
  };
}

export function rotationGraceOf({ oauth2 }: Config): RotationGrace {
  const { rotation_grace_period: period, rotation_grace_reuse_count: uses } = oauth2.grant.refresh_token;
  return { period, uses };
}

export function secretHasherOf({ oauth2 }: Config): SecretHasher {
  const { algorithm, bcrypt, pbkdf2 } = oauth2.hashers;
  switch (algorithm) {
    case 'bcrypt':
      return { algorithm, cost: bcrypt.cost };
    case 'pbkdf2':
      return { algorithm, iterations: pbkdf2.iterations };
    case 'scrypt':
      return { algorithm };
  }
}

export function tokenFormatOf({ urls, strategies, oauth2 }: Config): TokenFormat {
  return {
    issuer: urls.self.issuer,
    accessTokenStrategy: strategies.access_token,
    jwtProfile: strategies.jwt.profile,
    scopeClaim: strategies.jwt.scope_claim,
    allowedTopLevelClaims: oauth2.allowed_top_level_claims,
    mirrorTopLevelClaims: oauth2.mirror_top_level_claims,
    excludeNotBefore: oauth2.exclude_not_before_claim,
  };
}

/** Own characters and length, or a preset; the configuration has seen to it that there is not half of it. */
export function userCodesOf({ oauth2 }: Config): UserCodeFormat {
  const { entropy_preset: preset, length, character_set: characters } = oauth2.device_authorization.user_code;
  return length !== undefined && characters !== undefined
    ? userCodeFormat(characters, length)
    : USER_CODE_PRESETS[preset];
}

export function assertionRulesOf({ oauth2 }: Config, audiences: readonly string[]): AssertionRules {
  const { jti_optional: jtiOptional, iat_optional: iatOptional, max_ttl: longestLife } = oauth2.grant.jwt;
  return { audiences, jtiOptional, iatOptional, longestLife };
}

/** Which addresses may be called that somebody else chose. */
export function reachOf({ clients }: Config): Pick<GuardedFetchOptions, 'disallowPrivate' | 'exceptions'> {
  const { disallow_private_ip_ranges: disallowPrivate, private_ip_exception_urls: exceptions } = clients.http;
  return { disallowPrivate, exceptions };
}

/** What clients may register by themselves. */
export function registrationRulesOf({ oidc }: Config): RegistrationRules {
  const { dynamic_client_registration: own } = oidc;
  return {
    defaultAudience: own.default_audience,
    grantTypes: own.allowed_grant_types,
    responseTypes: own.allowed_response_types,
    scopes: own.allowed_scopes,
    audiences: own.allowed_audiences,
    authMethods: own.allowed_token_endpoint_auth_methods,
  };
}

/** Who has to use PKCE: RFC 9700 §2.1.1 has public clients, and recommends the others; Hydra's SDKs cannot, so those are the operator's word. */
export function pkceRequiredBy({ oauth2 }: Config): (client: Client) => boolean {
  const { enforced, enforced_for_public_clients: forPublic } = oauth2.pkce;
  return (client) => enforced || (forPublic && isPublicClient(client));
}

/** Pairwise subjects and JWT access tokens do not go together: the token would tell what the pairwise name hides. */
export function subjectTypesOf({ oidc, strategies }: Config): readonly string[] {
  const types = oidc.subject_identifiers.supported_types;
  return strategies.access_token === 'jwt' ? types.filter((type) => type !== 'pairwise') : types;
}
