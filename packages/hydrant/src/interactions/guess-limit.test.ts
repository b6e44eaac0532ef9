import { expect, test } from 'vitest';
import { createGuessLimit } from './guess-limit.js';

const MINUTE = 60_000;

test('gives so many tries a minute and no more, and the next minute as many again', () => {
  const limit = createGuessLimit(3);
  const tries = (now: number, times: number) => Array.from({ length: times }, () => limit.take(now));
  expect(tries(0, 5)).toEqual([true, true, true, false, false]);
  expect(tries(MINUTE - 1, 1)).toEqual([false]);
  expect(tries(MINUTE, 4)).toEqual([true, true, true, false]);
});

test('a right guess costs nothing, and one that is given back in a later minute gives nothing away', () => {
  const limit = createGuessLimit(1);
  for (let guess = 0; guess < 10; guess++) {
    expect(limit.take(0)).toBe(true);
    limit.giveBack(0);
  }
  limit.take(0);
  limit.giveBack(MINUTE);
  expect([limit.take(MINUTE), limit.take(MINUTE)]).toEqual([true, false]);
});
