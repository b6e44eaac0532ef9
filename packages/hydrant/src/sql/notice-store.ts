import type { LogoutNotice } from '../model/logout.js';
import type { Instant } from '../protocol/time.js';
import type { NoticeStore } from '../store/logout-store.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';

interface NoticeRow {
  readonly id: string;
  readonly client_id: string;
  readonly session_id: string;
  readonly attempts: number;
  readonly due_at: Instant;
  readonly created_at: Instant;
}

const insert = statement('logout_notice.insert', {
  insertInto: 'logout_notice',
  columns: {
    id: 'text',
    client_id: 'text',
    session_id: 'text',
    attempts: 'number',
    due_at: 'number',
    created_at: 'number',
  },
});

const due = statement<NoticeRow>(
  'logout_notice.due',
  `SELECT id, client_id, session_id, attempts, due_at, created_at FROM logout_notice
   WHERE due_at <= ? ORDER BY due_at LIMIT ?`,
);

const claim = statement('logout_notice.claim', 'UPDATE logout_notice SET due_at = ? WHERE id = ? AND due_at = ?');

const remove = statement('logout_notice.delete', 'DELETE FROM logout_notice WHERE id = ?');

const retry = statement('logout_notice.retry', 'UPDATE logout_notice SET attempts = ?, due_at = ? WHERE id = ?');

/** Records a notice, by itself or as a part of a logout. */
export function insertNotice(notice: LogoutNotice): Call {
  const { id, clientId, sessionId, attempts, dueAt, createdAt } = notice;
  return call(insert, id, clientId, sessionId, attempts, dueAt, createdAt);
}

export function noticeStore(database: Database): NoticeStore {
  return {
    async insert(notices) {
      if (notices.length > 0) await database.write({ effects: notices.map(insertNotice) });
    },
    async claim(now, until, limit) {
      const claimed: NoticeRow[] = [];
      while (claimed.length < limit) {
        const rows = await database.read(due, now, limit - claimed.length);
        if (rows.length === 0) break;
        // Of several nodes that see a notice due, the one whose write finds it unchanged has it; the others look again.
        const outcomes = await Promise.all(
          rows.map((row) => database.write({ guard: call(claim, until, row.id, row.due_at) })),
        );
        claimed.push(...rows.filter((_, index) => outcomes[index]?.count === 1));
        if (until <= now) break;
      }
      // Who waits longest goes first.
      return claimed
        .map((row) => fromRow({ ...row, due_at: until }))
        .sort((one, other) => one.createdAt - other.createdAt);
    },
    async delete(id) {
      await database.write({ guard: call(remove, id) });
    },
    async retry(id, attempts, dueAt) {
      await database.write({ guard: call(retry, attempts, dueAt, id) });
    },
  };
}

function fromRow(row: NoticeRow): LogoutNotice {
  return {
    id: row.id,
    clientId: row.client_id,
    sessionId: row.session_id,
    attempts: row.attempts,
    dueAt: row.due_at,
    createdAt: row.created_at,
  };
}
