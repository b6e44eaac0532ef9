/** What can happen to the file of a SQLite database: somebody else locks it, or writes over it. */
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { clientCredentials, givenClient, isActive, obtainTokens, refresh } from '../support/relying-party.js';
import { sqliteFile } from '../support/sqlite-file.js';
import { startHydrant } from '../support/start-hydrant.js';
import { PATIENT } from './support/settings.js';

const fileIn = (folder: string) => `${folder}/hydrant.sqlite`;

test('a lock of another process is waited for, then told as 503, and then all is well', {
  timeout: 60_000,
}, async () => {
  using database = sqliteFile();
  const log: string[] = [];
  await using hydrant = await startHydrant({ settings: { ...PATIENT, DSN: database.dsn }, log });
  const client = await givenClient(hydrant);
  const tokens = await obtainTokens(hydrant, client);
  const other = new Sqlite(fileIn(database.folder));

  other.exec('BEGIN EXCLUSIVE');
  const waiting = refresh(hydrant, client, tokens.refreshToken);
  // Whoever only reads needs no lock.
  expect(await isActive(hydrant, tokens.accessToken)).toBe(true);
  await pause(300);
  other.exec('COMMIT');
  const rotated = await waiting;
  expect(rotated.status).toBe(200);

  other.exec('BEGIN EXCLUSIVE');
  const refused = await refresh(hydrant, client, rotated.refreshToken);
  expect([refused.status, refused.error, refused.headers.get('retry-after')]).toEqual([
    503,
    'temporarily_unavailable',
    '1',
  ]);
  expect(log.filter((line) => line.includes('another process holds it locked'))).toHaveLength(1);
  other.exec('COMMIT');
  other.close();
  expect((await refresh(hydrant, client, rotated.refreshToken)).status).toBe(200);
  await eventually('the log says so', () => log.some((line) => line.includes('the database works again')));
});

test('a file that is written over is refused, and nothing in it is taken for an answer', {
  timeout: 60_000,
}, async () => {
  using database = sqliteFile();
  const log: string[] = [];
  {
    await using hydrant = await startHydrant({ settings: { ...PATIENT, DSN: database.dsn }, log });
    const client = await givenClient(hydrant);
    const tokens = await obtainTokens(hydrant, client);
    const other = new Sqlite(fileIn(database.folder));
    other.pragma('wal_checkpoint(TRUNCATE)');
    writeOver(fileIn(database.folder));
    // A change of another process, so that the server reads the file again rather than to remember it.
    other.pragma('user_version = 1');
    other.close();

    const answers = await Promise.all([
      refresh(hydrant, client, tokens.refreshToken),
      clientCredentials(hydrant, client),
      send(`${hydrant.adminUrl}/admin/oauth2/introspect`, { form: { token: tokens.accessToken } }),
      send(`${hydrant.adminUrl}/admin/clients/unheard-of`),
      send(`${hydrant.adminUrl}/health/ready`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect(log.filter((line) => line.includes('restore it from a backup'))).toHaveLength(1);
    expect((await send(`${hydrant.publicUrl}/health/alive`)).status).toBe(200);
  }
  await expect(startHydrant({ settings: { ...PATIENT, DSN: database.dsn } })).rejects.toThrow(
    /hydrant\.sqlite cannot be used: the file is (damaged; restore it from a backup|not an SQLite database)\.$/,
  );
});

/** Every page but the first. */
function writeOver(file: string): void {
  const PAGE = 4096;
  const descriptor = openSync(file, 'r+');
  for (let at = PAGE; at < fstatSync(descriptor).size; at += PAGE) {
    writeSync(descriptor, Buffer.alloc(PAGE, 0xff), 0, PAGE, at);
  }
  closeSync(descriptor);
}
