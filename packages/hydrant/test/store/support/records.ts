/** Records as a test needs them: complete, different from each other, and with whatever is said to be special. */

import { expiryPrefix } from '../../../src/crypto/expiry-prefix.js';
import { systemRandom } from '../../../src/crypto/random.js';
import type {
  AccessToken,
  AuthorizationCode,
  Client,
  Consent,
  ConsentDecision,
  DeviceRequest,
  DeviceVisit,
  Flow,
  FlowRequest,
  LoginDecision,
  LoginSession,
  LogoutNotice,
  LogoutRequest,
  OwnGrant,
  RefreshToken,
  StoredKey,
  TokenFamily,
  TrustedIssuer,
} from '../../../src/model/index.js';
import { validateClientMetadata } from '../../../src/protocol/client-metadata.js';
import type { Rejection } from '../../../src/protocol/errors.js';
import type { Instant } from '../../../src/protocol/time.js';
import { NOW } from './for-each-dialect.js';

export const HOUR = 3_600_000;

let made = 0;

/** Ascending, as time-ordered ids are. */
export function freshId(kind = 'id'): string {
  made += 1;
  return `${kind}-${String(made).padStart(8, '0')}`;
}

export function handleKey(expiresAt: Instant = NOW + HOUR): Buffer {
  return Buffer.concat([expiryPrefix(expiresAt), systemRandom.bytes(11)]);
}

export function tokenKey(expiresAt: Instant | null = NOW + HOUR): Buffer {
  return Buffer.concat([expiryPrefix(expiresAt), systemRandom.bytes(21)]);
}

export function aClient(special: Partial<Client> = {}, metadata: Partial<Client['metadata']> = {}): Client {
  return {
    id: freshId('client'),
    metadata: {
      ...validateClientMetadata(
        { redirect_uris: ['https://app.example/cb'] },
        { subjectTypes: ['public'], defaultScope: ['openid'] },
      ),
      ...metadata,
    },
    secrets: [{ hash: '$hydrant-hmac-sha256$x', created: NOW, expires: null }],
    registrationToken: null,
    bornAt: NOW,
    createdAt: NOW,
    updatedAt: NOW,
    accessTokensRevokedAt: null,
    revision: 0,
    ...special,
  };
}

export function aRequest(special: Partial<FlowRequest> = {}): FlowRequest {
  return {
    clientId: 'app',
    requestedAt: NOW,
    requestUrl: 'http://127.0.0.1:4444/oauth2/auth?client_id=app',
    requestedScope: ['openid', 'offline'],
    requestedAudience: [],
    oidcContext: { acr_values: ['loa1'], display: 'page' },
    sessionId: freshId('session'),
    familyId: freshId('family'),
    remembered: null,
    ...special,
  };
}

export function aFlow(
  special: Partial<FlowRequest> = {},
  key: Buffer = handleKey(),
): Extract<Flow, { stage: 'login_asked' }> {
  return { stage: 'login_asked', key, request: aRequest(special) };
}

export function aLogin(special: Partial<LoginDecision> = {}): LoginDecision {
  return {
    subject: 'alice',
    remember: false,
    rememberFor: 0,
    acr: '0',
    amr: ['pwd'],
    context: { theme: 'dark' },
    forcedSubject: '',
    extendSession: false,
    identityProviderSession: '',
    authenticatedAt: NOW,
    ...special,
  };
}

export function aDecision(special: Partial<ConsentDecision> = {}): ConsentDecision {
  return {
    grantedScope: ['openid'],
    grantedAudience: [],
    session: { accessToken: { role: 'admin' }, idToken: { name: 'Älice' } },
    remember: false,
    rememberFor: 0,
    context: undefined,
    handledAt: NOW,
    ...special,
  };
}

export const rejection: Rejection = { error: 'access_denied', description: 'No.', hint: '', debug: '', status: 403 };

export function aConsent(special: Partial<Consent> = {}): Consent {
  return {
    skipped: false,
    remember: true,
    rememberFor: 0,
    until: null,
    handledAt: NOW,
    context: { terms: 3 },
    requestedScope: ['openid'],
    requestedAudience: [],
    requestUrl: 'http://127.0.0.1:4444/oauth2/auth',
    oidcContext: {},
    flowKey: handleKey(),
    ...special,
  };
}

