/** Logout: who is asked, who is told, and what happens to clients that do not listen. */
import { expect, test } from 'vitest';
import { clockAt, SECOND } from '../support/clock.js';
import { eventually } from '../support/eventually.js';
import { listen } from '../support/listener.js';
import {
  CALLBACK,
  challengeIn,
  claimsOf,
  decide,
  givenClient,
  redeem,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { temporaryDatabase } from '../support/temporary-database.js';

const DONE = 'http://127.0.0.1:1/done';

async function loggedIn(hydrant: Hydrant, client: TestClient) {
  const { browser, code } = await walk(hydrant, client, { login: { remember: true } });
  const { idToken } = await redeem(hydrant, client, code);
  const start = (params: Record<string, string> = {}) =>
    browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?${new URLSearchParams(params)}`);
  const isRemembered = async () => (await walk(hydrant, client, { browser })).loginRequest?.skip === true;
  return { browser, idToken, start, isRemembered, sid: claimsOf(idToken).sid };
}

test('a client that does not take its logout token is told again until it does', async () => {
  const clock = clockAt();
  const log: string[] = [];
  await using database = await temporaryDatabase();
  await using app = await listen((_request, before) => ({ status: before === 0 ? 503 : 200 }));
  await using hydrant = await startHydrant({ clock, log, settings: { DSN: database.dsn, LOG_FORMAT: 'json' } });
  const client = await givenClient(hydrant, { backchannel_logout_uri: `${app.url}/logout` });
  const { browser, start, sid, isRemembered } = await loggedIn(hydrant, client);
  const next = await decide(hydrant, 'logout', challengeIn(await start(), 'logout'));
  expect((await browser.get(next)).location?.href).toBe('http://127.0.0.1:1/logged-out');
  expect(await isRemembered()).toBe(false);

  await app.hasReceived(1);
  await eventually('the failure is in the log', () => log.some((line) => line.includes('to be tried again')));
  expect(await database.count('logout_notice')).toBe(1);

  // Before its time nothing happens, whoever knocks; a whole login is long enough for it not to.
  clock.advance(4 * SECOND);
  hydrant.kick('deliver-logout');
  await walk(hydrant, client);
  expect(app.received).toHaveLength(1);
  clock.advance(2 * SECOND);
  hydrant.kick('deliver-logout');
  await app.hasReceived(2);
  await eventually('the notice is gone', async () => (await database.count('logout_notice')) === 0);
  await eventually('the delivery is in the log', () => log.some((line) => line.includes('logout delivered')));
  expect(app.received).toHaveLength(2);

  const tokens = app.received.map(({ body }) => claimsOf(new URLSearchParams(body).get('logout_token') ?? ''));
  for (const claims of tokens) {
    expect(claims).toMatchObject({ iss: hydrant.publicUrl, aud: [client.id], sid });
    expect(claims.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect(claims).not.toHaveProperty('nonce');
  }
});

test('a logout token that is owed outlives the server', async () => {
  const clock = clockAt();
  await using database = await temporaryDatabase();
  await using app = await listen((_request, before) => ({ status: before === 0 ? 500 : 204 }));
  const settings = { DSN: database.dsn };
  const first = await startHydrant({ clock, settings });
  const client = await givenClient(first, { backchannel_logout_uri: `${app.url}/logout` });
  const { browser, start } = await loggedIn(first, client);
  await browser.get(await decide(first, 'logout', challengeIn(await start(), 'logout')));
  await app.hasReceived(1);
  await first.close();
  expect(await database.count('logout_notice')).toBe(1);

  clock.advance(60 * SECOND);
  await using second = await startHydrant({ clock, settings });
  second.kick('deliver-logout');
  await app.hasReceived(2);
  await eventually('the notice is gone', async () => (await database.count('logout_notice')) === 0);
});

test('clients with a front channel are told by a page, which goes on from there', async () => {
  await using hydrant = await startHydrant();
  const client = await givenClient(hydrant, { frontchannel_logout_uri: `${CALLBACK}/frontchannel?from=app` });
  const { browser, start, sid, isRemembered } = await loggedIn(hydrant, client);
  const page = await browser.get(await decide(hydrant, 'logout', challengeIn(await start(), 'logout')));
  expect(page.status).toBe(200);
  const [, frame = ''] = /<iframe[^>]* src="([^"]+)"/.exec(page.text) ?? [];
  const address = new URL(frame.replaceAll('&amp;', '&'));
  expect(Object.fromEntries(address.searchParams)).toEqual({ from: 'app', iss: hydrant.publicUrl, sid });
  expect(page.text).toContain('http://127.0.0.1:1/logged-out');
  expect(page.headers.get('content-security-policy')).toContain('frame-src');
  expect(await isRemembered()).toBe(false);
});

test('a client that shows a hint gets its own page back, if it registered it', async () => {
  await using hydrant = await startHydrant();
  const client = await givenClient(hydrant, { post_logout_redirect_uris: [DONE] });
  const { browser, idToken, start, isRemembered } = await loggedIn(hydrant, client);
  const elsewhere = await start({ id_token_hint: idToken, post_logout_redirect_uri: `${DONE}/elsewhere` });
  expect(elsewhere.location?.searchParams.get('error')).toBe('invalid_request');
  expect(await isRemembered()).toBe(true);

  const asked = await start({ id_token_hint: idToken, post_logout_redirect_uri: DONE, state: 'back' });
  const next = await decide(hydrant, 'logout', challengeIn(asked, 'logout'));
  expect((await browser.get(next)).location?.href).toBe(`${DONE}?state=back`);
  expect(await isRemembered()).toBe(false);
});

test('a logout that the app refuses leaves everything as it was', async () => {
  await using hydrant = await startHydrant();
  const client = await givenClient(hydrant);
  const { start, isRemembered } = await loggedIn(hydrant, client);
  const challenge = challengeIn(await start(), 'logout');
  const url = `${hydrant.adminUrl}/admin/oauth2/auth/requests/logout/reject?logout_challenge=${challenge}`;
  expect((await fetch(url, { method: 'PUT' })).status).toBe(204);
  expect(await isRemembered()).toBe(true);
});

test('a browser without a session has nothing to confirm', async () => {
  await using hydrant = await startHydrant();
  const answer = await fetch(`${hydrant.publicUrl}/oauth2/sessions/logout`, { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe('http://127.0.0.1:1/logged-out');
});
