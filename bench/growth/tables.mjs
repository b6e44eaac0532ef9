/**
 * Which rows of each table are alive, in SQL of the simulation's own: the server's statements are what is being checked, so
 * nothing here is taken from them. `:now` is in milliseconds; `:bound` is the five bytes with which the key of a row begins
 * that dies in the next second or later.
 */

/** Keys that begin with their expiry. */
const BY_KEY = 'key >= :bound';

/**
 * @typedef {object} Table
 * @property {string} alive What the rows have in common that are not over.
 * @property {boolean} flushed Whether the expiry job takes the rest, so that right after a round there is none.
 * @property {string} [inUse] Of a living row `t`: that it can still make a difference to anybody. Where it is left out, all can.
 */

/** @type {Readonly<Record<string, Table>>} */
export const tables = {
  flow: { alive: BY_KEY, flushed: true, inUse: "t.stage <> 'finished'" },
  device_request: { alive: BY_KEY, flushed: true },
  device_visit: { alive: BY_KEY, flushed: true },
  token: {
    alive: BY_KEY,
    flushed: true,
    inUse: `CASE WHEN t.family_id IS NULL THEN EXISTS (SELECT 1 FROM client c WHERE c.id = t.client_id)
      ELSE EXISTS (SELECT 1 FROM token_family f WHERE f.id = t.family_id AND f.ended_at IS NULL) END`,
  },
  token_family: {
    alive: '(keep_until IS NULL OR keep_until > :now)',
    flushed: true,
    // A code that can be redeemed or replayed, a token, or the consent that spares this person the next one at this client.
    inUse: `(t.code_key >= :bound
      OR (t.ended_at IS NULL AND t.id IN (SELECT family_id FROM token WHERE key >= :bound))
      OR (t.consent_kind = 'remembered' AND (t.consent_until IS NULL OR t.consent_until > :now) AND NOT EXISTS (
        SELECT 1 FROM token_family n WHERE n.subject = t.subject AND n.client_id = t.client_id
          AND n.consent_kind = 'remembered' AND n.id > t.id)))`,
  },
  login_session: { alive: 'expires_at > :now', flushed: true },
  used_jti: { alive: 'expires_at > :now', flushed: true },
  logout_request: { alive: BY_KEY, flushed: true, inUse: "t.stage <> 'completed'" },
  // Given up a day after the logout.
  logout_notice: { alive: 'created_at > :now - 86400000', flushed: false },
  // Stays to be looked at for a day.
  trusted_issuer: { alive: 'expires_at > :now - 86400000', flushed: true },
  client_secret_use: { alive: 'client_id IN (SELECT id FROM client)', flushed: false },
  forced_subject: { alive: 'client_id IN (SELECT id FROM client)', flushed: false },
  // What an operator keeps lives until the operator deletes it.
  client: { alive: '1 = 1', flushed: false },
  jwk: { alive: '1 = 1', flushed: false },
};

/** Tables that say what the schema is or that something changed: a row for each migration, lock or topic. */
export const STANDING = /^(sqlite_|schema_|kysely_|change_clock)|migration/;

/** What the statements above are given at an instant. @param {number} now */
export function momentOf(now) {
  const bound = Buffer.alloc(5);
  bound.writeUIntBE(Math.floor(now / 1_000) + 1, 0, 5);
  return { now, bound };
}

/** One question for rows and living rows of a table. @param {string} name */
export function countQuery(name) {
  const { alive } = tables[name] ?? { alive: '1 = 1' };
  return `SELECT count(*) AS total, coalesce(sum(CASE WHEN ${alive} THEN 1 ELSE 0 END), 0) AS alive FROM ${name}`;
}

/** The living rows that can make a difference; `undefined` where that is all of them. @param {string} name */
export function inUseQuery(name) {
  const table = tables[name];
  if (!table?.inUse) return undefined;
  return `SELECT count(*) AS used FROM ${name} t WHERE ${table.alive} AND ${table.inUse}`;
}