export function aCode(special: Partial<AuthorizationCode> = {}): AuthorizationCode {
  return {
    key: tokenKey(),
    expiresAt: NOW + HOUR,
    redirectUri: 'https://app.example/cb',
    pkce: { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', method: 'S256' },
    hybrid: false,
    ...special,
  };
}

export function aFamily(special: Partial<TokenFamily> = {}): TokenFamily {
  return {
    id: freshId('family'),
    clientId: 'app',
    subject: 'alice',
    publicSubject: 'pairwise-alice',
    sessionId: freshId('session'),
    grantedScope: ['openid', 'offline'],
    grantedAudience: ['https://api.example'],
    claims: { accessToken: {}, idToken: { email: 'alice@example.org' } },
    acr: '0',
    amr: ['pwd'],
    nonce: 'n-0S6_WzA2Mj',
    authenticatedAt: NOW,
    requestedAt: NOW,
    code: aCode(),
    codeSpentAt: null,
    consent: aConsent(),
    endedAt: null,
    ...special,
  };
}

export function anOwnToken(
  special: { key?: Buffer; clientId?: string; issuedAt?: Instant; own?: OwnGrant } = {},
): AccessToken {
  return {
    kind: 'access_token',
    key: tokenKey(),
    clientId: 'app',
    issuedAt: NOW,
    familyId: null,
    own: { subject: 'app', grantedScope: ['read'], grantedAudience: [], ext: { tier: 'gold' } },
    ...special,
  };
}

export function anAccessToken(familyId: string, key: Buffer = tokenKey()): AccessToken {
  return { kind: 'access_token', key, clientId: 'app', issuedAt: NOW, familyId, own: null };
}

export function aRefreshToken(familyId: string, special: Partial<RefreshToken> = {}): RefreshToken {
  return {
    kind: 'refresh_token',
    key: tokenKey(),
    clientId: 'app',
    issuedAt: NOW,
    accessKey: null,
    spent: null,
    ...special,
    familyId,
  };
}

export function aKey(special: Partial<StoredKey> = {}): StoredKey {
  const kid = freshId('key');
  return {
    set: 'set',
    kid,
    generated: true,
    jwk: { kty: 'OKP', crv: 'Ed25519', kid, x: 'public', d: 'private' },
    createdAt: NOW,
    ...special,
  };
}

export function aTrust(special: Partial<TrustedIssuer> = {}): TrustedIssuer {
  return {
    id: freshId('trust'),
    issuer: 'https://issuer.example',
    subject: 'alice',
    allowAnySubject: false,
    scope: ['photos.read'],
    kid: freshId('key'),
    createdAt: NOW,
    expiresAt: NOW + HOUR,
    ...special,
  };
}

export function aSession(special: Partial<LoginSession> = {}): LoginSession {
  return {
    id: freshId('session'),
    subject: 'alice',
    authenticatedAt: NOW,
    expiresAt: NOW + HOUR,
    identityProviderSession: '',
    ...special,
  };
}

export function aLogout(special: Partial<LogoutRequest> = {}): LogoutRequest {
  return {
    key: handleKey(),
    stage: 'asked',
    subject: 'alice',
    sessionId: 'session',
    requestUrl: '/oauth2/sessions/logout',
    rpInitiated: true,
    clientId: 'app',
    target: 'https://app.example/bye',
    requestedAt: NOW,
    ...special,
  };
}

export function aDevice(special: Partial<DeviceRequest> = {}): DeviceRequest {
  return {
    key: tokenKey(),
    userCode: systemRandom.bytes(32),
    stage: 'waiting',
    clientId: 'app',
    requestedAt: NOW,
    requestedScope: ['openid', 'offline'],
    requestedAudience: ['https://api.example'],
    polling: { count: 0, lastAt: null, early: 0 },
    ...special,
  };
}

export function aDeviceVisit(special: Partial<DeviceVisit> = {}): DeviceVisit {
  return {
    key: handleKey(),
    requestUrl: 'http://127.0.0.1:4444/oauth2/device/verify?user_code=%2A%2A%2A%2A',
    deviceKey: null,
    wrongCodes: 0,
    ...special,
  };
}

export function aNotice(special: Partial<LogoutNotice> = {}): LogoutNotice {
  return {
    id: freshId('notice'),
    clientId: 'app',
    sessionId: 'session',
    attempts: 0,
    dueAt: NOW,
    createdAt: NOW,
    ...special,
  };
}

/** Stores a family as a finished flow does, the only way there is. */
export interface Finisher {
  readonly flows: {
    insert(flow: Flow): Promise<void>;
    finish(
      key: Buffer,
      grantOf: () => {
        family: TokenFamily;
        keepUntil: Instant | null;
        tokens: readonly (AccessToken | RefreshToken)[];
      },
    ): Promise<boolean>;
  };
}

export async function givenFamily(
  store: Finisher,
  special: Partial<TokenFamily> = {},
  tokens: (familyId: string) => readonly (AccessToken | RefreshToken)[] = () => [],
  keepUntil: Instant | null = NOW + 48 * HOUR,
): Promise<TokenFamily> {
  const family = aFamily(special);
  const key = await givenAccepted(store);
  await store.flows.finish(key, () => ({ family, keepUntil, tokens: tokens(family.id) }));
  return family;
}

/** A flow whose consent was accepted; returns its key. */
export async function givenAccepted(store: Finisher, special: Partial<FlowRequest> = {}): Promise<Buffer> {
  const asked = aFlow(special);
  await store.flows.insert({
    ...asked,
    stage: 'consent_accepted',
    login: aLogin(),
    consentSkip: false,
    consent: aDecision(),
  });
  return asked.key;
}
