/** That the rules notice what they are there for. */
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { sqliteFile } from '../support/sqlite-file.js';
import { startHydrant } from '../support/start-hydrant.js';
import { faultsOf, isRefusalsDue, watchWrites } from './rules.js';

const JSON_HEAD = 'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json';

test.each([
  ['a 5xx', { status: 500, head: 'HTTP/1.1 500 Internal Server Error', body: '' }],
  ['a stack', { status: 400, head: JSON_HEAD, body: '{"error":"x"}\n    at parse (x)' }],
  ['a file', { status: 400, head: JSON_HEAD, body: '{"error":"x","error_debug":"/app/node_modules/a"}' }],
  ['the words of a database', { status: 400, head: JSON_HEAD, body: '{"error":"SQLITE_CONSTRAINT"}' }],
  ['a refusal without error', { status: 400, head: JSON_HEAD, body: '{"message":"no"}' }],
  ['JSON that is none', { status: 400, head: JSON_HEAD, body: '{"error":' }],
  [
    'a failure in a redirect',
    { status: 303, head: 'HTTP/1.1 303 See Other\r\nLocation: http://a/?error=server_error&state=x', body: '' },
  ],
])('%s is a fault', (_, answer) => {
  expect(faultsOf(answer)).not.toEqual([]);
});

test('a refusal as it should be is none', () => {
  expect(faultsOf({ status: 400, head: JSON_HEAD, body: '{"error":"invalid_request"}' })).toEqual([]);
});

test('rows that came, went or changed are noticed once', async () => {
  using database = sqliteFile();
  const hydrant = await startHydrant({ settings: { DSN: database.dsn } });
  await hydrant.close();
  using writes = watchWrites(database);
  const other = new Sqlite(database.path);
  expect(writes.changes()).toEqual([]);
  other.exec('CREATE TABLE probe (a INTEGER)');
  writes.changes();
  other.exec('INSERT INTO probe VALUES (1), (2)');
  expect(writes.changes()).toEqual(['probe +2']);
  expect(writes.changes()).toEqual([]);
  other.exec('UPDATE probe SET a = 3');
  const changed = writes.changes();
  expect(changed).toEqual(['rows changed']);
  other.exec('DELETE FROM probe');
  expect(writes.changes()).toEqual(['probe -2']);
  other.close();
  expect(isRefusalsDue('/clients', changed)).toBe(false);
  expect(isRefusalsDue('/admin/oauth2/auth/requests/device/accept', changed)).toBe(true);
  expect(isRefusalsDue('/admin/oauth2/auth/requests/device/accept', ['client +1'])).toBe(false);
});
