/**
 * npm releases of Hydra's second generation: an API class for each subject, arguments by name, admin operations on `/admin`.
 * A release is a row; what one has that another has not is optional in the interfaces.
 */
import * as v2_1_1 from '@ory/hydra-client-2.1.1';
import * as v2_2_0 from '@ory/hydra-client-2.2.0';
import * as v25_4_0 from '@ory/hydra-client-25.4.0';
import * as v26_2_0 from '@ory/hydra-client-26.2.0';
import type { ConsentAnswer, ConsentView, LoginAnswer, LoginView, Refusal } from '../support/login-app.js';
import type { Answer, RequestOptions, Target } from './answer.js';

export interface ClientBody {
  audience?: string[];
  authorization_code_grant_access_token_lifespan?: string;
  client_credentials_grant_access_token_lifespan?: string;
  client_id?: string;
  client_name?: string;
  client_secret?: string;
  contacts?: string[];
  grant_types?: string[];
  metadata?: object;
  owner?: string;
  post_logout_redirect_uris?: string[];
  redirect_uris?: string[];
  registration_access_token?: string;
  response_types?: string[];
  scope?: string;
  token_endpoint_auth_method?: string;
}

export interface KeyBody {
  alg: string;
  kid: string;
  kty: string;
  use: string;
}

export interface Keys {
  keys?: KeyBody[];
}

export interface IssuerView {
  id?: string;
}

export interface Tokens {
  access_token?: string;
  /** Always text; two releases were published with a description that says number. */
  id_token?: string | number;
  refresh_token?: string;
}

export interface DeviceCodes {
  device_code?: string;
  user_code?: string;
  verification_uri?: string;
}

interface RedirectTo {
  redirect_to: string;
}

type Login = { loginChallenge: string };
type Consent = { consentChallenge: string };
type Logout = { logoutChallenge: string };

export interface SecondOAuth2 {
  acceptOAuth2ConsentRequest(to: Consent & { acceptOAuth2ConsentRequest: ConsentAnswer }): Promise<Answer<RedirectTo>>;
  acceptOAuth2LoginRequest(to: Login & { acceptOAuth2LoginRequest: LoginAnswer }): Promise<Answer<RedirectTo>>;
  acceptOAuth2LogoutRequest(to: Logout): Promise<Answer<RedirectTo>>;
  acceptUserCodeRequest?(to: {
    deviceChallenge: string;
    acceptDeviceUserCodeRequest: { user_code: string };
  }): Promise<Answer<RedirectTo>>;
  createOAuth2Client(to: { oAuth2Client: ClientBody }): Promise<Answer<ClientBody>>;
  deleteOAuth2Client(to: { id: string }): Promise<Answer<void>>;
  deleteOAuth2Token(to: { clientId: string }): Promise<Answer<void>>;
  deleteTrustedOAuth2JwtGrantIssuer(to: { id: string }): Promise<Answer<void>>;
  getOAuth2Client(to: { id: string }): Promise<Answer<ClientBody>>;
  getOAuth2ConsentRequest(to: Consent): Promise<Answer<ConsentView>>;
  getOAuth2LoginRequest(to: Login): Promise<Answer<LoginView & { session_id?: string }>>;
  getOAuth2LogoutRequest(to: Logout): Promise<Answer<object>>;
  getTrustedOAuth2JwtGrantIssuer(to: { id: string }): Promise<Answer<IssuerView>>;
  introspectOAuth2Token(to: { token: string; scope?: string }): Promise<Answer<object>>;
  listOAuth2Clients(to?: {
    pageSize?: number;
    pageToken?: string;
    clientName?: string;
    owner?: string;
  }): Promise<Answer<ClientBody[]>>;
  listOAuth2ConsentSessions(to: {
    subject: string;
  }): Promise<Answer<{ consent_request_id?: string; grant_scope?: string[] }[]>>;
  listTrustedOAuth2JwtGrantIssuers(to: { issuer: string }): Promise<Answer<IssuerView[]>>;
  oAuth2Authorize(options?: RequestOptions): Promise<Answer<object>>;
  oAuth2DeviceFlow?(options?: RequestOptions): Promise<Answer<DeviceCodes>>;
  oauth2TokenExchange(to: {
    grantType: string;
    clientId?: string;
    code?: string;
    redirectUri?: string;
    refreshToken?: string;
  }): Promise<Answer<Tokens>>;
  patchOAuth2Client(to: {
    id: string;
    jsonPatch: { op: string; path: string; value?: unknown }[];
  }): Promise<Answer<ClientBody>>;
  performOAuth2DeviceVerificationFlow?(options?: RequestOptions): Promise<Answer<object>>;
  rejectOAuth2ConsentRequest(to: Consent & { rejectOAuth2Request: Refusal }): Promise<Answer<RedirectTo>>;
  rejectOAuth2LoginRequest(to: Login & { rejectOAuth2Request: Refusal }): Promise<Answer<RedirectTo>>;
  rejectOAuth2LogoutRequest(to: Logout): Promise<Answer<void>>;
  revokeOAuth2ConsentSessions(to: ConsentTarget): Promise<Answer<void>>;
  revokeOAuth2LoginSessions(to: { subject?: string; sid?: string }): Promise<Answer<void>>;
  revokeOAuth2Token(to: { token: string }): Promise<Answer<void>>;
  setOAuth2Client(to: { id: string; oAuth2Client: ClientBody }): Promise<Answer<ClientBody>>;
  setOAuth2ClientLifespans(to: {
    id: string;
    oAuth2ClientTokenLifespans: { client_credentials_grant_access_token_lifespan?: string };
  }): Promise<Answer<ClientBody>>;
  trustOAuth2JwtGrantIssuer(to: {
    trustOAuth2JwtGrantIssuer: { issuer: string; subject?: string; scope: string[]; expires_at: string; jwk: KeyBody };
  }): Promise<Answer<IssuerView>>;
}

