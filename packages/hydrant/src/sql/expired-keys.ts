import { expiryPrefix } from '../crypto/opaque-token.js';
import { fromSeconds, type Instant, toSeconds } from '../protocol/time.js';
import type { BoundedDeletion } from './driver.js';

/** Every stored key that begins with its expiry and is below this bound belongs to a row that is dead at `now`. */
export function expiredBelow(now: Instant): Buffer {
  return expiryPrefix(fromSeconds(toSeconds(now) + 1));
}

/** The dead rows of a table whose keys begin with their expiry: a range at the front of its primary key. */
export function expiredRows(table: string, also?: string): BoundedDeletion {
  const where = `"key" < ?${also === undefined ? '' : ` AND ${also}`}`;
  return { deleteFrom: table, key: '"key"', where, orderBy: '"key"' };
}
