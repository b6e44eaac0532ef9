import type { DeviceVisit } from '../model/device.js';
import type { DeviceVisitStore } from '../store/device-store.js';
import type { Database } from './database.js';
import { call, type Statement, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { expiredBelow } from './expired-keys.js';

interface VisitRow {
  readonly key: Buffer;
  readonly device_key: Buffer | null;
  readonly wrong_codes: number;
  readonly request_url: string;
}

const COLUMNS = '"key", device_key, wrong_codes, request_url';

const insert = statement('device_visit.insert', {
  insertInto: 'device_visit',
  columns: { key: 'bytes', device_key: 'bytes', wrong_codes: 'number', request_url: 'text' },
});

const find = statement<VisitRow>('device_visit.find', `SELECT ${COLUMNS} FROM device_visit WHERE "key" = ?`);

const flush = statement('device_visit.flush', dyingTables.deviceVisits);

const entries = new Map<number, Statement<VisitRow>>();

/** One statement for each number of secrets that a code may be stored under. */
function enterCode(digests: number): Statement<VisitRow> {
  const known = entries.get(digests);
  if (known) return known;
  const places = Array.from({ length: digests }, () => '?').join(', ');
  const device = `FROM device_request WHERE user_code IN (${places}) AND stage = 'waiting' AND "key" >= ?`;
  const made = statement<VisitRow>(
    'device_visit.enter_code',
    `UPDATE device_visit SET
       device_key = (SELECT "key" ${device} LIMIT 1),
       wrong_codes = wrong_codes + CASE WHEN EXISTS (SELECT 1 ${device}) THEN 0 ELSE 1 END
     WHERE "key" = ? AND wrong_codes < ?`,
    { returning: { columns: COLUMNS, from: 'device_visit', key: '"key"', parameter: 2 * (digests + 1) } },
  );
  entries.set(digests, made);
  return made;
}

export function deviceVisitStore(database: Database): DeviceVisitStore {
  return {
    async insert({ key, deviceKey, wrongCodes, requestUrl }) {
      await database.write({ guard: call(insert, key, deviceKey, wrongCodes, requestUrl) });
    },
    async find(key) {
      const [row] = await database.read(find, key);
      return row && fromRow(row);
    },
    async enterCode(key, userCodes, now, mostWrong) {
      const device = [...userCodes, expiredBelow(now)];
      const guard = call(enterCode(userCodes.length), ...device, ...device, key, mostWrong);
      const { rows } = await database.write({ guard });
      return rows[0] && fromRow(rows[0]);
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, expiredBelow(now), limit) })).count;
    },
  };
}

function fromRow({ key, device_key, wrong_codes, request_url }: VisitRow): DeviceVisit {
  return { key, deviceKey: device_key, wrongCodes: wrong_codes, requestUrl: request_url };
}
