import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptFor } from './token-family.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2030-01-01T12:00:00Z');

test('a family outlives its tokens by an eighth of their life at most', () => {
  const life = fc.integer({ min: 1, max: 100 * 365 * DAY });
  fc.assert(
    fc.property(fc.nat({ max: 400 * DAY }), life, (age, lasting) => {
      const until = START + age + lasting;
      const kept = keptFor({ requestedAt: START }, START + age, until);
      expect(kept).toBeGreaterThanOrEqual(until);
      expect(kept - until).toBeLessThanOrEqual(Math.max(1, lasting / 8));
    }),
  );
});

test('refreshing each hour for a month moves its end about once in four days', () => {
  const ends = Array.from({ length: 30 * 24 }, (_, hour) => {
    const now = START + hour * HOUR;
    return keptFor({ requestedAt: START }, now, now + 30 * DAY);
  });
  expect(new Set(ends).size).toBeLessThanOrEqual(9);
});

test('those that begin apart end apart', () => {
  const ends = Array.from({ length: 24 }, (_, hour) => {
    const begun = START + hour * HOUR;
    return keptFor({ requestedAt: begun }, begun, begun + 30 * DAY);
  });
  expect(new Set(ends).size).toBe(24);
});
