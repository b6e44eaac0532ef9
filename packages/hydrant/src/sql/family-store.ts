import type { FamilyStore } from '../store/family-store.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import type { Database } from './database.js';
import { call, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { FAMILY_COLUMNS, type FamilyRow, familyFromRow, lastInstant, putHookClaims } from './family-rows.js';
import { insertTokens } from './token-rows.js';

const findByCode = statement<FamilyRow>(
  'token_family.find_by_code',
  `SELECT ${FAMILY_COLUMNS.join(', ')} FROM token_family WHERE code_key = ?`,
);

// NULL is for ever, whichever of the two it is.
const redeem = statement(
  'token_family.redeem',
  `UPDATE token_family SET code_spent_at = ?, keep_until =
     CASE WHEN keep_until IS NULL OR keep_until >= ? THEN keep_until ELSE ? END
   WHERE id = ? AND code_spent_at IS NULL AND ended_at IS NULL`,
  { forgets: { what: 'group', parameter: 3 } },
);

const end = statement('token_family.end', 'UPDATE token_family SET ended_at = ? WHERE id = ? AND ended_at IS NULL', {
  forgets: { what: 'group', parameter: 1 },
});

const clientsOfSession = statement<{ readonly client_id: string }>(
  'token_family.clients_of_session',
  'SELECT DISTINCT client_id FROM token_family WHERE session_id = ? ORDER BY client_id',
);

const flush = statement('token_family.flush', dyingTables.families, { forgets: { what: 'nothing' } });

function twice<T>(value: T): [T, T] {
  return [value, value];
}

export function familyStore(database: Database, atRest: ClaimsAtRest): FamilyStore {
  return {
    async findByCode(codeKey) {
      const [row] = await database.read(findByCode, codeKey);
      return row && familyFromRow(row, atRest);
    },
    async redeem(familyId, at, tokens, keepUntil, hookClaims) {
      const guard = call(redeem, at, ...twice(lastInstant(keepUntil)), familyId);
      const effects = [...insertTokens(tokens, atRest), ...putHookClaims(familyId, hookClaims, atRest)];
      return (await database.write({ guard, effects })).count === 1;
    },
    async end(familyId, at) {
      await database.write({ guard: call(end, at, familyId) });
    },
    async clientsOfSession(sessionId) {
      return (await database.read(clientsOfSession, sessionId)).map((row) => row.client_id);
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, now, limit) })).count;
    },
  };
}
