import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseUserCode, USER_CODE_PRESETS, userCodeFormat } from './user-code.js';

describe('presets', () => {
  test('are those of Hydra', () => {
    expect(USER_CODE_PRESETS.high.length).toBe(8);
    expect(USER_CODE_PRESETS.high.characters).toHaveLength(50);
    for (const mistakable of '0Oo1IlB8S5Z2') expect(USER_CODE_PRESETS.high.characters).not.toContain(mistakable);
    expect([USER_CODE_PRESETS.medium.characters.join(''), USER_CODE_PRESETS.medium.length]).toEqual([
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      8,
    ]);
    expect([USER_CODE_PRESETS.low.characters.join(''), USER_CODE_PRESETS.low.length]).toEqual(['0123456789', 9]);
  });

  test('a character that is named twice is as likely as the others', () => {
    expect(userCodeFormat('AAB', 6).characters).toEqual(['A', 'B']);
  });
});

describe('normaliseUserCode', () => {
  test.each([
    ['wdjb-mjht', 'medium', 'WDJBMJHT'],
    [' WDJB MJHT\n', 'medium', 'WDJBMJHT'],
    ['123–456–789', 'low', '123456789'],
    ['aC-dE', 'high', 'aCdE'],
    ['<script>', 'low', '<script>'],
  ] as const)('reads %j of preset %s as %j', (typed, preset, meant) => {
    expect(normaliseUserCode(typed, USER_CODE_PRESETS[preset])).toBe(meant);
  });

  test('both cases count where the alphabet has both', () => {
    expect(normaliseUserCode('aA', userCodeFormat('abcdABCD', 6))).toBe('aA');
  });

  test('a dash of the alphabet stays', () => {
    expect(normaliseUserCode('a-b c', userCodeFormat('abcdefg-', 6))).toBe('a-bc');
  });

  test('a code with separators anywhere is the code; what was normalised stays', () => {
    const preset = fc.constantFrom(...Object.values(USER_CODE_PRESETS));
    fc.assert(
      fc.property(preset, fc.array(fc.nat(999)), fc.string({ unit: 'binary' }), (format, picks, other) => {
        const code = picks.map((pick) => format.characters[pick % format.characters.length] ?? '');
        expect(normaliseUserCode(code.join('-'), format)).toBe(code.join(''));
        const once = normaliseUserCode(other, format);
        expect(normaliseUserCode(once, format)).toBe(once);
      }),
    );
  });
});
