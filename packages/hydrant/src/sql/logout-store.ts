import type { LogoutRequest, LogoutStage } from '../model/logout.js';
import type { LogoutStore } from '../store/logout-store.js';
import type { Database } from './database.js';
import { call, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { expiredBelow } from './expired-keys.js';
import { insertNotice } from './notice-store.js';
import { removeSession } from './session-store.js';

interface LogoutRow {
  readonly key: Buffer;
  readonly stage: LogoutStage;
  readonly body: string;
}

const insert = statement('logout_request.insert', {
  insertInto: 'logout_request',
  columns: { key: 'bytes', stage: 'text', body: 'text' },
});

const COLUMNS = '"key", stage, body';

const find = statement<LogoutRow>('logout_request.find', `SELECT ${COLUMNS} FROM logout_request WHERE "key" = ?`);

// Stages are never more than these four, so one statement serves; an absent one is given twice.
const advance = statement<LogoutRow>(
  'logout_request.advance',
  'UPDATE logout_request SET stage = ? WHERE "key" = ? AND stage IN (?, ?, ?, ?)',
  { returning: { columns: COLUMNS, from: 'logout_request', key: '"key"', parameter: 1 } },
);

const complete = statement(
  'logout_request.complete',
  `UPDATE logout_request SET stage = 'completed' WHERE "key" = ? AND stage = 'accepted'`,
);

const flush = statement('logout_request.flush', dyingTables.logouts);

export function logoutStore(database: Database): LogoutStore {
  return {
    async insert(request) {
      const { key, stage, ...body } = request;
      await database.write({ guard: call(insert, key, stage, JSON.stringify(body)) });
    },
    async find(key) {
      const [row] = await database.read(find, key);
      return row && fromRow(row);
    },
    async advance(key, from, to) {
      const [first] = from;
      if (first === undefined) return undefined;
      const { rows } = await database.write({
        guard: call(advance, to, key, first, from[1] ?? first, from[2] ?? first, from[3] ?? first),
      });
      return rows[0] && fromRow(rows[0]);
    },
    async complete(key, sessionId, notices) {
      const effects = [removeSession(sessionId), ...notices.map(insertNotice)];
      return (await database.write({ guard: call(complete, key), effects })).count === 1;
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, expiredBelow(now), limit) })).count;
    },
  };
}

function fromRow({ key, stage, body }: LogoutRow): LogoutRequest {
  return { ...parseBody(body), key, stage };
}

function parseBody(json: string): Omit<LogoutRequest, 'key' | 'stage'> {
  return JSON.parse(json) as Omit<LogoutRequest, 'key' | 'stage'>;
}
