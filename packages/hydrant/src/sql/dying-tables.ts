import type { BoundedDeletion } from './driver.js';
import { expiredRows } from './expired-keys.js';

/**
 * The tables whose rows die, under the names of their stores, each with how its dead rows are found. Of a table whose key
 * begins with its expiry the parameter is a bound for keys, of the others an instant.
 */
export const dyingTables = {
  flows: expiredRows('flow'),
  devices: expiredRows('device_request'),
  deviceVisits: expiredRows('device_visit'),
  tokens: expiredRows('token'),
  families: diesAt('token_family', 'id', 'keep_until'),
  sessions: diesAt('login_session', 'id', 'expires_at'),
  assertions: diesAt('used_jti', 'digest', 'expires_at'),
  logouts: expiredRows('logout_request'),
} as const satisfies Readonly<Record<string, BoundedDeletion>>;

function diesAt(deleteFrom: string, key: string, column: string): BoundedDeletion {
  return { deleteFrom, key, where: `${column} <= ?`, orderBy: column };
}
