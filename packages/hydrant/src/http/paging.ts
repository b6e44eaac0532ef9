/** How lists are paged: by offset on un-prefixed paths, by token under `/admin`. A handler asks for one row more than it shows. */
import { OAuthError } from '../protocol/errors.js';
import type { Ask } from './endpoint.js';
import type { PageTokens } from './page-tokens.js';

/** What is asked for. Either `offset` or `after` says where to begin; neither where it is the beginning. */
export interface Page {
  readonly limit: number;
  readonly offset?: number;
  readonly after?: string;
}

/** What was found. */
export interface Found {
  /** Counted only where the generation tells it. */
  total(): Promise<number>;
  /** The key of the last row that is shown, where another one follows. */
  readonly lastKey: string | undefined;
}

export interface Paging {
  /** @throws OAuthError 400 for a page that cannot be meant */
  read(ask: Ask, list: string, tokens: PageTokens): Page;
  headers(ask: Ask, list: string, page: Page, found: Found, tokens: PageTokens): Promise<Record<string, string>>;
}

const DEFAULT = 100;
const MOST = 500;

/** `limit` and `offset`, `X-Total-Count` and four links. Nothing that is sent there is an error. */
const OFFSETS: Paging = {
  read(ask) {
    const limit = Math.min(Math.max(integer(ask.query.get('limit')) ?? DEFAULT, 0), MOST);
    return { limit, offset: Math.max(integer(ask.query.get('offset')) ?? 0, 0) };
  },
  async headers(ask, _list, page, found) {
    const total = await found.total();
    const links = offsetLinks(page.limit || 1, page.offset ?? 0, total)
      // Hydra: some of these would lead before the beginning of the list.
      .filter(({ offset }) => offset >= 0)
      .map(({ rel, limit, offset }) => link(ask, rel, { limit: String(limit), offset: String(offset) }));
    return { 'x-total-count': String(total), link: links.join(',') };
  },
};

/** `page_size` and `page_token`; links to the first page and, where there is one, the next. */
const TOKENS: Paging = {
  read(ask, list, tokens) {
    const text = ask.query.get('page_size');
    const size = text ? integer(text) : DEFAULT;
    if (size === undefined) {
      throw new OAuthError(
        'The request was malformed or contained invalid parameters',
        'The page_size must be an integer.',
      );
    }
    const limit = size <= 0 ? DEFAULT : Math.min(size, MOST);
    const token = ask.query.get('page_token');
    const after = token ? tokens.read(list, token) : '';
    return after === '' ? { limit } : { limit, after };
  },
  async headers(ask, list, page, found, tokens) {
    const to = (rel: string, after: string): string =>
      link(ask, rel, { page_size: String(page.limit), page_token: tokens.make(list, after) });
    const links = [to('first', '')];
    if (found.lastKey !== undefined) links.push(to('next', found.lastKey));
    return { link: links.join(',') };
  },
};

/** By the name of the generation. */
export const PAGING: Readonly<Record<'first' | 'second', Paging>> = { first: OFFSETS, second: TOKENS };

interface OffsetLink {
  readonly rel: string;
  readonly limit: number;
  readonly offset: number;
}

/** Hydra: which links there are, and where they lead, by where the page lies. */
function offsetLinks(limit: number, offset: number, total: number): readonly OffsetLink[] {
  const at = (rel: string, to: number): OffsetLink => ({ rel, limit, offset: to });
  const page = Math.floor(offset / limit);
  const first = at('first', 0);
  const next = at('next', (page + 1) * limit);
  const prev = at('prev', (page - 1) * limit);
  const last = total % limit === 0 ? total - limit : Math.floor(total / limit) * limit;
  if (offset >= last) {
    if (total === 0) return [first, next, prev];
    if (total < limit) return [{ rel: 'first', limit: total, offset: 0 }];
    return [first, at('prev', last - limit)];
  }
  return offset < limit ? [next, at('last', last)] : [first, next, prev, at('last', last)];
}

/** Relative, everything that was asked for kept, its names sorted. */
function link(ask: Ask, rel: string, changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(ask.rawQuery);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  query.sort();
  return `<${pathOf(ask)}?${query}>; rel="${rel}"`;
}

/** The path that was asked for, without a slash at its end. */
export function pathOf(ask: Pick<Ask, 'url'>): string {
  return (ask.url.split('?', 1)[0] ?? '').replace(/(.)\/$/, '$1');
}

/** `undefined` for what is none, or larger than any list. */
function integer(text: string | null): number | undefined {
  const value = text !== null && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}
