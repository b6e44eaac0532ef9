import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvList } from './env-list.js';

test.each([
  ['a,b', ['a', 'b']],
  [' a , b ', ['a', 'b']],
  ['["a","b"]', ['a', 'b']],
  ['"a,b",c', ['a,b', 'c']],
  ['"say ""hi"""', ['say "hi"']],
  ['a,,b,', ['a', 'b']],
  ['1234567890123456', ['1234567890123456']],
  ['two words', ['two words']],
  ['[not json', ['[not json']],
  ['ab"c', ['ab"c']],
])('%s is a list', (text, items) => {
  expect(parseEnvList(text, false)).toEqual(items);
});

test.each(['"open', 'a,"open', '"a"b,c'])('%s is none', (text) => {
  expect(parseEnvList(text, false)).toBeUndefined();
});

test('white space separates words only where nothing else does, as in Hydra 1.7', () => {
  expect(parseEnvList('openid  offline\tprofile', true)).toEqual(['openid', 'offline', 'profile']);
  expect(parseEnvList('openid, off line', true)).toEqual(['openid', 'off line']);
});

test('whatever is written as CSV is read back', () => {
  const item = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
  fc.assert(
    fc.property(fc.array(item, { minLength: 1 }), (items) => {
      const text = items.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');
      expect(parseEnvList(text, false)).toEqual(items);
    }),
  );
});

test('no text makes it throw or hang', () => {
  fc.assert(fc.property(fc.string({ maxLength: 2000 }), fc.boolean(), (text, words) => void parseEnvList(text, words)));
  expect(parseEnvList(`${' '.repeat(50_000)}"`, false)).toBeUndefined();
});
