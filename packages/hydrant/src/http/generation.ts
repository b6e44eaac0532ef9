/**
 * The two generations of the admin API on the wire. A handler is written once; what a generation says differently is a
 * member here, with one value for each in `generations/`.
 */
import type { ConsentPolicy } from '../interactions/consent.js';
import type { LoginPolicy } from '../interactions/login.js';
import type { ShownLogout } from '../interactions/logout.js';
import type { Client } from '../model/client.js';
import type { Flow, FlowAtConsent } from '../model/flow.js';
import type { TokenFamily } from '../model/token-family.js';
import type { OAuthError } from '../protocol/errors.js';
import type { Introspection } from '../tokens/introspect.js';
import type { Answer, Ask, ErrorStyle } from './endpoint.js';

/** What login and consent apps are shown beside the flow itself. */
export interface ShownFlow<F extends Flow = Flow> {
  readonly flow: F;
  readonly challenge: string;
  readonly client: Client;
}

export interface Generation {
  readonly name: 'first' | 'second';
  /** `Cache-Control` of every GET, where the generation has one. */
  readonly cacheControl: string | undefined;
  /** The body of a refusal. */
  errorBody(
    error: OAuthError,
    style: ErrorStyle,
    ask: Pick<Ask, 'headers'>,
    exposeDebug: boolean,
  ): Record<string, unknown>;
  /** The wire form of a client; the secret only right after it was made or set. */
  client(client: Client, secret?: string): Record<string, unknown>;
  loginRequest(shown: ShownFlow): Record<string, unknown>;
  consentRequest(shown: ShownFlow<FlowAtConsent> & { readonly loginChallenge: string }): Record<string, unknown>;
  consentSession(family: TokenFamily, client: Client, loginChallenge: string): Record<string, unknown>;
  logoutRequest(shown: ShownLogout, challenge: string): Record<string, unknown>;
  introspection(result: Introspection): Record<string, unknown>;
  readonly login: LoginPolicy;
  readonly consent: ConsentPolicy;
  /** Members of a decision's body that it does not have. */
  readonly unknownMembers: 'refused' | 'ignored';
  /** The refusal of a decision's body that names no subject or another one. */
  badSubject(error: OAuthError): OAuthError;
  readonly logout: {
    /** The refusal for a logout challenge that nobody knows; `undefined` where a rejection of one does not matter. */
    unknown(): OAuthError;
    unknownRejected(): OAuthError | undefined;
    /** How reading a completed request is answered. */
    completed(shown: ShownLogout): Answer;
  };
  /** What a revocation of consents may be asked for: the filter, or `undefined` where the parameters do not fit together. */
  readonly revocation: {
    readonly byFamily: boolean;
    readonly clientAndAll: 'client-wins' | 'refused';
    /** The refusal where nothing was revoked. */
    nothing(): OAuthError | undefined;
  };
  /** What becomes of a path with a slash at its end. */
  readonly trailingSlash: 'served' | 'redirected';
  /** Whether login sessions can be revoked by `sid`. */
  readonly revokeBySid: boolean;
}
