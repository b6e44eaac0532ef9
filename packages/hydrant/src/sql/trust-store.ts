import type { Kysely } from 'kysely';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { TrustedIssuer } from '../model/trusted-issuer.js';
import type { Instant } from '../protocol/time.js';
import type { TrustStore } from '../store/trust-store.js';
import { ask } from './built-query.js';
import { tell } from './change-clock.js';
import type { Database } from './database.js';
import { call, statement } from './driver.js';
import { addKey } from './key-store.js';
import type { ReadThroughCache } from './read-through-cache.js';

interface TrustRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly any_subject: number;
  readonly kid: string;
  readonly scope: string;
  readonly created_at: Instant;
  readonly expires_at: Instant;
}

type Schema = { trusted_issuer: TrustRow };

const COLUMNS = 'id, issuer, subject, any_subject, kid, scope, created_at, expires_at';

const insert = statement(
  'trusted_issuer.insert',
  `INSERT INTO trusted_issuer (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  { onConflict: { columns: 'issuer, subject, kid' } },
);

const find = statement<TrustRow>('trusted_issuer.find', `SELECT ${COLUMNS} FROM trusted_issuer WHERE id = ?`);

const speakingFor = statement<TrustRow>(
  'trusted_issuer.speaking_for',
  `SELECT ${COLUMNS} FROM trusted_issuer WHERE issuer = ? AND (subject = ? OR any_subject = 1) ORDER BY id`,
);

const remove = statement<TrustRow>('trusted_issuer.delete', 'DELETE FROM trusted_issuer WHERE id = ?', {
  returning: { columns: COLUMNS, from: 'trusted_issuer', key: 'id', parameter: 0 },
});

const over = statement<{ readonly id: string }>(
  'trusted_issuer.over',
  'SELECT id FROM trusted_issuer WHERE expires_at <= ? ORDER BY id LIMIT ?',
);

const removeKey = statement(
  'jwk.delete_of_trust',
  `DELETE FROM jwk WHERE set_id = ? AND kid = ?
   AND NOT EXISTS (SELECT 1 FROM trusted_issuer WHERE issuer = ? AND kid = ?)`,
);

/** The store of trusted issuers. `keys` is what remembers key sets and has to forget those that are changed here. */
export function trustStore(
  database: Database,
  builder: Kysely<Schema>,
  ring: SecretRing,
  keys: Pick<ReadThroughCache<unknown>, 'forget'>,
): TrustStore {
  function matching(issuer: string | undefined) {
    const query = builder.selectFrom('trusted_issuer');
    return issuer === undefined ? query : query.where('issuer', '=', issuer);
  }

  async function removeOne(id: string): Promise<boolean> {
    const { rows } = await database.write<TrustRow>({
      guard: call(remove, id),
      effectsOf: ([row]) => (row ? [tell('jwk'), call(removeKey, row.issuer, row.kid, row.issuer, row.kid)] : []),
    });
    for (const row of rows) keys.forget(row.issuer);
    return rows.length === 1;
  }

  return {
    async insert(trusted, key) {
      try {
        // The clock first: its row is what two nodes that write here take turns at.
        const effects = [tell('jwk'), addKey(key, ring)];
        return (await database.write({ guard: call(insert, ...toRow(trusted)), effects })).count === 1;
      } finally {
        keys.forget(key.set);
      }
    },
    async find(id) {
      const [row] = await database.read(find, id);
      return row && fromRow(row);
    },
    async speakingFor(issuer, subject) {
      return (await database.read(speakingFor, issuer, subject)).map(fromRow);
    },
    async list({ limit, after, offset, issuer }) {
      let query = matching(issuer).selectAll().orderBy('id').limit(limit);
      if (after !== undefined) query = query.where('id', '>', after);
      if (offset !== undefined) query = query.offset(offset);
      return (await ask(database, 'trusted_issuer.list', query)).map(fromRow);
    },
    async count({ issuer }) {
      const query = matching(issuer).select(({ fn }) => fn.countAll<number>().as('total'));
      const [row] = await ask(database, 'trusted_issuer.count', query);
      return row?.total ?? 0;
    },
    delete: removeOne,
    async flush(now, limit) {
      let gone = 0;
      // They are few, and each takes its key along: one by one.
      for (const { id } of await database.read(over, now, limit)) if (await removeOne(id)) gone += 1;
      return gone;
    },
  };
}

function toRow(trusted: TrustedIssuer): [string, string, string, number, string, string, Instant, Instant] {
  const { id, issuer, subject, allowAnySubject, kid, scope, createdAt, expiresAt } = trusted;
  return [id, issuer, subject, Number(allowAnySubject), kid, JSON.stringify(scope), createdAt, expiresAt];
}

function fromRow(row: TrustRow): TrustedIssuer {
  return {
    id: row.id,
    issuer: row.issuer,
    subject: row.subject,
    allowAnySubject: row.any_subject === 1,
    kid: row.kid,
    scope: parseScope(row.scope),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

function parseScope(json: string): string[] {
  return JSON.parse(json) as string[];
}
