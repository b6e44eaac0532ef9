import type { RefreshToken } from '../model/token.js';
import type { Instant } from '../protocol/time.js';
import type { TokenStore } from '../store/token-store.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { expiredBelow, expiredRows } from './expired-keys.js';
import { JOINED_FAMILY, type JoinedFamilyRow, joinedFamily, putHookClaims, resealed } from './family-rows.js';
import { insertTokens, spentToRow, type TokenRow, tokenFromRow } from './token-rows.js';

/** A token, its family, and until when that is kept. */
type FoundRow = TokenRow & JoinedFamilyRow & { readonly f_keep_until: Instant | null };

const find = statement<FoundRow>(
  'token.find',
  `SELECT t."key", t.kind, t.family_id, t.client_id, t.issued_at, t.own, t.access_key, t.spent_at, t.spent,
     ${JOINED_FAMILY}, f.keep_until AS f_keep_until
   FROM token t LEFT JOIN token_family f ON f.id = t.family_id AND f.ended_at IS NULL
   WHERE t."key" = ?`,
  { remembered: { tables: ['token', 'token_family'], group: 'f_id' } },
);

const spend = statement(
  'token.spend',
  `UPDATE token SET spent_at = ?, spent = ? WHERE "key" = ? AND kind = 'refresh_token' AND spent_at IS NULL`,
  { forgets: { what: 'row', parameter: 2 } },
);

const countReuse = statement('token.count_reuse', 'UPDATE token SET spent = ? WHERE "key" = ? AND spent = ?', {
  forgets: { what: 'row', parameter: 1 },
});

const keepFamily = statement(
  'token_family.keep',
  'UPDATE token_family SET keep_until = ? WHERE id = ? AND keep_until < ?',
  { forgets: { what: 'group', parameter: 1 } },
);

const remove = statement('token.delete', 'DELETE FROM token WHERE "key" = ?', {
  forgets: { what: 'row', parameter: 0 },
});

// What is dead is refused by its own time, remembered or not.
const flush = statement('token.flush', dyingTables.tokens, { forgets: { what: 'nothing' } });

const flushIssuedBefore = statement(
  'token.flush_issued_before',
  expiredRows('token', "kind = 'access_token' AND issued_at < ?"),
);

const sweepExpired = statement('token.sweep_expired', expiredRows('token', 'kind = ? AND issued_at < ?'));

const sweepAll = statement('token.sweep', {
  deleteFrom: 'token',
  key: '"key"',
  where: 'kind = ? AND issued_at < ?',
  orderBy: '"key"',
});

/** Tokens of a family that is ended or gone are good for nothing, however long they had to live. */
const ofFamilies = statement<{ readonly key: Buffer; readonly alive: string | null }>(
  'token.of_families',
  `SELECT t."key", f.id AS alive
   FROM token t LEFT JOIN token_family f ON f.id = t.family_id AND f.ended_at IS NULL
   WHERE t."key" > ? AND t.family_id IS NOT NULL ORDER BY t."key" LIMIT ?`,
);

export function tokenStore(database: Database, atRest: ClaimsAtRest): TokenStore {
  /**
   * What the use of a refresh token has to do for its family is found when the token is, and kept for as long as somebody
   * holds it. Refreshing keeps a family alive for ever, so its claims have to move on to the newest secret some time: with
   * the write that is due anyway. And its row is only written where it would go too soon, which is seldom.
   */
  const due = new WeakMap<RefreshToken, { readonly resealed: readonly Call[]; readonly keptUntil: Instant | null }>();

  return {
    async insert(tokens) {
      if (tokens.length > 0) await database.write({ effects: insertTokens(tokens, atRest) });
    },
    async find(key) {
      const [row] = await database.read(find, key);
      const token = row && tokenFromRow(row, atRest);
      if (!row || !token) return undefined;
      if (token.kind === 'refresh_token')
        due.set(token, { resealed: resealed(row, atRest), keptUntil: row.f_keep_until });
      return { token, family: joinedFamily(row, atRest) };
    },
    async rotate(used, spent, successors, keepUntil, hookClaims) {
      const family = due.get(used);
      const effects: Call[] = [...insertTokens(successors, atRest), ...(family?.resealed ?? [])];
      if (used.accessKey) effects.push(call(remove, used.accessKey));
      effects.push(...putHookClaims(used.familyId, hookClaims, atRest));
      if (keepUntil !== null && !isKept(family?.keptUntil, keepUntil)) {
        effects.push(call(keepFamily, keepUntil, used.familyId, keepUntil));
      }
      const guard = call(spend, ...spentToRow(spent), used.key);
      return (await database.write({ guard, effects })).count === 1;
    },
    async countReuse({ key, spent: known }, uses) {
      let spent = known;
      // Whoever loses has another's use before them, so there are no more rounds than uses.
      for (let round = 0; round < uses && spent; round += 1) {
        const before = spent.reuses ?? 0;
        if (1 + before >= uses) return false;
        const [, seen] = spentToRow(spent);
        const [, counted] = spentToRow({ ...spent, reuses: before + 1 });
        if ((await database.write({ guard: call(countReuse, counted, key, seen) })).count === 1) return true;
        const [row] = await database.read(find, key);
        const token = row && tokenFromRow(row, atRest);
        spent = token?.kind === 'refresh_token' ? token.spent : null;
      }
      return false;
    },
    async delete(key) {
      return (await database.write({ guard: call(remove, key) })).count === 1;
    },
    async flushIssuedBefore(issuedBefore, now, limit) {
      return (await database.write({ guard: call(flushIssuedBefore, expiredBelow(now), issuedBefore, limit) })).count;
    },
    async sweep(kind, issuedBefore, now, limit) {
      const guard =
        now === null
          ? call(sweepAll, kind, issuedBefore, limit)
          : call(sweepExpired, expiredBelow(now), kind, issuedBefore, limit);
      return (await database.write({ guard })).count;
    },
    async sweepOrphans(after, limit) {
      const rows = await database.read(ofFamilies, after ?? Buffer.alloc(0), limit);
      const orphans = rows.filter(({ alive }) => alive === null);
      if (orphans.length > 0) await database.write({ effects: orphans.map(({ key }) => call(remove, key)) });
      return { deleted: orphans.length, last: rows.length < limit ? null : (rows.at(-1)?.key ?? null) };
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, expiredBelow(now), limit) })).count;
    },
  };
}

/** Whether a row that was seen to be kept until `seen` (`null` for ever) is kept long enough: that time only moves on. */
function isKept(seen: Instant | null | undefined, until: Instant): boolean {
  return seen === null || (seen !== undefined && seen >= until);
}
