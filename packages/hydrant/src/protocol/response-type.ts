import { splitWords } from './words.js';

/** The items of `response_type`, a set whose order does not matter (OAuth 2.0 Multiple Response Types §3). */
export function parseResponseType(text: string | undefined): string[] {
  return [...new Set(splitWords(text))];
}

/** Whether the requested set equals one of the registered; a client without any has `code` (RFC 7591 §2). */
export function matchResponseType(registered: readonly string[], requested: readonly string[]): boolean {
  const wanted = new Set(requested);
  if (wanted.size === 0) return false;
  const allowed = registered.length === 0 ? ['code'] : registered;
  return allowed.some((text) => {
    const types = parseResponseType(text);
    return types.length === wanted.size && types.every((type) => wanted.has(type));
  });
}

/** Which flow a set of response types asks for (OpenID Connect Core §3). */
export type ResponseKind = 'code' | 'implicit' | 'hybrid';

const KNOWN: ReadonlySet<string> = new Set(['code', 'token', 'id_token']);

/** The flow; `undefined` for an empty set and for one with a type that nobody here can answer, registered or not. */
export function responseKind(types: readonly string[]): ResponseKind | undefined {
  if (types.length === 0 || !types.every((type) => KNOWN.has(type))) return undefined;
  if (!types.includes('code')) return 'implicit';
  return answersAtOnce(types) ? 'hybrid' : 'code';
}

/** Tokens from the authorization endpoint, without a code. */
export function isImplicit(types: readonly string[]): boolean {
  return responseKind(types) === 'implicit';
}

/** A code and tokens together. */
export function isHybrid(types: readonly string[]): boolean {
  return responseKind(types) === 'hybrid';
}

/** Where the answer goes without `response_mode`: a token never into a query (Multiple Response Types §5). */
export function defaultResponseMode(types: readonly string[]): 'query' | 'fragment' {
  return answersAtOnce(types) ? 'fragment' : 'query';
}

function answersAtOnce(types: readonly string[]): boolean {
  return types.includes('token') || types.includes('id_token');
}
