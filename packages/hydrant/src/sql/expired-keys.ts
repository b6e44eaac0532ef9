import { expiryPrefix } from '../crypto/opaque-token.js';
import { fromSeconds, type Instant, toSeconds } from '../protocol/time.js';

/** Every stored key that begins with its expiry and is below this bound belongs to a row that is dead at `now`. */
export function expiredBelow(now: Instant): Buffer {
  return expiryPrefix(fromSeconds(toSeconds(now) + 1));
}
