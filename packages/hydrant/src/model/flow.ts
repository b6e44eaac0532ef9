import type { Rejection } from '../protocol/errors.js';
import type { Instant, Seconds } from '../protocol/time.js';

/** What a client asked of the person's login, for the login app to see; a member is absent where nothing was asked. */
export interface OidcContext {
  readonly acr_values?: readonly string[];
  readonly ui_locales?: readonly string[];
  readonly display?: string;
  readonly login_hint?: string;
  readonly id_token_hint_claims?: Readonly<Record<string, unknown>>;
}

/** A session's claims as the consent app gave them. */
export interface SessionClaims {
  readonly accessToken: Readonly<Record<string, unknown>>;
  readonly idToken: Readonly<Record<string, unknown>>;
}

/** The login app's word: who the person is. */
export interface LoginDecision {
  readonly subject: string;
  readonly remember: boolean;
  readonly rememberFor: Seconds;
  readonly acr: string;
  readonly amr: readonly string[];
  /** Any JSON, handed to the consent app; `undefined` where the login app gave none. */
  readonly context: unknown;
  /** Replaces the pairwise identifier of this person at this client. */
  readonly forcedSubject: string;
  readonly extendSession: boolean;
  readonly identityProviderSession: string;
  /** When the person really logged in: now, or the time of the remembered session. */
  readonly authenticatedAt: Instant;
}

/** The consent app's word: what the client gets. */
export interface ConsentDecision {
  readonly grantedScope: readonly string[];
  readonly grantedAudience: readonly string[];
  readonly session: SessionClaims;
  readonly remember: boolean;
  /** 0 for ever. Counted from the start of the flow. */
  readonly rememberFor: Seconds;
  readonly context: unknown;
  readonly handledAt: Instant;
}

/** What is known from the first visit on. */
export interface FlowRequest {
  readonly clientId: string;
  readonly requestedAt: Instant;
  /** The URL of the first visit on the public side, where the verifiers are appended. */
  readonly requestUrl: string;
  readonly requestedScope: readonly string[];
  readonly requestedAudience: readonly string[];
  /** `null` where a device asks: it has no way to (RFC 8628 §3.1). */
  readonly oidcContext: OidcContext | null;
  /** The `sid`: of the remembered session where login is skipped, else a fresh one. */
  readonly sessionId: string;
  /** The id of the token family that this flow will begin; the wire calls it `consent_request_id`. */
  readonly familyId: string;
  /** The remembered login, where there is one that may be used: the login app is asked to confirm, not to ask. */
  readonly remembered: { readonly subject: string; readonly authenticatedAt: Instant } | null;
  /** The device that gets what is granted, in place of the browser: the key of its request, in base64url. */
  readonly device?: string;
}

interface Begun {
  /** 16 bytes: expiry and randomness, see `crypto/handle.ts`. */
  readonly key: Buffer;
  readonly request: FlowRequest;
}

interface LoggedIn extends Begun {
  readonly login: LoginDecision;
  /** A remembered consent covers the request: the consent app is asked to confirm, not to ask. */
  readonly consentSkip: boolean;
}

/**
 * An authorization on its way through login and consent: one row from the first visit to the grant.
 *
 * ```
 * login_asked ─► login_accepted ─► consent_asked ─► consent_accepted ─► finished
 *            └─► login_rejected               └─► consent_rejected
 * ```
 * The login or consent app may change its word until the browser has followed the verifier (and the second generation's
 * admin side lets it decide on the login anew until the flow is finished). Only one visit ever moves a flow forward.
 */
export type Flow =
  | (Begun & { readonly stage: 'login_asked' })
  | (Begun & { readonly stage: 'login_accepted'; readonly login: LoginDecision })
  | (Begun & { readonly stage: 'login_rejected'; readonly rejection: Rejection })
  | (LoggedIn & { readonly stage: 'consent_asked' })
  | (LoggedIn & { readonly stage: 'consent_accepted'; readonly consent: ConsentDecision })
  | (LoggedIn & { readonly stage: 'consent_rejected'; readonly rejection: Rejection })
  | (LoggedIn & { readonly stage: 'finished'; readonly consent: ConsentDecision });

export type FlowStage = Flow['stage'];

/** A flow that has reached the consent app. */
export type FlowAtConsent = Extract<Flow, LoggedIn>;

/** Stages in which the login app's word may be given or changed, before the browser came back with it. */
export const LOGIN_OPEN: readonly FlowStage[] = ['login_asked', 'login_accepted', 'login_rejected'];

/** Stages in which the consent app's word may be given or changed, before the browser came back with it. */
export const CONSENT_OPEN: readonly FlowStage[] = ['consent_asked', 'consent_accepted', 'consent_rejected'];

/** A step of a flow: what is written, and in which stages it is still possible. */
export type FlowStep =
  | { readonly to: 'login_accepted'; readonly login: LoginDecision }
  | { readonly to: 'login_rejected'; readonly rejection: Rejection }
  | { readonly to: 'consent_asked'; readonly consentSkip: boolean }
  | { readonly to: 'consent_accepted'; readonly consent: ConsentDecision }
  | { readonly to: 'consent_rejected'; readonly rejection: Rejection };

/** Whether a flow is one that the consent app may see. */
export function isAtConsent(flow: Flow): flow is FlowAtConsent {
  return 'consentSkip' in flow;
}

/** The login as it counts: a remembered one keeps its time and stays remembered, whatever the login app says. */
export function effectiveLogin(flow: Flow, login: LoginDecision): LoginDecision {
  const { remembered } = flow.request;
  return remembered ? { ...login, remember: true, authenticatedAt: remembered.authenticatedAt } : login;
}
