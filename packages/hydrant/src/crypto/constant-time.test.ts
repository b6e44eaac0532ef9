import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalConstantTime } from './constant-time.js';

test('is equality of the bytes', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(equalConstantTime(a, b)).toBe(a === b);
      expect(equalConstantTime(Buffer.from(a), b)).toBe(a === b);
      expect(equalConstantTime(Buffer.from(a), Buffer.from(b))).toBe(a === b);
      expect(equalConstantTime(a, Buffer.from(a))).toBe(true);
    }),
  );
});
