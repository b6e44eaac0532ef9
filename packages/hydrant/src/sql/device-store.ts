import type { DeviceRequest, DeviceStage } from '../model/device.js';
import type { Instant } from '../protocol/time.js';
import type { DeviceStore } from '../store/device-store.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import type { Database } from './database.js';
import { call, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { expiredBelow } from './expired-keys.js';
import { JOINED_FAMILY, type JoinedFamilyRow, joinedFamily } from './family-rows.js';

interface DeviceRow {
  readonly key: Buffer;
  readonly user_code: Buffer;
  readonly stage: DeviceStage;
  readonly poll_count: number;
  readonly polled_at: Instant | null;
  readonly poll_early: number;
  readonly body: string;
}

type Body = Omit<DeviceRequest, 'key' | 'userCode' | 'stage' | 'polling'>;

const COLUMNS = ['"key"', 'user_code', 'stage', 'poll_count', 'polled_at', 'poll_early', 'body'] as const;

const insert = statement(
  'device_request.insert',
  `INSERT INTO device_request (${COLUMNS.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  { onConflict: { columns: 'user_code' } },
);

const find = statement<DeviceRow>(
  'device_request.find',
  `SELECT ${COLUMNS.join(', ')} FROM device_request WHERE "key" = ?`,
);

const findWithFamily = statement<DeviceRow & JoinedFamilyRow>(
  'device_request.find_with_family',
  `SELECT ${COLUMNS.map((column) => `d.${column}`).join(', ')}, ${JOINED_FAMILY}
   FROM device_request d LEFT JOIN token_family f ON f.code_key = d."key"
   WHERE d."key" = ?`,
);

const poll = statement(
  'device_request.poll',
  `UPDATE device_request SET poll_count = ?, polled_at = ?, poll_early = ?
   WHERE "key" = ? AND stage = 'waiting' AND poll_count = ?`,
);

const deny = statement(
  'device_request.deny',
  `UPDATE device_request SET stage = 'denied' WHERE "key" = ? AND stage = 'waiting'`,
);

const flush = statement('device_request.flush', dyingTables.devices);

export function deviceStore(database: Database, atRest: ClaimsAtRest): DeviceStore {
  return {
    async insert({ key, userCode, stage, polling, ...body }) {
      const { count, lastAt, early } = polling;
      const guard = call(insert, key, userCode, stage, count, lastAt, early, JSON.stringify(body));
      return (await database.write({ guard })).count === 1;
    },
    async find(key) {
      const [row] = await database.read(find, key);
      return row && fromRow(row);
    },
    async findWithFamily(key) {
      const [row] = await database.read(findWithFamily, key);
      return row && { request: fromRow(row), family: joinedFamily(row, atRest) };
    },
    async poll(key, seen, after) {
      const guard = call(poll, after.count, after.lastAt, after.early, key, seen.count);
      return (await database.write({ guard })).count === 1;
    },
    async deny(key) {
      return (await database.write({ guard: call(deny, key) })).count === 1;
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, expiredBelow(now), limit) })).count;
    },
  };
}

function fromRow(row: DeviceRow): DeviceRequest {
  return {
    ...parseBody(row.body),
    key: row.key,
    userCode: row.user_code,
    stage: row.stage,
    polling: { count: row.poll_count, lastAt: row.polled_at, early: row.poll_early },
  };
}

function parseBody(json: string): Body {
  return JSON.parse(json) as Body;
}
