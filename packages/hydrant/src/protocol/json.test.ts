import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isShallowJson, MOST_NESTED } from './json.js';

const nested = (depth: number, inner = '') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;

test('what nests as deep as is allowed passes, one more does not', () => {
  expect(isShallowJson(nested(MOST_NESTED))).toBe(true);
  expect(isShallowJson(nested(MOST_NESTED + 1))).toBe(false);
  expect(isShallowJson('{"a":'.repeat(MOST_NESTED + 1))).toBe(false);
  // Side by side is not deep.
  expect(isShallowJson(`[${'[],'.repeat(1000)}[]]`)).toBe(true);
});

test('brackets within texts do not count, however those texts are escaped', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const brackets = '[{'.repeat(MOST_NESTED);
      expect(isShallowJson(JSON.stringify({ text, more: `${text}${brackets}"\\`, last: [brackets] }))).toBe(true);
    }),
  );
});
