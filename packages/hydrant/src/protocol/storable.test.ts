import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ID_BYTES,
  isStorable,
  isStorableIn,
  isStorableSubject,
  NAME_BYTES,
  SUBJECT_BYTES,
  SUBJECT_CHARACTERS,
  unstorableMember,
} from './storable.js';

test.each(['', 'alice', 'ä|ö', '💧', '\ufffd', '\u0001', '\\u0000'])('%j can be stored', (text) => {
  expect(isStorable(text)).toBe(true);
});

test.each(['\0', 'a\0b', '\ud800', 'a\udfff', '\ude00\ud83d'])('%j cannot', (text) => {
  expect(isStorable(text)).toBe(false);
  expect(isStorableIn(99, text)).toBe(false);
  expect(isStorableSubject(text)).toBe(false);
});

test('what can be stored comes back from UTF-8, and has no U+0000', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 8 }), (units) => {
      const text = String.fromCharCode(...units);
      expect(isStorable(text)).toBe(Buffer.from(text).toString() === text && !units.includes(0));
    }),
  );
});

test('names are measured in bytes, subjects in characters', () => {
  const fits = ['abcd', 'abcde', 'ää', 'ääa'].map((text) => isStorableIn(4, text));
  expect(fits).toEqual([true, false, true, false]);
  for (const char of ['a', 'ä', '水', '💧']) {
    expect(isStorableSubject(char.repeat(SUBJECT_CHARACTERS))).toBe(true);
    expect(isStorableSubject(char.repeat(SUBJECT_CHARACTERS + 1))).toBe(false);
  }
  expect(Buffer.byteLength('💧'.repeat(SUBJECT_CHARACTERS))).toBe(SUBJECT_BYTES);
});

test.each([
  ['{"a":"\\u0000"}', 'a'],
  ['{"a":{"b":["x","\\ud800"]}}', 'a.b.1'],
  ['{"a":{"\\u0000":1}}', 'a.\0'],
  ['{"__proto__":{"x":"\\uDC00"}}', '__proto__.x'],
  ['"\\u0000"', ''],
  ['{"a":"\\ud83d\\ude00"}', undefined],
  ['{"a":"\\\\u0000"}', undefined],
  ['{"a":"\\u00000"}', 'a'],
  ['{"a":"\\u0001"}', undefined],
  ['null', undefined],
])('%s: %j', (json, place) => {
  expect(unstorableMember(JSON.parse(json), json)).toBe(place);
});

test('in JSON of any form, the same is found as by looking at every text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom('', '\0', '\ud800'), (value, odd) => {
      const json = JSON.stringify({ value, odd: `x${odd}` });
      const texts: string[] = [];
      JSON.parse(json, (name, inner) => {
        texts.push(name, typeof inner === 'string' ? inner : '');
        return inner;
      });
      expect(unstorableMember(JSON.parse(json), json) === undefined).toBe(texts.every(isStorable));
    }),
  );
});

/** An entry of a b-tree on PostgreSQL is at most 2,704 bytes, with some for itself and for each column. */
const ENTRY = 2_600;

test.each([
  ['jwk_primary', [NAME_BYTES, NAME_BYTES]],
  ['token_family_consent', [SUBJECT_BYTES, NAME_BYTES, ID_BYTES, ID_BYTES]],
  ['token_family_session', [ID_BYTES, NAME_BYTES]],
  ['login_session_subject', [SUBJECT_BYTES]],
  ['forced_subject_primary', [NAME_BYTES, SUBJECT_BYTES, SUBJECT_BYTES]],
  ['trusted_issuer_key', [NAME_BYTES, SUBJECT_BYTES, NAME_BYTES]],
])('the longest entry of %s fits', (_, widths) => {
  expect(widths.reduce((sum, width) => sum + width)).toBeLessThan(ENTRY);
});
