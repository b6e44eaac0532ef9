/**
 * The built-in login, consent, device and logout app: what `hydrant serve --dev` shows where no app of one's own is configured. It
 * does what any such app does, through the same interactions, and only in development mode.
 */

import { equalConstantTime } from '../../crypto/constant-time.js';
import { type HandlePurpose, handleExpiry, mintHandle, readHandle } from '../../crypto/handle.js';
import type { SecretRing } from '../../crypto/secret-ring.js';
import type {
  ConsentInteractions,
  DeviceInteractions,
  LoginInteractions,
  LogoutInteractions,
} from '../../interactions/index.js';
import type { FlowAtConsent } from '../../model/flow.js';
import { OAuthError, type Rejection } from '../../protocol/errors.js';
import type { Clock } from '../../protocol/time.js';
import { second } from '../generations/second.js';

export interface BuiltInAppParts {
  readonly login: LoginInteractions;
  readonly consent: ConsentInteractions;
  readonly device: DeviceInteractions;
  readonly logout: LogoutInteractions;
  readonly ring: SecretRing;
  readonly clock: Clock;
  /** Which of the pages stand in for an app; the others say which setting to make. */
  readonly pages: ReadonlySet<'login' | 'consent' | 'logout' | 'device' | 'device/done'>;
}

export interface BuiltInApp extends BuiltInAppParts {
  /** The token that a form of this challenge carries: only our own page can have shown it. */
  formToken(purpose: HandlePurpose, challenge: string): string;
  /** @throws OAuthError `request_forbidden` for a form that our page did not make. */
  requireFormToken(purpose: HandlePurpose, challenge: string, token: string): void;
  acceptLogin(challenge: string, subject: string, remember: boolean): Promise<string>;
  rejectLogin(challenge: string): Promise<string>;
  acceptConsent(challenge: string, flow: FlowAtConsent, scope: readonly string[], remember: boolean): Promise<string>;
  rejectConsent(challenge: string): Promise<string>;
}

const DENIED: Rejection = {
  error: 'access_denied',
  description: 'The resource owner denied the request.',
  hint: '',
  debug: '',
  status: 403,
};

export function createBuiltInApp(parts: BuiltInAppParts): BuiltInApp {
  const { login, consent, ring, clock } = parts;

  function formToken(purpose: HandlePurpose, challenge: string): string {
    const key = readHandle(purpose, challenge, ring);
    if (!key || handleExpiry(key) <= clock.now())
      throw new OAuthError(
        'request_unauthorized',
        'This page is out of date, please begin anew in the application you came from.',
      );
    return mintHandle('page', key, ring);
  }

  return {
    ...parts,
    formToken,
    requireFormToken(purpose, challenge, token) {
      if (!equalConstantTime(formToken(purpose, challenge), token))
        throw new OAuthError(
          'request_forbidden',
          'The form is not from this page. Go back, reload the page and send it again.',
        );
    },
    acceptLogin: (challenge, subject, remember) =>
      login.accept(
        challenge,
        {
          subject,
          remember,
          rememberFor: 0,
          acr: '',
          amr: ['pwd'],
          context: undefined,
          forcedSubject: '',
          extendSession: false,
          identityProviderSession: '',
        },
        second.login,
      ),
    rejectLogin: (challenge) => login.reject(challenge, DENIED, second.login),
    acceptConsent: (challenge, flow, scope, remember) =>
      consent.accept(challenge, {
        grantedScope: scope,
        grantedAudience: flow.request.requestedAudience,
        session: { accessToken: {}, idToken: scope.includes('email') ? { email: flow.login.subject } : {} },
        remember,
        rememberFor: 0,
        context: undefined,
      }),
    rejectConsent: (challenge) => consent.reject(challenge, DENIED),
  };
}
