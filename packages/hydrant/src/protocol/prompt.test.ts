import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPromptWords, parseMaxAge, parsePrompt } from './prompt.js';

const invalidRequest = expect.objectContaining({ code: 'invalid_request' });

describe('prompt', () => {
  it.each([undefined, '', 'none', 'login consent', '  login ', 'registration'])('takes %j', (text) => {
    expect(() => checkPromptWords(parsePrompt(text))).not.toThrow();
  });

  it.each(['foo', 'select_account', 'none login', 'none consent', 'None', 'login\tconsent'])('refuses %j', (text) => {
    expect(() => checkPromptWords(parsePrompt(text))).toThrow(invalidRequest);
  });
});

describe('parseMaxAge', () => {
  it('takes whole seconds', () => {
    expect([undefined, '', '0', '60', '007', '31536000'].map(parseMaxAge)).toEqual([
      undefined,
      undefined,
      0,
      60,
      7,
      31536000,
    ]);
  });

  it.each(['abc', '-1', '+1', '1.5', '1e3', ' 1', '0x1', '9007199254740992', '9'.repeat(400), '١'])(
    'refuses %j',
    (text) => {
      expect(() => parseMaxAge(text)).toThrow(invalidRequest);
    },
  );

  it('gives a number that survives conversion to milliseconds, or refuses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.bigInt({ min: 0n }).map(String)), (text) => {
        try {
          const seconds = parseMaxAge(text);
          if (seconds !== undefined) expect(Number.isSafeInteger(seconds * 1000) && seconds >= 0).toBe(true);
        } catch (error) {
          expect(error).toEqual(invalidRequest);
        }
      }),
    );
  });
});
