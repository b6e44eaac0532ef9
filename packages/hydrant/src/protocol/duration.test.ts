import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGoDuration, parseGoDuration } from './duration.js';

describe('parseGoDuration', () => {
  it.each([
    ['90m', 5_400_000],
    ['1h30m', 5_400_000],
    ['1h5m1s', 3_901_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1000],
    ['720h', 2_592_000_000],
    ['300ms', 300],
    ['1500us', 1.5],
    ['1500\u00b5s', 1.5],
    ['1500\u03bcs', 1.5],
    ['1ns', 0.000001],
    ['0', 0],
    ['0s', 0],
    ['-0', 0],
    ['-1.5h', -5_400_000],
    ['+1s', 1000],
    ['0.1s', 100],
    ['0.3ms', 0.3],
  ])('%s', (text, milliseconds) => expect(parseGoDuration(text)).toBe(milliseconds));

  it.each([
    '',
    '1',
    'soon',
    '1d',
    '1w',
    's',
    '.s',
    '1h ',
    ' 1h',
    '1 h',
    '1H',
    '--1h',
    '-',
    '1hh',
    '1h30',
    '1e3s',
    '9999999h',
    `${'9'.repeat(90)}h`,
    `${'1'.repeat(200)}s`,
    '1s\n',
  ])('refuses %j', (text) => expect(parseGoDuration(text)).toBeUndefined());
});

describe('formatGoDuration', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [1.5, '1.5ms'],
    [0.0015, '1.5\u00b5s'],
    [0.000001, '1ns'],
    [1500, '1.5s'],
    [10_000, '10s'],
    [60_000, '1m0s'],
    [5_400_000, '1h30m0s'],
    [3_600_000, '1h0m0s'],
    [864_000_000, '240h0m0s'],
    [3_723_004.5, '1h2m3.0045s'],
    [-5_400_000, '-1h30m0s'],
  ])('%d', (milliseconds, text) => expect(formatGoDuration(milliseconds)).toBe(text));

  it('is undone by reading', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9e12, max: 9e12 }), (milliseconds) => {
        expect(parseGoDuration(formatGoDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  it('undoes reading, whatever the units', () => {
    const term = fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom('ms', 's', 'm', 'h'));
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (terms) => {
        const milliseconds = parseGoDuration(terms.map(([count, unit]) => count + unit).join(''));
        expect(milliseconds).toBeDefined();
        expect(parseGoDuration(formatGoDuration(milliseconds ?? Number.NaN))).toBe(milliseconds);
      }),
    );
  });
});
