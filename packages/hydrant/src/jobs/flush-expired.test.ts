import { expect, test, vi } from 'vitest';
import { flushExpired } from './flush-expired.js';

const TABLES = [
  'flows',
  'devices',
  'deviceVisits',
  'tokens',
  'families',
  'sessions',
  'assertions',
  'logouts',
  'trust',
] as const;

/** Tables with so many dead rows, and every batch that was asked of them. */
function givenDead(rows: Partial<Record<(typeof TABLES)[number], number>>) {
  const left = new Map<string, number>(Object.entries(rows));
  const asked: [table: string, now: number, limit: number][] = [];
  const flushable = (table: string) => ({
    async flush(now: number, limit: number) {
      asked.push([table, now, limit]);
      const count = Math.min(limit, left.get(table) ?? 0);
      left.set(table, (left.get(table) ?? 0) - count);
      return count;
    },
  });
  const store = {
    flows: flushable('flows'),
    devices: flushable('devices'),
    deviceVisits: flushable('deviceVisits'),
    tokens: flushable('tokens'),
    families: flushable('families'),
    sessions: flushable('sessions'),
    assertions: flushable('assertions'),
    logouts: flushable('logouts'),
    trust: flushable('trust'),
  };
  return { store, left, asked };
}

function givenEvents() {
  return { rowsExpired: vi.fn(), unexpected: vi.fn() };
}

const running = new AbortController().signal;

test('a round deletes all that is dead, at most 500 rows at a time, and tells the sums', async () => {
  const { store, left, asked } = givenDead({ tokens: 1203, flows: 7 });
  const events = givenEvents();
  await flushExpired({ store, clock: { now: () => 77 }, events, batch: 9999 }).run(running);

  expect([left.get('tokens'), left.get('flows')]).toEqual([0, 0]);
  expect(events.rowsExpired.mock.calls).toEqual([
    ['flows', 7],
    ['tokens', 1203],
  ]);
  // What an issuer is trusted for stays to be looked at for a day.
  expect(
    asked.every(([table, now, limit]) => now === (table === 'trust' ? 77 - 86_400_000 : 77) && limit === 500),
  ).toBe(true);
  expect(asked.map(([table]) => table)).toEqual([...TABLES, 'tokens', 'tokens']);
});

test('a round ends when its time is up, having given every table a batch', async () => {
  const { store, left, asked } = givenDead({ flows: 100_000, logouts: 3 });
  const events = givenEvents();
  let now = 0;
  const clock = { now: () => (now += 10) };
  await flushExpired({ store, clock, events, batch: 100, budget: 200 }).run(running);

  expect(left.get('logouts')).toBe(0);
  expect(left.get('flows')).toBeGreaterThan(0);
  expect(left.get('flows')).toBeLessThan(100_000);
  expect(asked.length).toBeLessThan(30);
});

test('one table that fails is told of and does not keep the others from shrinking', async () => {
  const { store, left } = givenDead({ sessions: 5 });
  const events = givenEvents();
  const locked = new Error('locked');
  const broken = { ...store, tokens: { flush: async () => Promise.reject(locked) } };
  await flushExpired({ store: broken, clock: { now: () => 0 }, events }).run(running);

  expect(events.unexpected.mock.calls).toEqual([[locked, 'job flush-expired, tokens']]);
  expect(left.get('sessions')).toBe(0);
});

test('a server that stops gets no further batch, and the requests run between batches', async () => {
  const { store, asked } = givenDead({ flows: 100_000 });
  const stopping = new AbortController();
  setImmediate(() => stopping.abort());
  await flushExpired({ store, clock: { now: () => 0 }, events: givenEvents() }).run(stopping.signal);
  expect(asked.length).toBeLessThanOrEqual(2);
});
