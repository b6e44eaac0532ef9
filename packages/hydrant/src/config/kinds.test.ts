import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KINDS, parseDuration } from './kinds.js';
import { SETTINGS } from './sections/index.js';

test.each([
  ['90m', 5_400_000],
  ['1h5m1s', 3_901_000],
  ['0s', 0],
  ['1500us', 1.5],
  ['720h', 2_592_000_000],
])('%s is %d milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '5', '-1h', '1.5h', '1 h', '1d', 'h', '1h ', '1h-1m'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('a duration is the sum of its terms', () => {
  const size = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
  const unit = fc.constantFrom('h', 'm', 's', 'ms');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), unit), { minLength: 1, maxLength: 5 }), (terms) => {
      const text = terms.map(([count, name]) => `${count}${name}`).join('');
      const sum = terms.reduce((total, [count, name]) => total + count * size[name], 0);
      expect(parseDuration(text)).toBeCloseTo(sum, 3);
    }),
  );
});

test('no text makes the duration parser throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const duration = parseDuration(text);
      expect(duration === undefined || duration >= 0).toBe(true);
    }),
  );
});

test('every default is a valid value of its own setting', () => {
  for (const [key, setting] of SETTINGS) {
    if (setting.default === undefined) continue;
    expect([key, KINDS[setting.kind].parse(setting.default, setting).ok]).toEqual([key, true]);
  }
});

test('every setting has a schema, a description and a release', () => {
  for (const [key, setting] of SETTINGS) {
    expect([key, setting.description.length > 3, setting.since.length > 0]).toEqual([key, true, true]);
    expect(KINDS[setting.kind].schema(setting)).toBeTypeOf('object');
  }
});

test('a reason never quotes a secret', () => {
  for (const [key, setting] of SETTINGS) {
    if (!setting.secret) continue;
    for (const value of ['planted', ['planted'], { planted: 'planted' }, 'planted\u0000']) {
      const parsed = KINDS[setting.kind].parse(value, setting);
      expect([key, parsed.ok ? '' : parsed.reason]).not.toEqual([key, expect.stringContaining('planted')]);
    }
  }
});
