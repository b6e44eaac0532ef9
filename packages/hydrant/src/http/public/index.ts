/** The public side, one file for each endpoint. To add one: a file here and a line in this list. */
import { isAlive } from '../admin/is-alive.js';
import { isReadyForAll } from '../admin/is-ready.js';
import type { Endpoint } from '../endpoint.js';
import { authorization, authorizationByPost } from './authorization.js';
import { credentials } from './credentials.js';
import type { PublicDeps } from './deps.js';
import { deviceAuthorization } from './device-authorization.js';
import { deviceVerification } from './device-verification.js';
import {
  oauthAuthorizationServer,
  oauthAuthorizationServerOfPath,
  openidConfiguration,
  openidConfigurationOfPath,
} from './discovery.js';
import { fallbackConsent, fallbackConsentByPost } from './fallback-consent.js';
import { fallbackDevice, fallbackDeviceByPost, fallbackDeviceDone } from './fallback-device.js';
import { fallbackLogin, fallbackLoginByPost } from './fallback-login.js';
import { fallbackLogout, fallbackLogoutByPost, fallbackLogoutCallback } from './fallback-logout.js';
import { fallbackError } from './fallback-pages.js';
import { jwks } from './jwks.js';
import { logout, logoutByPost } from './logout.js';
import { registerClient } from './register-client.js';
import { deleteRegistration, readRegistration, replaceRegistration } from './registration.js';
import { revocation } from './revocation.js';
import { token } from './token.js';
import { userinfo, userinfoByPost } from './userinfo.js';

export type { PublicDeps } from './deps.js';

export const publicEndpoints: readonly Endpoint<PublicDeps>[] = [
  authorization,
  authorizationByPost,
  deviceAuthorization,
  deviceVerification,
  token,
  revocation,
  userinfo,
  userinfoByPost,
  credentials,
  registerClient,
  readRegistration,
  replaceRegistration,
  deleteRegistration,
  openidConfiguration,
  oauthAuthorizationServer,
  openidConfigurationOfPath,
  oauthAuthorizationServerOfPath,
  jwks,
  logout,
  logoutByPost,
  fallbackLogin,
  fallbackLoginByPost,
  fallbackConsent,
  fallbackConsentByPost,
  fallbackDevice,
  fallbackDeviceByPost,
  fallbackDeviceDone,
  fallbackLogout,
  fallbackLogoutByPost,
  fallbackLogoutCallback,
  fallbackError,
  { ...isAlive, path: '/health/alive' },
  isReadyForAll,
];
