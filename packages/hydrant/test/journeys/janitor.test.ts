/** `hydrant janitor` on a database that a server left behind. */
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { sqliteFile } from '../support/sqlite-file.js';
import { startHydrant } from '../support/start-hydrant.js';
import { temporaryDatabase } from '../support/temporary-database.js';

const HOUR = 3_600_000;

const janitor = (...args: readonly string[]) => runCli(['janitor', ...args]);

/** What a server leaves that ran a few hours ago: a token that lived for one, and a login that nobody finished. */
async function leave(dsn: string, hoursAgo: number): Promise<void> {
  await using hydrant = await startHydrant({
    settings: { DSN: dsn },
    clock: { now: () => Date.now() - hoursAgo * HOUR },
  });
  const client = { client_id: 'app', client_secret: 'secret-of-the-app', grant_types: ['client_credentials'] };
  const redirects = { redirect_uris: ['https://app.example/cb'], response_types: ['code'] };
  const post = (url: string, body: string, headers: Record<string, string>) =>
    fetch(url, { method: 'POST', body, headers });
  await post(`${hydrant.adminUrl}/admin/clients`, JSON.stringify({ ...client, ...redirects }), {
    'Content-Type': 'application/json',
  });
  const authorization = `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`;
  const token = await post(`${hydrant.publicUrl}/oauth2/token`, 'grant_type=client_credentials', {
    authorization,
    'Content-Type': 'application/x-www-form-urlencoded',
  });
  expect(token.status).toBe(200);
  const login = `client_id=app&response_type=code&state=0123456789&redirect_uri=${redirects.redirect_uris}`;
  const visit = await fetch(`${hydrant.publicUrl}/oauth2/auth?${login}`, { redirect: 'manual' });
  expect(visit.status).toBe(302);
}

test('what is dead goes, what is too young or alive stays, and neither secrets nor settings are asked for', async () => {
  await using database = await temporaryDatabase();
  // In this order no server finds anything dead that it would delete by itself.
  await leave(database.dsn, 0.2);
  await leave(database.dsn, 5);
  expect([await database.count('token'), await database.count('flow')]).toEqual([2, 2]);

  await janitor(database.dsn, '--tokens', '--requests', '--keep-if-younger', '24h');
  expect([await database.count('token'), await database.count('flow')]).toEqual([2, 2]);

  expect(await janitor(database.dsn, '--tokens', '--requests', '--grants')).toMatchObject({ status: 0, err: '' });
  expect([await database.count('token'), await database.count('flow')]).toEqual([1, 1]);

  await janitor(database.dsn, '--tokens', '--access-lifespan', '1m');
  await janitor(database.dsn, '--requests', '--consent-request-lifespan', '1m');
  expect([await database.count('token'), await database.count('flow')]).toEqual([0, 0]);
});

test('where there is no file, none is made', async () => {
  using file = sqliteFile();
  expect(await janitor(file.dsn, '--tokens')).toMatchObject({
    status: 1,
    out: '',
    err: expect.stringContaining('hydrant migrate sql up'),
  });
  expect(() => file.rows()).toThrow();
});
