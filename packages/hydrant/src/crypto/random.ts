/** Randomness as everything in Hydrant sees it: an argument, so that a test decides what is drawn. */

import { randomBytes, randomFillSync } from 'node:crypto';
import type { Instant } from '../protocol/time.js';

/** Where unpredictable values come from. */
export interface Random {
  /** That many fresh bytes, which belong to the caller. */
  bytes(length: number): Buffer;
  /** A UUID of version 4 (RFC 9562 §5.4) in its text form. */
  uuid(): string;
}

/** One call into the kernel's generator costs more than the bytes, so they are fetched 4 KiB at a time. */
const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

function draw(length: number): Buffer {
  if (length > POOL_BYTES) return randomBytes(length);
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const taken = Buffer.from(pool.subarray(used, used + length));
  // What was handed out does not stay readable in the pool.
  pool.fill(0, used, used + length);
  used += length;
  return taken;
}

/** The generator of the machine. */
export const systemRandom: Random = {
  bytes: draw,
  uuid: () => uuidText(draw(16), 4),
};

/**
 * A UUID of version 7 (RFC 9562 §5.7) in its text form: milliseconds first, so that ids made one after the other lie
 * side by side in an index, then 74 random bits.
 */
export function timeOrderedId(now: Instant, random: Random): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(Math.floor(now), 0, 6);
  random.bytes(10).copy(bytes, 6);
  return uuidText(bytes, 7);
}

/** RFC 9562 §4: version and variant bits set, written in five groups. */
function uuidText(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
