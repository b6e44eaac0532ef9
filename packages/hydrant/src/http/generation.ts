/**
 * The two generations of the admin API on the wire. A handler is written once; what a generation says differently is a
 * member here, with one value for each in `generations/`.
 */
import type { Client } from '../model/client.js';
import type { FlowAtConsent, Flow } from '../model/flow.js';
import type { LogoutRequest } from '../model/logout.js';
import type { TokenFamily } from '../model/token-family.js';
import type { OAuthError } from '../protocol/errors.js';
import type { Introspection } from '../tokens/introspect.js';
import type { Ask, ErrorStyle } from './endpoint.js';

/** What login and consent apps are shown beside the flow itself. */
export interface ShownFlow<F extends Flow> {
  readonly flow: F;
  readonly challenge: string;
  readonly client: Client;
}

export interface Generation {
  readonly name: 'first' | 'second';
  /** `Cache-Control` of every GET, where the generation has one. */
  readonly cacheControl: string | undefined;
  /** The body of a refusal. */
  errorBody(error: OAuthError, style: ErrorStyle, ask: Pick<Ask, 'headers'>, exposeDebug: boolean): Record<string, unknown>;
  /** The wire form of a client; the secret only right after it was made or set. */
  client(client: Client, secret?: string): Record<string, unknown>;
  loginRequest(shown: ShownFlow<Flow>): Record<string, unknown>;
  consentRequest(shown: ShownFlow<FlowAtConsent> & { readonly loginChallenge: string }): Record<string, unknown>;
  logoutRequest(request: LogoutRequest, challenge: string, client: Client | undefined, expiresAt: number): Record<string, unknown>;
  consentSession(family: TokenFamily, client: Client, loginChallenge: string): Record<string, unknown>;
  introspection(result: Introspection): Record<string, unknown>;
  /** Whether a decision on a login may be given anew after the first one. */
  readonly loginDecisions: 'once' | 'again';
  /** Whether a challenge can still be read after the browser came back with its verifier. */
  readonly usedChallenges: 'readable' | 'conflict';
  /** Whether members that the body of a decision does not have are refused. */
  readonly unknownMembers: 'refused' | 'ignored';
  /** A login app that names another subject than the remembered one: sent back for a new login, or refused. */
  readonly otherSubject: 'login-again' | 'refused';
  /** Whether the rejection of an unknown logout challenge, or a revocation that finds nothing, is an error. */
  readonly unknownLogoutRejection: 'error' | 'ignored';
  readonly nothingRevoked: 'error' | 'ignored';
  /** The refusal for a logout challenge that nobody knows, and how a completed one answers. */
  readonly unknownLogout: 'Not Found' | 'Unable to locate the resource';
  readonly completedLogout: 'gone' | 'conflict';
}
