import { OAuthError, Unavailable } from '../protocol/errors.js';
import { BadBody } from './body.js';
import type { Answer, Ask, Endpoint } from './endpoint.js';

/** What a thrown thing says: a refusal stays what it is, a bad body becomes the endpoint's, a database that does not answer is 503, anything else is our bug. */
export function refusalOf(
  error: unknown,
  endpoint: Pick<Endpoint<never>, 'badBody'>,
  ask: Pick<Ask, 'generation'>,
): OAuthError | undefined {
  if (error instanceof OAuthError) return error;
  if (error instanceof Unavailable) return new OAuthError('temporarily_unavailable', undefined, { cause: error });
  if (!(error instanceof BadBody)) return undefined;
  const hint = `The body cannot be used: ${error.message}.`;
  // Hydra: the first generation knows no better word for a bad body than `error`.
  if (ask.generation.name === 'first') return new OAuthError('error', undefined, { status: 400, debug: error.message });
  return new OAuthError(endpoint.badBody ?? 'invalid_request', hint, { status: 400 });
}

/** The response that a refusal becomes. */
export function errorAnswer(
  refusal: OAuthError,
  endpoint: Pick<Endpoint<never>, 'errors'>,
  ask: Ask,
  exposeDebug: boolean,
): Answer {
  const body = JSON.stringify(ask.generation.errorBody(refusal, endpoint.errors, ask, exposeDebug));
  const headers: Record<string, string> = {};
  // RFC 6749 §5.1, RFC 7662 §4: nothing that speaks of tokens is to be cached, refusals included.
  if (endpoint.errors === 'oauth') Object.assign(headers, NO_STORE);
  const pause = RETRY_AFTER.get(refusal.status);
  if (pause !== undefined) headers['retry-after'] = pause;
  const type = endpoint.errors === 'oauth' ? 'application/json;charset=UTF-8' : 'application/json';
  return { status: refusal.status, text: { type, body: `${body}\n` }, headers };
}

/** Seconds until it may be better (RFC 9110 §10.2.3): load goes by, limits are for a minute. */
const RETRY_AFTER: ReadonlyMap<number, string> = new Map([
  [429, '60'],
  [503, '1'],
]);

/** RFC 6749 §5.1. */
export const NO_STORE: Readonly<Record<string, string>> = { 'cache-control': 'no-store', pragma: 'no-cache' };
