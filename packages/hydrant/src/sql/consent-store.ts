import type { Kysely } from 'kysely';
import type { Instant } from '../protocol/time.js';
import type { ConsentQuery, ConsentStore } from '../store/consent-store.js';
import { ask, callOf } from './built-query.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import type { Database } from './database.js';
import { statement } from './driver.js';
import { type ConsentKind, FAMILY_COLUMNS, type FamilyRow, familyFromRow } from './family-rows.js';

interface ConsentColumns {
  readonly consent_kind: ConsentKind | null;
  readonly consent_until: Instant | null;
}

type Schema = { token_family: FamilyRow & ConsentColumns };

// Ids are time-ordered, so the largest is the newest.
const remembered = statement<FamilyRow>(
  'token_family.remembered',
  `SELECT ${FAMILY_COLUMNS.join(', ')} FROM token_family
   WHERE subject = ? AND client_id = ? AND consent_kind = 'remembered' AND (consent_until IS NULL OR consent_until > ?)
   ORDER BY id DESC LIMIT 1`,
);

export function consentStore(database: Database, builder: Kysely<Schema>, atRest: ClaimsAtRest): ConsentStore {
  function given({ subject, sessionId, now }: Pick<ConsentQuery, 'subject' | 'sessionId' | 'now'>) {
    const query = builder
      .selectFrom('token_family')
      .where('subject', '=', subject)
      .where('consent_kind', 'in', ['remembered', 'once'])
      .where((has) => has.or([has('consent_until', 'is', null), has('consent_until', '>', now)]));
    return sessionId === undefined ? query : query.where('session_id', '=', sessionId);
  }

  return {
    async remembered(subject, clientId, now) {
      const [row] = await database.read(remembered, subject, clientId, now);
      return row && familyFromRow(row, atRest);
    },
    async list({ limit, after, offset, ...filter }) {
      let query = given(filter).select(FAMILY_COLUMNS).orderBy('id', 'desc').limit(limit);
      if (after !== undefined) query = query.where('id', '<', after);
      if (offset !== undefined) query = query.offset(offset);
      return (await ask(database, 'token_family.list', query)).flatMap((row) => familyFromRow(row, atRest) ?? []);
    },
    async count(filter) {
      const query = given(filter).select(({ fn }) => fn.countAll<number>().as('total'));
      const [row] = await ask(database, 'token_family.count', query);
      return row?.total ?? 0;
    },
    async revoke(filter) {
      const all = builder.deleteFrom('token_family').where('consent_kind', 'is not', null);
      let query =
        'familyId' in filter ? all.where('id', '=', filter.familyId) : all.where('subject', '=', filter.subject);
      if ('subject' in filter && filter.clientId !== undefined) query = query.where('client_id', '=', filter.clientId);
      return (await database.write({ guard: callOf('token_family.revoke', query) })).count;
    },
  };
}