/** By the id of a consent request since 25; then the subject may be left out. */
export interface ConsentTarget {
  subject?: string;
  client?: string;
  all?: boolean;
  consentRequestId?: string;
}

export interface SecondJwks {
  createJsonWebKeySet(to: {
    set: string;
    createJsonWebKeySet: { alg: string; kid: string; use: string };
  }): Promise<Answer<Keys>>;
  deleteJsonWebKey(to: { set: string; kid: string }): Promise<Answer<void>>;
  deleteJsonWebKeySet(to: { set: string }): Promise<Answer<void>>;
  getJsonWebKey(to: { set: string; kid: string }): Promise<Answer<Keys>>;
  getJsonWebKeySet(to: { set: string }): Promise<Answer<Keys>>;
  setJsonWebKey(to: { set: string; kid: string; jsonWebKey: KeyBody }): Promise<Answer<KeyBody>>;
  setJsonWebKeySet(to: { set: string; jsonWebKeySet: Keys }): Promise<Answer<Keys>>;
}

export interface SecondOidc {
  createOidcDynamicClient(to: { oAuth2Client: ClientBody }): Promise<Answer<ClientBody>>;
  createVerifiableCredential?(
    to: {
      createVerifiableCredentialRequestBody: {
        format: string;
        types: string[];
        proof: { jwt: string; proof_type: string };
      };
    },
    options?: RequestOptions,
  ): Promise<Answer<{ format?: string; credential_draft_00?: string }>>;
  deleteOidcDynamicClient(to: { id: string }): Promise<Answer<void>>;
  discoverOidcConfiguration(): Promise<Answer<{ issuer: string }>>;
  getOidcDynamicClient(to: { id: string }): Promise<Answer<ClientBody>>;
  getOidcUserInfo(): Promise<Answer<object>>;
  revokeOidcSession(options?: RequestOptions): Promise<Answer<void>>;
  setOidcDynamicClient(to: { id: string; oAuth2Client: ClientBody }): Promise<Answer<ClientBody>>;
}

interface SecondMetadata {
  getVersion(): Promise<Answer<object>>;
  isAlive(): Promise<Answer<object>>;
  isReady(): Promise<Answer<object>>;
}

interface SecondWellknown {
  discoverJsonWebKeys(): Promise<Answer<Keys>>;
}

/** What a release exports, with its own class of configurations. */
interface SecondPackage<C> {
  readonly Configuration: new (target: Target) => C;
  readonly OAuth2Api: new (configuration: C) => SecondOAuth2;
  readonly JwkApi: new (configuration: C) => SecondJwks;
  readonly OidcApi: new (configuration: C) => SecondOidc;
  readonly MetadataApi: new (configuration: C) => SecondMetadata;
  readonly WellknownApi: new (configuration: C) => SecondWellknown;
}

export interface SecondSdk {
  readonly version: string;
  readonly package: object;
  /** Whether consents can be revoked by the id of their request. */
  readonly byConsentRequest: boolean;
  oauth2(target: Target): SecondOAuth2;
  jwks(target: Target): SecondJwks;
  oidc(target: Target): SecondOidc;
  metadata(target: Target): SecondMetadata;
  wellknown(target: Target): SecondWellknown;
}

function release<C>(version: string, sdk: SecondPackage<C>, byConsentRequest: boolean): SecondSdk {
  return {
    version,
    package: sdk,
    byConsentRequest,
    oauth2: (target) => new sdk.OAuth2Api(new sdk.Configuration(target)),
    jwks: (target) => new sdk.JwkApi(new sdk.Configuration(target)),
    oidc: (target) => new sdk.OidcApi(new sdk.Configuration(target)),
    metadata: (target) => new sdk.MetadataApi(new sdk.Configuration(target)),
    wellknown: (target) => new sdk.WellknownApi(new sdk.Configuration(target)),
  };
}

export const SECOND_SDKS: readonly SecondSdk[] = [
  release('2.1.1', v2_1_1, false),
  release('2.2.0', v2_2_0, false),
  release('25.4.0', v25_4_0, true),
  release('26.2.0', v26_2_0, true),
];
