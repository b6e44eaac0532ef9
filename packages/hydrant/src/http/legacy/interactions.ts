import { acceptConsentRequest } from '../admin/accept-consent-request.js';
import { acceptLoginRequest } from '../admin/accept-login-request.js';
import { getConsentRequest } from '../admin/get-consent-request.js';
import { getLoginRequest } from '../admin/get-login-request.js';
import type { AdminDeps } from '../admin/index.js';
import { listConsentSessions } from '../admin/list-consent-sessions.js';
import { acceptLogoutRequest, getLogoutRequest, rejectLogoutRequest } from '../admin/logout-requests.js';
import { rejectConsentRequest } from '../admin/reject-consent-request.js';
import { rejectLoginRequest } from '../admin/reject-login-request.js';
import { revokeConsentSessions } from '../admin/revoke-consent-sessions.js';
import { revokeLoginSessions } from '../admin/revoke-login-sessions.js';
import type { LegacyPath } from '../endpoint.js';

const REQUESTS = '/oauth2/auth/requests';
const SESSIONS = '/oauth2/auth/sessions';

/** Login, consent, logout and sessions without prefix. */
export const legacyInteractions: readonly LegacyPath<AdminDeps>[] = [
  { operation: 'getLoginRequest', path: `${REQUESTS}/login`, endpoint: getLoginRequest },
  { operation: 'acceptLoginRequest', path: `${REQUESTS}/login/accept`, endpoint: acceptLoginRequest },
  { operation: 'rejectLoginRequest', path: `${REQUESTS}/login/reject`, endpoint: rejectLoginRequest },
  { operation: 'getConsentRequest', path: `${REQUESTS}/consent`, endpoint: getConsentRequest },
  { operation: 'acceptConsentRequest', path: `${REQUESTS}/consent/accept`, endpoint: acceptConsentRequest },
  { operation: 'rejectConsentRequest', path: `${REQUESTS}/consent/reject`, endpoint: rejectConsentRequest },
  { operation: 'getLogoutRequest', path: `${REQUESTS}/logout`, endpoint: getLogoutRequest },
  { operation: 'acceptLogoutRequest', path: `${REQUESTS}/logout/accept`, endpoint: acceptLogoutRequest },
  { operation: 'rejectLogoutRequest', path: `${REQUESTS}/logout/reject`, endpoint: rejectLogoutRequest },
  { operation: 'listSubjectConsentSessions', path: `${SESSIONS}/consent`, endpoint: listConsentSessions },
  { operation: 'revokeConsentSessions', path: `${SESSIONS}/consent`, endpoint: revokeConsentSessions },
  { operation: 'revokeAuthenticationSession', path: `${SESSIONS}/login`, endpoint: revokeLoginSessions },
];
