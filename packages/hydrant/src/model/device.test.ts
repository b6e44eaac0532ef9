import { expect, test } from 'vitest';
import { afterPoll, NOT_POLLED, type Polling } from './device.js';

const RULES = { interval: 5_000 };

/** Polls at these times, in seconds; tells which were too fast. */
function poll(...seconds: readonly number[]): { slowed: number[]; polling: Polling } {
  let polling = NOT_POLLED;
  const slowed: number[] = [];
  for (const second of seconds) {
    const after = afterPoll(polling, second * 1000, RULES);
    polling = after.polling;
    if (after.slowDown) slowed.push(second);
  }
  return { slowed, polling };
}

test('a device that keeps to its interval, or nearly, is never slowed down', () => {
  const times = Array.from({ length: 100 }, (_, index) => index * 5);
  expect(poll(...times)).toEqual({ slowed: [], polling: { count: 100, lastAt: 495_000, early: 0 } });
  expect(poll(...times.map((time) => time * 0.85)).slowed).toEqual([]);
});

test('a few early polls are let pass, as Hydra lets all pass', () => {
  expect(poll(0, 0.5, 1, 1.5, 2, 2.5)).toEqual({ slowed: [], polling: { count: 6, lastAt: 2_500, early: 5 } });
  expect(poll(0, 0, 0, 0, 0, 0, 0).slowed).toEqual([0]);
});

test('after that each one is too much, and the interval grows by five seconds with it, up to a minute', () => {
  const impatient = [0, 0.5, 1, 1.5, 2, 2.5];
  expect(poll(...impatient, 7.5).slowed).toEqual([]);
  expect(poll(...impatient, 3, 9).slowed).toEqual([3, 9]);
  expect(poll(...impatient, 3, 13).slowed).toEqual([3]);
  const stubborn = Array.from({ length: 100 }, (_, index) => index / 10);
  expect(poll(...stubborn, 10 + 60).slowed.at(-1)).toBe(9.9);
  expect(poll(...stubborn, 10 + 55).slowed.at(-1)).toBe(65);
});

test('a longer interval of the settings is not cut short', () => {
  const rules = { interval: 120_000 };
  const early = { count: 9, lastAt: 0, early: 9 };
  expect(afterPoll(early, 100_000, rules).slowDown).toBe(true);
  expect(afterPoll(early, 120_000, rules).slowDown).toBe(false);
});
