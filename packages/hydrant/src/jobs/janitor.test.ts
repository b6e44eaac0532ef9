import { expect, test } from 'vitest';
import { TABLES } from './flush-expired.js';
import { type JanitorOptions, type Stale, type SweepableStore, sweepStale } from './janitor.js';

const NOW = 1_000_000;
const FLOW_LIFETIME = 30_000;
const KINDS: readonly Stale[] = ['access tokens', 'refresh tokens', 'login-consent requests', 'grants'];

/** A store that has so many stale rows in each table, and every batch that was asked of it. */
function givenStale(rows = 0) {
  const asked: unknown[][] = [];
  const left = new Map<string, number>();
  const take = (table: string, limit: number) => {
    const count = Math.min(limit, left.get(table) ?? rows);
    left.set(table, (left.get(table) ?? rows) - count);
    return count;
  };
  const table = (name: string) => ({
    async flush(at: number, limit: number) {
      asked.push([name, at, limit]);
      return take(name, limit);
    },
  });
  const names = [...TABLES.filter((name) => name !== 'tokens'), 'trust'];
  const store = {
    ...Object.fromEntries(names.map((name) => [name, table(name)])),
    tokens: {
      async sweep(kind: string, issuedBefore: number, now: number | null, limit: number) {
        asked.push([kind, issuedBefore, now, limit]);
        return take(kind, limit);
      },
    },
  } as unknown as SweepableStore;
  return { store, asked };
}

function sweep(store: SweepableStore, kind: Stale, options: Partial<JanitorOptions> = {}) {
  const defaults = { limit: 10_000, batch: 100, keepIfYounger: 0, lifespans: {} };
  return sweepStale(store, kind, { ...defaults, ...options, now: NOW, flowLifetime: FLOW_LIFETIME });
}

test('all kinds together sweep every table of which the server deletes, and trusted issuers', async () => {
  const { store, asked } = givenStale();
  for (const kind of KINDS) await sweep(store, kind);
  const swept = asked.map(([table]) => (String(table).endsWith('_token') ? 'tokens' : table));
  expect(new Set(swept)).toEqual(new Set([...TABLES, 'trust']));
});

test('without lifespans only what is dead goes', async () => {
  const { store, asked } = givenStale();
  for (const kind of KINDS) await sweep(store, kind);
  expect(asked.slice(0, 2)).toEqual([
    ['access_token', NOW, NOW, 100],
    ['refresh_token', NOW, NOW, 100],
  ]);
  for (const [, at] of asked.slice(2)) expect(at).toBe(NOW);
});

test('what is younger than it says stays, and of a request the row knows only its end', async () => {
  const { store, asked } = givenStale();
  for (const kind of KINDS) await sweep(store, kind, { keepIfYounger: 50_000 });
  expect(asked.slice(0, 2).map(([, before]) => before)).toEqual([NOW - 50_000, NOW - 50_000]);
  expect(asked.find(([table]) => table === 'flows')).toEqual(['flows', NOW - 50_000 + FLOW_LIFETIME, 100]);
  for (const [table, at] of asked.slice(2)) if (table !== 'flows') expect(at).toBe(NOW - 50_000);
});

test('young requests stay no longer than they live', async () => {
  const { store, asked } = givenStale();
  await sweep(store, 'login-consent requests', { keepIfYounger: 1 });
  expect(asked[0]).toEqual(['flows', NOW, 100]);
});

test.each([
  [0, 7_000, NOW - 7_000],
  [9_000, 7_000, NOW - 9_000],
])('rows younger than %d stay, and those older than %d go, alive or not', async (keepIfYounger, lifespan, before) => {
  const { store, asked } = givenStale();
  const lifespans = Object.fromEntries(KINDS.map((kind) => [kind, lifespan]));
  for (const kind of KINDS) await sweep(store, kind, { keepIfYounger, lifespans });
  expect(asked.slice(0, 2)).toEqual([
    ['access_token', before, null, 100],
    ['refresh_token', before, null, 100],
  ]);
  expect(asked.find(([table]) => table === 'flows')).toEqual(['flows', before + FLOW_LIFETIME, 100]);
});

test('batches end with the rows, or with the limit', async () => {
  const few = givenStale(7);
  expect(await sweep(few.store, 'access tokens', { limit: 10, batch: 5 })).toBe(7);
  expect(few.asked.map(([, , , limit]) => limit)).toEqual([5, 5]);
  const many = givenStale(1_000);
  expect(await sweep(many.store, 'access tokens', { limit: 12, batch: 5 })).toBe(12);
  expect(many.asked.map(([, , , limit]) => limit)).toEqual([5, 5, 2]);
});
