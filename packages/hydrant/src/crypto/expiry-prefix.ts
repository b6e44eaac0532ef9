/**
 * The first five bytes of a stored key: the second at which its row dies, big-endian. Rows of one lifetime arrive in key
 * order, and what has expired is a range at the front of the primary key.
 */

import { fromSeconds, type Instant } from '../protocol/time.js';

/** Length of the prefix in bytes. */
export const EXPIRY_BYTES = 5;

/** Stands for "does not expire": the largest value, so that such rows sort behind all others. */
export const NEVER = 0xff_ffff_ffff;

/** The prefix; the second is rounded up, lest anything dies early. `null`: never. Throws a RangeError for what no row can hold. */
export function expiryPrefix(expiresAt: Instant | null): Buffer {
  const seconds = expiresAt === null ? NEVER : Math.ceil(expiresAt / 1000);
  if (!(seconds >= 0 && (seconds < NEVER || expiresAt === null))) throw new RangeError('expiry out of range');
  const prefix = Buffer.allocUnsafe(EXPIRY_BYTES);
  prefix.writeUIntBE(seconds, 0, EXPIRY_BYTES);
  return prefix;
}

/** Length of what stands behind the prefix of a new key, in bytes. */
export const ORDER_BYTES = 2;

/**
 * The milliseconds within the last second, big-endian, so that rows which are made in one second are in order as well: a
 * busy server makes ten thousand of them, and would else write to as many places. `undefined` for what never dies.
 */
export function expiryOrder(expiresAt: Instant | null): Buffer | undefined {
  if (expiresAt === null) return undefined;
  const order = Buffer.allocUnsafe(ORDER_BYTES);
  order.writeUInt16BE(999 - (Math.ceil(expiresAt / 1000) * 1000 - Math.floor(expiresAt)), 0);
  return order;
}

/** When the row of a stored key dies; `null`: never. */
export function keyExpiry(key: Buffer): Instant | null {
  const seconds = key.readUIntBE(0, EXPIRY_BYTES);
  return seconds === NEVER ? null : fromSeconds(seconds);
}
