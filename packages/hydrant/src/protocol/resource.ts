/** Resource indicators (RFC 8707): the standard's name for what Hydra calls audience. */
import { coversAudience } from './audience.js';
import { OAuthError } from './errors.js';
import { splitUri } from './uri.js';

/**
 * Reads `resource`, which may be repeated; empty values count as left out (RFC 6749 §3.1), repeated ones once. Unlike
 * `audience` a value is one URI, never a list. Throws `invalid_target` for what is no absolute URI without fragment (§2).
 */
export function parseResource(values: readonly string[]): string[] {
  const wanted = [...new Set(values.filter((value) => value !== ''))];
  if (!wanted.every(isResource))
    throw new OAuthError(
      'invalid_target',
      'Each resource must be an absolute URI without fragment, such as https://api.example.com/.',
    );
  return wanted;
}

/** What stands in `allowed`, or lies below it, is a target; `who` begins the sentence otherwise. Throws `invalid_target`. */
export function requireTargets(allowed: readonly string[], wanted: readonly string[], who: string): void {
  const foreign = coversAudience(allowed, wanted);
  if (foreign !== undefined) throw new OAuthError('invalid_target', `${who} the resource '${foreign}'.`);
}

/** White space would make two audiences of one where they are written as a list. */
function isResource(text: string): boolean {
  const uri = splitUri(text);
  return uri !== undefined && uri.scheme !== '' && uri.fragment === undefined && !/\s/.test(text);
}
