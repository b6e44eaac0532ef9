/**
 * An authorization request on its way: what is known grows from step to step, and the type with it. Before the redirect
 * URI is trusted a refusal shows the error page; after that it goes to the client.
 */
import type { Client } from '../model/client.js';
import type { ResponseMode } from '../protocol/response-mode.js';

/** A visit of the authorization endpoint as the browser made it. */
export interface Visit {
  readonly params: URLSearchParams;
  /** The value of the session cookie. */
  readonly session: string | undefined;
  /** What the browser's CSRF cookies for this flow hold, and what that cookie is called. */
  readonly csrf: (kind: CsrfKind, flow: string) => { readonly name: string; readonly values: readonly string[] };
}

export type CsrfKind = 'login_csrf' | 'consent_csrf' | 'device_csrf';

/** What login and consent know of a request, whichever endpoint it came to and whoever gets the answer. */
export interface AskedRequest {
  readonly client: Client;
  readonly params: URLSearchParams;
  /** Who gets what is granted: the client, by way of this browser, or a device elsewhere (RFC 8628). */
  readonly recipient: 'browser' | 'device';
  /**
   * Whether more than its word says that this is the client: its secret, or a redirect URI that somebody must own. Only
   * then is nobody asked again for what they granted before (RFC 6749 §10.2).
   */
  readonly recognisable: boolean;
}

/** What is asked for at the first visit. */
export interface NewRequest extends AskedRequest {
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  /** The key of the device's request, where the recipient is one. */
  readonly device?: Buffer;
}

/** The client is known and its redirect URI trusted: from here on refusals are redirects. */
export interface TrustedRequest extends NewRequest {
  readonly redirectUri: string;
  /** As it was sent; `null` where it was left out. */
  readonly givenRedirectUri: string | null;
  readonly responseTypes: readonly string[];
  /** Only where the client asked for one. */
  readonly responseMode: ResponseMode | undefined;
  readonly state: string;
  readonly nonce: string;
}

/** A parameter, or `undefined` where it is missing or empty. */
export function param(request: { readonly params: URLSearchParams }, name: string): string | undefined {
  return request.params.get(name) || undefined;
}

/** At the login, consent or device app. */
export interface ToApp {
  readonly kind: 'app';
  readonly url: string;
  readonly csrf: {
    readonly kind: CsrfKind;
    readonly flow: string;
    readonly value: string;
    readonly maxAge: number;
  };
  readonly session: SessionChange | undefined;
}

/** Where a visit ends. */
export type Outcome =
  | ToApp
  /** At the client, with a grant or a refusal. */
  | {
      readonly kind: 'client';
      readonly redirectUri: string;
      readonly mode: ResponseMode;
      readonly params: Readonly<Record<string, string>>;
      readonly session?: SessionChange | undefined;
      /** The flow whose CSRF cookies have done their work. */
      readonly finished?: string;
    }
  /** At the error page. */
  | { readonly kind: 'error-page'; readonly error: unknown };

/** What becomes of the session cookie; without `value` it goes. `maxAge` in seconds. */
export interface SessionChange {
  readonly value?: string;
  readonly maxAge?: number;
}
