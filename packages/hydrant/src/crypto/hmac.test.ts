import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmacSha256, prepareHmacKey } from './hmac.js';

const buffers = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));

describe('hmacSha256', () => {
  test('agrees with RFC 4231 test case 2', () => {
    expect(hmacSha256(Buffer.from('Jefe'), 'what do ya want for ', 'nothing?').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  test('agrees with createHmac for every key and every sequence of parts', () => {
    const parts = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), buffers(300)), { maxLength: 6 });
    fc.assert(
      fc.property(buffers(150), parts, parts, (key, first, second) => {
        const prepared = prepareHmacKey(key);
        // Twice with one key: the work space must not carry anything over.
        for (const sequence of [first, second, first]) {
          const expected = createHmac('sha256', key);
          for (const part of sequence) expected.update(part);
          expect(hmacSha256(prepared, ...sequence)).toEqual(expected.digest());
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([447, 448, 449, 100_000])('agrees with createHmac for a message of %i bytes', (length) => {
    const [key, message] = [Buffer.alloc(32, 7), Buffer.alloc(length, 9)];
    expect(hmacSha256(key, message)).toEqual(createHmac('sha256', key).update(message).digest());
  });
});
