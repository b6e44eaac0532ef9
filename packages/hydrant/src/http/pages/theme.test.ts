import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { styleSheet } from './style.js';
import { accentsOf, cardColors, contrast } from './theme.js';

describe('accent colours', () => {
  it('are readable in both schemes, whatever the operator chose', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const accents = accentsOf({ name: 'x', color: `#${value.toString(16).padStart(6, '0')}` });
        expect(contrast(accents.light, cardColors.light)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(accents.dark, cardColors.dark)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('stay as chosen where they are readable', () => {
    expect(accentsOf({ name: 'x', color: '#00f' }).light).toBe('#0000ff');
  });

  it('ignore what is not a colour', () => {
    const plain = styleSheet({ name: 'x' });
    for (const color of ['red', '#12', '</style><script>', '#fff;}*{display:none', 'url(x)', ''])
      expect(styleSheet({ name: 'x', color })).toBe(plain);
  });
});

describe('contrast', () => {
  it('is WCAG’s', () => {
    expect(contrast('#000', '#fff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrast('nonsense', '#fff')).toBeUndefined();
  });

  it('of every text of the style sheet with its ground is at least 4.5', () => {
    const sheet = styleSheet({ name: 'x' });
    const values = (name: string): string[] =>
      [...sheet.matchAll(new RegExp(`--${name}:(#[0-9a-f]{6})`, 'g'))].map(([, value = '']) => value);
    const pairs: [string, string][] = [
      ['text', 'card'],
      ['text', 'ground'],
      ['quiet', 'card'],
      ['quiet', 'ground'],
      ['accent', 'card'],
      ['problem', 'problem-ground'],
      ['note', 'note-ground'],
    ];
    for (const [text, ground] of pairs)
      for (const scheme of [0, 1])
        expect(contrast(values(text)[scheme] ?? '', values(ground)[scheme] ?? ''), `${text} ${scheme}`).toBeGreaterThan(
          4.5,
        );
  });
});
