import type { LoginSession } from '../model/login-session.js';
import type { Instant } from '../protocol/time.js';
import type { SessionStore } from '../store/session-store.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';

interface SessionRow {
  readonly id: string;
  readonly subject: string;
  readonly authenticated_at: Instant;
  readonly expires_at: Instant;
  readonly identity_provider_session: string;
}

const find = statement<SessionRow>(
  'login_session.find',
  `SELECT id, subject, authenticated_at, expires_at, identity_provider_session FROM login_session WHERE id = ?`,
);

const save = statement(
  'login_session.save',
  `INSERT INTO login_session (id, subject, authenticated_at, expires_at, identity_provider_session)
   VALUES (?, ?, ?, ?, ?)`,
  {
    onConflict: {
      columns: 'id',
      set: `subject = excluded.subject, authenticated_at = excluded.authenticated_at, expires_at = excluded.expires_at,
        identity_provider_session = excluded.identity_provider_session`,
    },
  },
);

const remove = statement('login_session.delete', 'DELETE FROM login_session WHERE id = ?');

const removeOfSubject = statement('login_session.delete_of_subject', 'DELETE FROM login_session WHERE subject = ?');

const flush = statement('login_session.flush', dyingTables.sessions);

/** Ends a session, as a part of something larger. */
export function removeSession(id: string): Call {
  return call(remove, id);
}

export function sessionStore(database: Database): SessionStore {
  return {
    async find(id) {
      const [row] = await database.read(find, id);
      return row && fromRow(row);
    },
    async save(session, instead) {
      const effects = [call(save, ...toRow(session))];
      // First, so that a session that takes its own place stays.
      if (instead !== undefined) effects.unshift(removeSession(instead));
      await database.write({ effects });
    },
    async delete(id) {
      return (await database.write({ guard: removeSession(id) })).count === 1;
    },
    async deleteOfSubject(subject) {
      return (await database.write({ guard: call(removeOfSubject, subject) })).count;
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, now, limit) })).count;
    },
  };
}

function toRow(session: LoginSession): [string, string, Instant, Instant, string] {
  const { id, subject, authenticatedAt, expiresAt, identityProviderSession } = session;
  return [id, subject, authenticatedAt, expiresAt, identityProviderSession];
}

function fromRow(row: SessionRow): LoginSession {
  return {
    id: row.id,
    subject: row.subject,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
    identityProviderSession: row.identity_provider_session,
  };
}
