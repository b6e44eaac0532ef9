/**
 * npm releases of Hydra's first generation: `AdminApi` and `PublicApi` with arguments by position, on un-prefixed paths.
 * A release is a row; what differs between rows is the order of arguments at the token endpoint and where health lives.
 */
import * as v1_9_1 from '@ory/hydra-client-1.9.1';
import * as v1_10_6 from '@ory/hydra-client-1.10.6';
import * as v1_11_8 from '@ory/hydra-client-1.11.8';
import type { ConsentAnswer, ConsentView, LoginAnswer, LoginView, Refusal } from '../support/login-app.js';
import type { Answer, RequestOptions, Target } from './answer.js';

type Call<Result, Args extends unknown[] = []> = (...args: Args) => Promise<Answer<Result>>;

export interface ClientBody {
  client_id?: string;
  client_name?: string;
  client_secret?: string;
  contacts?: string[];
  grant_types?: string[];
  owner?: string;
  post_logout_redirect_uris?: string[];
  redirect_uris?: string[];
  response_types?: string[];
  scope?: string;
}

export interface KeyBody {
  alg: string;
  kid: string;
  kty: string;
  use: string;
}

interface Keys {
  keys?: KeyBody[];
}

interface IssuerView {
  id?: string;
}

export interface FirstAdmin {
  acceptConsentRequest(challenge: string, body: ConsentAnswer): Promise<Answer<{ redirect_to: string }>>;
  acceptLoginRequest(challenge: string, body: LoginAnswer): Promise<Answer<{ redirect_to: string }>>;
  acceptLogoutRequest(challenge: string): Promise<Answer<{ redirect_to: string }>>;
  createJsonWebKeySet(set: string, body: { alg: string; kid: string; use: string }): Promise<Answer<Keys>>;
  createOAuth2Client(body: ClientBody): Promise<Answer<ClientBody>>;
  deleteJsonWebKey(kid: string, set: string): Promise<Answer<void>>;
  deleteJsonWebKeySet(set: string): Promise<Answer<void>>;
  deleteOAuth2Client(id: string): Promise<Answer<void>>;
  deleteOAuth2Token(clientId: string): Promise<Answer<void>>;
  deleteTrustedJwtGrantIssuer?(id: string): Promise<Answer<void>>;
  flushInactiveOAuth2Tokens(body: { notAfter: string }): Promise<Answer<void>>;
  getConsentRequest(challenge: string): Promise<Answer<ConsentView>>;
  getJsonWebKey(kid: string, set: string): Promise<Answer<Keys>>;
  getJsonWebKeySet(set: string): Promise<Answer<Keys>>;
  getLoginRequest(challenge: string): Promise<Answer<LoginView>>;
  getLogoutRequest(challenge: string): Promise<Answer<object>>;
  getOAuth2Client(id: string): Promise<Answer<ClientBody>>;
  getTrustedJwtGrantIssuer?(id: string): Promise<Answer<IssuerView>>;
  introspectOAuth2Token(token: string, scope?: string): Promise<Answer<object>>;
  listOAuth2Clients(limit?: number, offset?: number, name?: string, owner?: string): Promise<Answer<ClientBody[]>>;
  listSubjectConsentSessions(subject: string): Promise<Answer<object[]>>;
  listTrustedJwtGrantIssuers?(issuer?: string): Promise<Answer<IssuerView[]>>;
  patchOAuth2Client?(id: string, body: { op: string; path: string; value?: object }[]): Promise<Answer<ClientBody>>;
  rejectConsentRequest(challenge: string, body: Refusal): Promise<Answer<{ redirect_to: string }>>;
  rejectLoginRequest(challenge: string, body: Refusal): Promise<Answer<{ redirect_to: string }>>;
  rejectLogoutRequest(challenge: string): Promise<Answer<void>>;
  revokeAuthenticationSession(subject: string): Promise<Answer<void>>;
  revokeConsentSessions(subject: string, client?: string, all?: boolean): Promise<Answer<void>>;
  trustJwtGrantIssuer?(body: {
    issuer: string;
    subject?: string;
    scope: string[];
    expires_at: string;
    jwk: KeyBody;
  }): Promise<Answer<IssuerView>>;
  updateJsonWebKey(kid: string, set: string, body: KeyBody): Promise<Answer<KeyBody>>;
  updateJsonWebKeySet(set: string, body: Keys): Promise<Answer<Keys>>;
  updateOAuth2Client(id: string, body: ClientBody): Promise<Answer<ClientBody>>;
}

