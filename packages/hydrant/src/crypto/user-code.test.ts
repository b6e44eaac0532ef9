import { expect, test } from 'vitest';
import { USER_CODE_PRESETS, userCodeFormat } from '../protocol/user-code.js';
import { type Random, systemRandom } from './random.js';
import { createSecretRing } from './secret-ring.js';
import { drawUserCode, userCodeDigests } from './user-code.js';

test('a code has the length and the characters of its format', () => {
  for (const format of [...Object.values(USER_CODE_PRESETS), userCodeFormat('αβγδεζηθ', 12)]) {
    const code = [...drawUserCode(format, systemRandom)];
    expect(code).toHaveLength(format.length);
    for (const one of code) expect(format.characters).toContain(one);
  }
});

test('a value past the last whole round of the alphabet is drawn again', () => {
  const values = [65_535, 65_534, 65_533, 1, 2];
  const random: Random = {
    ...systemRandom,
    bytes: () => {
      const two = Buffer.alloc(2);
      two.writeUInt16BE(values.shift() ?? 0);
      return two;
    },
  };
  // 65,536 is 21,845 rounds of three, and one left over.
  expect(drawUserCode(userCodeFormat('abc', 4), random)).toBe('cbbc');
});

test('a digest is that of the code and the secret, and one of each entry', () => {
  const [old] = userCodeDigests('ABCDEFGH', createSecretRing(['the old secret']));
  const both = userCodeDigests('ABCDEFGH', createSecretRing(['the new secret', 'the old secret']));
  expect(both).toHaveLength(2);
  expect(both[1]).toEqual(old);
  expect(both[0]).not.toEqual(old);
  expect(userCodeDigests('ABCDEFGJ', createSecretRing(['the old secret']))[0]).not.toEqual(old);
});
