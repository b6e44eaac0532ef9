/** Comparison of secrets without telling by the time it takes how much of them was right. */

import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Whether two secrets are the same; text counts as UTF-8. Values of different kind or length are compared by their digests,
 * so that no shortcut is taken; what remains visible is how many blocks of 64 bytes the hash had to read.
 */
export function equalConstantTime(a: string | Buffer, b: string | Buffer): boolean {
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.length === b.length) return timingSafeEqual(a, b);
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
