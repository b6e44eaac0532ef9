import { describe, expect, test } from 'vitest';
import { isInGrace, type Spent } from './token.js';

const spent: Spent = { at: 10_000, accessExpiresAt: 20_000, refreshExpiresAt: null, secret: 's' };

describe('the grace of a spent refresh token', () => {
  test('lasts for its period', () => {
    const grace = { period: 1_000, uses: 0 };
    expect(isInGrace(spent, grace, 10_999)).toBe(true);
    expect(isInGrace(spent, grace, 11_000)).toBe(false);
  });

  test('is not there where its period is none, even to a twin whose clock was read before the winner', () => {
    expect(isInGrace(spent, { period: 0, uses: 0 }, 9_990)).toBe(false);
  });

  test('ends with the last use that it has', () => {
    const grace = { period: 1_000, uses: 2 };
    expect(isInGrace(spent, grace, 10_000)).toBe(true);
    expect(isInGrace({ ...spent, reuses: 1 }, grace, 10_000)).toBe(false);
  });
});
