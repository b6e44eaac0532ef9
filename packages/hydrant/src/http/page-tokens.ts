/** The tokens by which the second generation pages through lists: sealed, so that nobody builds upon what is in them. */
import { seal, unseal } from '../crypto/sealing.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import { OAuthError } from '../protocol/errors.js';
import { isObject } from '../protocol/json.js';
import type { Clock, Milliseconds } from '../protocol/time.js';

export interface PageTokens {
  /** A token for the page after this key of a list; `''` for the first page. */
  make(list: string, after: string): string;
  /** The key to go on after. @throws OAuthError 400 for a token that is expired, foreign, or made for another list */
  read(list: string, token: string): string;
}

/** Hydra: how long a page can be turned. */
const LIFETIME: Milliseconds = 3_600_000;

export function createPageTokens(ring: SecretRing, clock: Clock): PageTokens {
  return {
    make: (list, after) =>
      seal(ring, JSON.stringify({ list, after, until: clock.now() + LIFETIME })).replaceAll('=', ''),
    read(list, token) {
      const page = parse(unseal(ring, token));
      if (page?.list !== list || typeof page.after !== 'string' || !(Number(page.until) > clock.now())) {
        throw new OAuthError(
          'The request was malformed or contained invalid parameters',
          'The page_token is not one of this list, or it is older than an hour. Begin with the first page again.',
        );
      }
      return page.after;
    },
  };
}

function parse(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
