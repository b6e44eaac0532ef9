import { createHash } from 'node:crypto';
import type { AssertionStore } from '../store/assertion-store.js';
import type { Database } from './database.js';
import { call, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';

const use = statement('used_jti.insert', 'INSERT INTO used_jti (digest, expires_at) VALUES (?, ?)', {
  onConflict: { columns: 'digest' },
});

/**
 * How much longer than its assertion a mark is kept. To a clock that was set back, or that lags behind the one of the node
 * which deleted the mark, an assertion lives again whose use nobody would remember.
 */
const LONGER_MS = 3_600_000;

const find = statement('used_jti.find', 'SELECT 1 FROM used_jti WHERE digest = ?');

const flush = statement('used_jti.flush', dyingTables.assertions);

export function assertionStore(database: Database): AssertionStore {
  return {
    async use(jti, expiresAt) {
      return (await database.write({ guard: call(use, digestOf(jti), expiresAt + LONGER_MS) })).count === 1;
    },
    async isUsed(jti) {
      return (await database.read(find, digestOf(jti))).length > 0;
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, now, limit) })).count;
    },
  };
}

/** The key is the value alone: with the expiry in front, the same value could be used once for each expiry. */
function digestOf(jti: string): Buffer {
  return createHash('sha256').update(jti).digest();
}
