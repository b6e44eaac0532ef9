/**
 * What an endpoint is: a declaration and a short handler. The router, the metrics and the error form read the same value.
 *
 * To add one: a file in `public/` or `admin/`, and a line in the list of that folder. An admin operation of the second
 * generation that the first one has too gets a line in `legacy/`: the same handler, another path, another `Generation`.
 */
import type { ErrorCode, OAuthError } from '../protocol/errors.js';
import type { Generation } from './generation.js';

/** A request as handlers see it. Nothing in it is validated yet. */
export interface Ask {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The query as it came, without the question mark. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly generation: Generation;
}

/** A response as handlers give it: JSON, a page, a redirect, or nothing but a status. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly page?: { readonly html: string; readonly csp: string };
  readonly text?: { readonly type: string; readonly body: string };
  readonly location?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `Set-Cookie` lines, see `cookies.ts`. */
  readonly cookies?: readonly string[];
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** How refusals look: RFC 6749 §5.2, the service form of Hydra, or (the authorization endpoint) the handler's own. */
export type ErrorStyle = 'oauth' | 'service';

export interface Endpoint<Deps> {
  /** The operation id of the published API description. */
  readonly operation: string;
  readonly method: Method;
  /** With `:name` for a variable part. */
  readonly path: string;
  readonly errors: ErrorStyle;
  /** The code that tells of a body which cannot be decoded; the first generation has one for all. */
  readonly badBody?: ErrorCode;
  /** How it says no where a person looks at it, who is not to be shown JSON. */
  readonly refused?: (refusal: OAuthError, deps: Deps) => Answer | Promise<Answer>;
  /** Browsers may call it from another origin, where the settings allow (Fetch standard, CORS). */
  readonly cors?: boolean;
  readonly handle: (ask: Ask, deps: Deps) => Promise<Answer> | Answer;
}

export function defineEndpoint<Deps>(endpoint: Endpoint<Deps>): Endpoint<Deps> {
  return endpoint;
}

/** An older path of an endpoint. */
export interface LegacyPath<Deps> {
  readonly operation: string;
  readonly path: string;
  readonly endpoint: Endpoint<Deps>;
}

/** 200 with JSON, or another status. */
export function json(body: unknown, status = 200, headers?: Record<string, string>): Answer {
  return headers ? { status, json: body, headers } : { status, json: body };
}

/** 204. */
export function noContent(): Answer {
  return { status: 204 };
}

/** A redirect; 302 towards the apps around Hydrant, 303 towards clients (see the authorization endpoint). */
export function redirect(location: string, status = 302, cookies: readonly string[] = []): Answer {
  return { status, location, cookies };
}
