import { describe, expect, test } from 'vitest';
import { createSecretRing } from '../crypto/secret-ring.js';
import type { Ask } from './endpoint.js';
import { createPageTokens } from './page-tokens.js';
import { PAGING } from './paging.js';

let now = 1_000_000;
const ring = createSecretRing(['a-system-secret-of-tests-0001']);
const tokens = createPageTokens(ring, { now: () => now });

function asked(query: string): Ask {
  const url = `/clients${query}`;
  // Paging reads nothing but the address.
  return { url, rawQuery: query.slice(1), query: new URLSearchParams(query) } as Ask;
}

describe('by offset', () => {
  const paging = PAGING.first;
  const headers = (query: string, total: number) => {
    const ask = asked(query);
    const page = paging.read(ask, 'l', tokens);
    return paging.headers(ask, 'l', page, { lastKey: undefined, total: async () => total }, tokens);
  };

  test.each([
    ['', 100, 0],
    ['?limit=1000&offset=7', 500, 7],
    ['?limit=-1&offset=-1', 0, 0],
    ['?limit=x&offset=1.5', 100, 0],
    ['?limit=99999999999999999999&offset=99999999999999999999', 100, 0],
  ])('%j is read as %i from %i', (query, limit, offset) => {
    expect(paging.read(asked(query), 'l', tokens)).toEqual({ limit, offset });
  });

  test.each([
    ['', 5, '</clients?limit=5&offset=0>; rel="first"'],
    ['?limit=2', 5, '</clients?limit=2&offset=2>; rel="next",</clients?limit=2&offset=4>; rel="last"'],
    ['?limit=2&offset=4', 5, '</clients?limit=2&offset=0>; rel="first",</clients?limit=2&offset=2>; rel="prev"'],
    ['?limit=2&offset=10', 5, '</clients?limit=2&offset=0>; rel="first",</clients?limit=2&offset=2>; rel="prev"'],
    [
      '?x=1&limit=50&offset=100',
      120,
      '</clients?limit=50&offset=0&x=1>; rel="first",</clients?limit=50&offset=50&x=1>; rel="prev"',
    ],
    // Nothing leads before the beginning.
    ['', 0, '</clients?limit=100&offset=0>; rel="first",</clients?limit=100&offset=100>; rel="next"'],
    ['?limit=5', 5, '</clients?limit=5&offset=0>; rel="first"'],
    ['?limit=0', 2, '</clients?limit=1&offset=1>; rel="next",</clients?limit=1&offset=1>; rel="last"'],
  ])('%j of %i', async (query, total, link) => {
    expect(await headers(query, total)).toEqual({ 'x-total-count': String(total), link });
  });

  test('in the middle all four are there', async () => {
    const { link } = await headers('?limit=2&offset=2', 5);
    expect(link).toBe(
      '</clients?limit=2&offset=0>; rel="first",</clients?limit=2&offset=4>; rel="next",</clients?limit=2&offset=0>; rel="prev",</clients?limit=2&offset=4>; rel="last"',
    );
  });
});

describe('by token', () => {
  const paging = PAGING.second;
  const found = (lastKey: string | undefined) => ({ lastKey, total: async () => 0 });

  test.each([
    ['', 100],
    ['?page_size=0', 100],
    ['?page_size=-3', 100],
    ['?page_size=7', 7],
    ['?page_size=501', 500],
  ])('%j is a page of %i', (query, limit) => {
    expect(paging.read(asked(query), 'l', tokens)).toEqual({ limit });
  });

  test('the link to the next page leads behind the last row', async () => {
    const ask = asked('?owner=o&page_size=2');
    const { link } = await paging.headers(ask, 'l', { limit: 2 }, found('b/ä'), tokens);
    const [first, next] = (link ?? '').split(',').map((one) => /^<(.*)>; rel="(\w+)"$/.exec(one));
    expect([first?.[2], next?.[2]]).toEqual(['first', 'next']);
    const read = (url = '') => paging.read(asked(url.replace('/clients', '')), 'l', tokens);
    expect(read(first?.[1])).toEqual({ limit: 2 });
    expect(read(next?.[1])).toEqual({ limit: 2, after: 'b/ä' });
    expect(next?.[1]).toMatch(/^\/clients\?owner=o&page_size=2&page_token=[\w-]+$/);
  });

  test('without more rows there is no next page', async () => {
    const { link } = await paging.headers(asked(''), 'l', { limit: 2 }, found(undefined), tokens);
    expect(link).not.toContain('next');
  });

  test.each(['nonsense', 'AAAA', '!', '%00'])('a token of %j is refused', (token) => {
    expect(() => paging.read(asked(`?page_token=${token}`), 'l', tokens)).toThrow(/page_token/);
  });

  test('a token holds for its list and for an hour', () => {
    const query = `?page_token=${tokens.make('l', 'a')}`;
    expect(() => paging.read(asked(query), 'other', tokens)).toThrow(/page_token/);
    now += 3_599_999;
    expect(paging.read(asked(query), 'l', tokens)).toMatchObject({ after: 'a' });
    now += 1;
    expect(() => paging.read(asked(query), 'l', tokens)).toThrow(/page_token/);
  });

  test('a page size that is no number is refused', () => {
    expect(() => paging.read(asked('?page_size=x'), 'l', tokens)).toThrow(/page_size/);
  });
});
