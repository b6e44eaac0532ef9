/** Where a redirect goes, in the words of the contract. */
import type { Answer } from '../../support/browser.js';
import type { Params } from '../../support/relying-party.js';

/** The addresses of the test server's pages, as `startHydrant` sets them. */
const PAGES: Readonly<Record<string, string>> = {
  'http://127.0.0.1:1/login': 'login app',
  'http://127.0.0.1:1/consent': 'consent app',
  'http://127.0.0.1:1/logout': 'logout app',
  'http://127.0.0.1:1/error': 'error page',
  'http://127.0.0.1:1/logged-out': 'logged-out page',
};

export interface Landing {
  readonly status: number;
  /** One of the server's pages by name, or the address without query and fragment. */
  readonly at: string;
  /** Where the parameters are; `both` where they are in both. */
  readonly place: 'query' | 'fragment' | 'both' | 'neither';
  readonly params: Params;
}

export function landing({ status, location }: Answer): Landing {
  if (!location) return { status, at: 'nowhere', place: 'neither', params: {} };
  const address = location.href.replace(/[?#].*$/, '');
  const query = Object.fromEntries(location.searchParams);
  const fragment = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const [inQuery, inFragment] = [Object.keys(query).length > 0, Object.keys(fragment).length > 0];
  const one = inQuery ? 'query' : 'neither';
  return {
    status,
    at: PAGES[address] ?? address,
    place: inFragment ? (inQuery ? 'both' : 'fragment') : one,
    params: { ...query, ...fragment },
  };
}
