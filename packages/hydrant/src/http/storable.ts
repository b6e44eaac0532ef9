/** Requests that hold a text which no database can: refused before anybody looks further, on every engine alike. */
import { OAuthError } from '../protocol/errors.js';
import { isStorable } from '../protocol/storable.js';
import type { Ask } from './endpoint.js';

/** What an unstorable text has. */
export const UNSTORABLE = 'U+0000 or half of a surrogate pair, which cannot be stored';

/** Looks at path and query; bodies are looked at by who reads them. @throws OAuthError `invalid_request` */
export function requireStorable({ params, query, rawQuery }: Pick<Ask, 'params' | 'query' | 'rawQuery'>): void {
  requireStorablePairs('path parameter', Object.entries(params));
  // Decoding has made good all else that may be wrong with a query.
  if (rawQuery.includes('%00')) requireStorablePairs('query parameter', query);
}

/** @throws OAuthError `invalid_request` that names the first one that cannot be stored */
export function requireStorablePairs(what: string, pairs: Iterable<readonly [name: string, value: string]>): void {
  for (const [name, value] of pairs) {
    if (isStorable(name) && isStorable(value)) continue;
    throw new OAuthError('invalid_request', `The ${what}${shownName(name)} has ${UNSTORABLE}.`);
  }
}

/** A name in quotes, unless it is one that nobody meant: then it is not repeated. */
export function shownName(name: string): string {
  return /^[\w.:-]{1,100}$/.test(name) ? ` '${name}'` : '';
}
