import { splitUri, type UriParts } from './uri.js';
import { splitWords } from './words.js';

/** Reads `audience`, which may be repeated and whose values may be space-separated lists; repeated items are kept once. */
export function parseAudience(values: readonly string[]): string[] {
  return [...new Set(values.flatMap(splitWords))];
}

/** The first requested audience that the registered ones do not allow; `undefined` where all are allowed. */
export function coversAudience(registered: readonly string[], requested: readonly string[]): string | undefined {
  const allowed = registered.map(splitUri).filter((uri) => uri !== undefined);
  return requested.find((text) => {
    const wanted = splitUri(text);
    return !wanted || !allowed.some((uri) => isWithin(uri, wanted));
  });
}

/**
 * Same scheme and authority as written (`:443` and capitals count), and the same path or one below it at a `/`.
 * Hydra does not look at the part of `urn:…` behind the scheme, so that one URN stands for all; here it is the path.
 */
function isWithin(registered: UriParts, requested: UriParts): boolean {
  if (registered.scheme !== requested.scheme) return false;
  if (registered.host !== requested.host || registered.userinfo !== requested.userinfo) return false;
  const path = withoutSlashes(registered.path);
  return requested.path === registered.path || requested.path === path || requested.path.startsWith(`${path}/`);
}

/** A loop, because the regular expression for it takes quadratic time on a path of slashes. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}
