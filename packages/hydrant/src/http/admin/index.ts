/** The admin side, one file for each operation. To add one: a file here and a line in this list. */

import type {
  ConsentInteractions,
  DeviceInteractions,
  LoginInteractions,
  LogoutInteractions,
} from '../../interactions/index.js';
import type { LoginSessions } from '../../logout/end-session.js';
import type { Introspect } from '../../tokens/introspect.js';
import type { Endpoint } from '../endpoint.js';
import { acceptConsentRequest } from './accept-consent-request.js';
import { acceptLoginRequest } from './accept-login-request.js';
import { acceptUserCodeRequest } from './accept-user-code-request.js';
import type { ClientAdmin } from './client-admin.js';
import {
  deleteClientSecret,
  deleteRotatedClientSecrets,
  listClientSecrets,
  rotateClientSecret,
  type SecretAdmin,
} from './client-secrets.js';
import { createClient } from './create-client.js';
import { createKeySet } from './create-key-set.js';
import { deleteClient } from './delete-client.js';
import { deleteKey } from './delete-key.js';
import { deleteKeySet } from './delete-key-set.js';
import { deleteTokens } from './delete-tokens.js';
import type { FlushDeps } from './flush-tokens.js';
import { getClient } from './get-client.js';
import { getConsentRequest } from './get-consent-request.js';
import { getKey } from './get-key.js';
import { getKeySet } from './get-key-set.js';
import { getLoginRequest } from './get-login-request.js';
import { getMetrics, type MetricsDeps } from './get-metrics.js';
import { getVersion } from './get-version.js';
import { introspectToken } from './introspect-token.js';
import { isAlive } from './is-alive.js';
import { isReady, type Readiness } from './is-ready.js';
import type { KeyAdmin } from './key-admin.js';
import { listClients } from './list-clients.js';
import { type ConsentSessionsDeps, listConsentSessions } from './list-consent-sessions.js';
import { acceptLogoutRequest, getLogoutRequest, rejectLogoutRequest } from './logout-requests.js';
import { patchClient } from './patch-client.js';
import { rejectConsentRequest } from './reject-consent-request.js';
import { rejectLoginRequest } from './reject-login-request.js';
import { revokeConsentSessions } from './revoke-consent-sessions.js';
import { revokeLoginSessions } from './revoke-login-sessions.js';
import { setClient } from './set-client.js';
import { setClientLifespans } from './set-client-lifespans.js';
import { setKey } from './set-key.js';
import { setKeySet } from './set-key-set.js';
import {
  deleteTrustedIssuer,
  getTrustedIssuer,
  listTrustedIssuers,
  type TrustAdmin,
  trustIssuer,
} from './trusted-issuers.js';

/** Everything that the operations work with. */
export interface AdminDeps
  extends ClientAdmin,
    SecretAdmin,
    KeyAdmin,
    Readiness,
    ConsentSessionsDeps,
    FlushDeps,
    MetricsDeps,
    TrustAdmin {
  readonly version: string;
  readonly login: LoginInteractions;
  readonly consent: ConsentInteractions;
  readonly device: DeviceInteractions;
  readonly logoutRequests: LogoutInteractions;
  readonly loginSessions: LoginSessions;
  readonly introspect: Introspect;
}

export const adminEndpoints: readonly Endpoint<AdminDeps>[] = [
  getLoginRequest,
  acceptLoginRequest,
  rejectLoginRequest,
  getConsentRequest,
  acceptConsentRequest,
  rejectConsentRequest,
  acceptUserCodeRequest,
  getLogoutRequest,
  acceptLogoutRequest,
  rejectLogoutRequest,
  listConsentSessions,
  revokeConsentSessions,
  revokeLoginSessions,
  createClient,
  listClients,
  getClient,
  setClient,
  patchClient,
  setClientLifespans,
  deleteClient,
  rotateClientSecret,
  deleteRotatedClientSecrets,
  listClientSecrets,
  deleteClientSecret,
  createKeySet,
  getKeySet,
  setKeySet,
  deleteKeySet,
  getKey,
  setKey,
  deleteKey,
  trustIssuer,
  listTrustedIssuers,
  getTrustedIssuer,
  deleteTrustedIssuer,
  introspectToken,
  deleteTokens,
  isAlive,
  isReady,
  getVersion,
  getMetrics,
];
