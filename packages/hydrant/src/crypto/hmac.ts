/**
 * HMAC-SHA-256 (RFC 2104) out of one-shot hashes.
 *
 * `createHmac` builds an object per call, which in a live server costs several times the hashing itself; two calls of
 * `crypto.hash` over a key that was padded once give the same bytes.
 */

import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;
/** What fits beside the padded key without another allocation; tokens and handles are far below it. */
const ROOM = 448;

/** A key ready for use. Its buffers are work space: nothing but this module writes to them. */
export interface HmacKey {
  /** Key ⊕ ipad, then room for a message. */
  readonly inner: Buffer;
  /** Key ⊕ opad, then room for the inner digest. */
  readonly outer: Buffer;
}

/** Pads a key once (RFC 2104 §2; one that is longer than a block is hashed first). */
export function prepareHmacKey(key: Buffer): HmacKey {
  const short = key.length > BLOCK ? hash('sha256', key, 'buffer') : key;
  const inner = Buffer.alloc(BLOCK + ROOM, 0x36);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  for (const [at, byte] of short.entries()) {
    inner.writeUInt8(byte ^ 0x36, at);
    outer.writeUInt8(byte ^ 0x5c, at);
  }
  return { inner, outer };
}

/**
 * The 32 bytes of HMAC-SHA-256 over the parts one after the other; text counts as UTF-8.
 * Nothing marks where a part ends: the caller makes the sequence unambiguous.
 */
export function hmacSha256(key: Buffer | HmacKey, ...parts: readonly (string | Buffer)[]): Buffer {
  const { inner, outer } = Buffer.isBuffer(key) ? prepareHmacKey(key) : key;
  let length = BLOCK;
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  let message = inner;
  if (length > inner.length) {
    message = Buffer.allocUnsafe(length);
    inner.copy(message, 0, 0, BLOCK);
  }
  let at = BLOCK;
  for (const part of parts) at += typeof part === 'string' ? message.write(part, at) : part.copy(message, at);
  // A latin1 string between the two is cheaper than a buffer: it is allocated outside of the native heap.
  outer.write(hash('sha256', message.subarray(0, at), 'binary'), BLOCK, 'latin1');
  return Buffer.from(hash('sha256', outer, 'binary'), 'latin1');
}