export interface FirstPublic {
  disconnectUser(options?: RequestOptions): Promise<Answer<void>>;
  discoverOpenIDConfiguration(): Promise<Answer<{ token_endpoint: string }>>;
  dynamicClientRegistrationCreateOAuth2Client?(body: ClientBody): Promise<Answer<ClientBody>>;
  dynamicClientRegistrationDeleteOAuth2Client?(id: string, options?: RequestOptions): Promise<Answer<void>>;
  dynamicClientRegistrationGetOAuth2Client?(id: string, options?: RequestOptions): Promise<Answer<ClientBody>>;
  dynamicClientRegistrationUpdateOAuth2Client?(
    id: string,
    body: ClientBody,
    options?: RequestOptions,
  ): Promise<Answer<ClientBody>>;
  oauthAuth(options?: RequestOptions): Promise<Answer<void>>;
  revokeOAuth2Token(token: string): Promise<Answer<void>>;
  userinfo(): Promise<Answer<object>>;
  wellKnown(): Promise<Answer<Keys>>;
}

export interface TokenForm {
  readonly grantType: string;
  readonly code?: string;
  readonly redirectUri?: string;
  readonly refreshToken?: string;
  readonly clientId?: string;
}

export interface Tokens {
  access_token?: string;
  id_token?: string;
  refresh_token?: string;
}

/** `watch` is put around every API, so that its calls are seen. */
export type Watch = <T extends object>(api: T) => T;

export interface FirstSdk {
  readonly version: string;
  readonly package: object;
  admin(target: Target): FirstAdmin;
  open(target: Target): FirstPublic;
  exchange(target: Target, form: TokenForm, watch: Watch): Promise<Answer<Tokens>>;
  /** Checks by name, each asked of the side that its release asks. */
  health(admin: Target, open: Target, watch: Watch): Record<string, Call<unknown>>;
}

export const FIRST_SDKS: readonly FirstSdk[] = [
  {
    version: '1.9.1',
    package: v1_9_1,
    admin: (target) => new v1_9_1.AdminApi(new v1_9_1.Configuration(target)),
    open: (target) => new v1_9_1.PublicApi(new v1_9_1.Configuration(target)),
    exchange: (target, { grantType, code, refreshToken, redirectUri, clientId }, watch) =>
      watch(new v1_9_1.PublicApi(new v1_9_1.Configuration(target))).oauth2Token(
        grantType,
        code,
        refreshToken,
        redirectUri,
        clientId,
      ),
    health(admin, open, watch) {
      const api = watch(new v1_9_1.AdminApi(new v1_9_1.Configuration(admin)));
      return {
        alive: () => api.isInstanceAlive(),
        version: () => api.getVersion(),
        metrics: () => api.prometheus(),
        ready: () => watch(new v1_9_1.PublicApi(new v1_9_1.Configuration(open))).isInstanceReady(),
      };
    },
  },
  {
    version: '1.10.6',
    package: v1_10_6,
    admin: (target) => new v1_10_6.AdminApi(new v1_10_6.Configuration(target)),
    open: (target) => new v1_10_6.PublicApi(new v1_10_6.Configuration(target)),
    exchange: (target, { grantType, code, refreshToken, redirectUri, clientId }, watch) =>
      watch(new v1_10_6.PublicApi(new v1_10_6.Configuration(target))).oauth2Token(
        grantType,
        code,
        refreshToken,
        redirectUri,
        clientId,
      ),
    health(admin, open, watch) {
      const api = watch(new v1_10_6.AdminApi(new v1_10_6.Configuration(admin)));
      return {
        alive: () => api.isInstanceAlive(),
        version: () => api.getVersion(),
        metrics: () => watch(new v1_10_6.MetadataApi(new v1_10_6.Configuration(admin))).prometheus(),
        ready: () => watch(new v1_10_6.PublicApi(new v1_10_6.Configuration(open))).isInstanceReady(),
      };
    },
  },
  {
    version: '1.11.8',
    package: v1_11_8,
    admin: (target) => new v1_11_8.AdminApi(new v1_11_8.Configuration(target)),
    open: (target) => new v1_11_8.PublicApi(new v1_11_8.Configuration(target)),
    exchange: (target, { grantType, code, refreshToken, redirectUri, clientId }, watch) =>
      watch(new v1_11_8.PublicApi(new v1_11_8.Configuration(target))).oauth2Token(
        grantType,
        clientId,
        code,
        redirectUri,
        refreshToken,
      ),
    health(admin, _open, watch) {
      const api = watch(new v1_11_8.MetadataApi(new v1_11_8.Configuration(admin)));
      return { alive: () => api.isAlive(), version: () => api.getVersion(), ready: () => api.isReady() };
    },
  },
];
