import type { TokenStore } from '../store/token-store.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';
import { expiredBelow } from './expired-keys.js';
import { JOINED_FAMILY, type JoinedFamilyRow, joinedFamily, putHookClaims } from './family-rows.js';
import { insertTokens, spentToRow, type TokenRow, tokenFromRow } from './token-rows.js';

const find = statement<TokenRow & JoinedFamilyRow>(
  'token.find',
  `SELECT t.key, t.kind, t.family_id, t.client_id, t.issued_at, t.own, t.access_key, t.spent_at, t.spent,
     ${JOINED_FAMILY}
   FROM token t LEFT JOIN token_family f ON f.id = t.family_id AND f.ended_at IS NULL
   WHERE t.key = ?`,
);

const spend = statement(
  'token.spend',
  `UPDATE token SET spent_at = ?, spent = ? WHERE key = ? AND kind = 'refresh_token' AND spent_at IS NULL`,
);

const keepFamily = statement(
  'token_family.keep',
  'UPDATE token_family SET keep_until = ? WHERE id = ? AND keep_until < ?',
);

const remove = statement('token.delete', 'DELETE FROM token WHERE key = ?');

const flush = statement(
  'token.flush',
  'DELETE FROM token WHERE key IN (SELECT key FROM token WHERE key < ? ORDER BY key LIMIT ?)',
);

const flushIssuedBefore = statement(
  'token.flush_issued_before',
  `DELETE FROM token WHERE key IN (
     SELECT key FROM token WHERE key < ? AND kind = 'access_token' AND issued_at < ? ORDER BY key LIMIT ?
   )`,
);

export function tokenStore(database: Database): TokenStore {
  return {
    async insert(tokens) {
      if (tokens.length > 0) await database.write({ effects: insertTokens(tokens) });
    },
    async find(key) {
      const [row] = await database.read(find, key);
      return row && { token: tokenFromRow(row), family: joinedFamily(row) };
    },
    async rotate(used, spent, successors, keepUntil, hookClaims) {
      const effects: Call[] = insertTokens(successors);
      if (used.accessKey) effects.push(call(remove, used.accessKey));
      effects.push(...putHookClaims(used.familyId, hookClaims));
      if (keepUntil !== null) effects.push(call(keepFamily, keepUntil, used.familyId, keepUntil));
      const guard = call(spend, ...spentToRow(spent), used.key);
      return (await database.write({ guard, effects })).count === 1;
    },
    async delete(key) {
      return (await database.write({ guard: call(remove, key) })).count === 1;
    },
    async flushIssuedBefore(issuedBefore, now, limit) {
      return (await database.write({ guard: call(flushIssuedBefore, expiredBelow(now), issuedBefore, limit) })).count;
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, expiredBelow(now), limit) })).count;
    },
  };
}
