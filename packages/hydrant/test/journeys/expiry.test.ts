/** Everything ends by the clock, is refused from then on, and leaves nothing behind. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBrowser, send } from '../support/browser.js';
import { clockAt, DAY, HOUR, MINUTE, SECOND } from '../support/clock.js';
import { eventually } from '../support/eventually.js';
import {
  authorizationUrl,
  challengeIn,
  clientCredentials,
  decide,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestUrl,
  walk,
} from '../support/relying-party.js';
import { startHydrant } from '../support/start-hydrant.js';
import { temporaryDatabase } from '../support/temporary-database.js';

const SETTINGS = {
  TTL_LOGIN_CONSENT_REQUEST: '10m',
  TTL_AUTH_CODE: '5m',
  TTL_ACCESS_TOKEN: '1h',
  TTL_REFRESH_TOKEN: '24h',
  TTL_AUTHENTICATION_SESSION: '48h',
};

async function atNoon() {
  const clock = clockAt();
  return { clock, hydrant: await startHydrant({ clock, settings: SETTINGS }) };
}

test('a login challenge', async () => {
  const { clock, hydrant: started } = await atNoon();
  await using hydrant = started;
  const client = await givenClient(hydrant);
  const browser = openBrowser();
  const challenge = challengeIn(await browser.get(authorizationUrl(hydrant, client)), 'login');
  const next = await decide(hydrant, 'login', challenge, { subject: 'alice' });
  clock.advance(10 * MINUTE - SECOND);
  expect((await send(requestUrl(hydrant, 'login', challenge))).status).toBe(200);
  clock.advance(SECOND);
  const late = await send(requestUrl(hydrant, 'login', challenge));
  expect([late.status, late.json.error]).toEqual([401, 'request_unauthorized']);
  expect((await browser.get(next)).location?.searchParams.get('error')).toBe('request_unauthorized');
});

test('login and consent together, counted from the first visit', async () => {
  const { clock, hydrant: started } = await atNoon();
  await using hydrant = started;
  const client = await givenClient(hydrant);
  const browser = openBrowser();
  const challenge = challengeIn(await browser.get(authorizationUrl(hydrant, client)), 'login');
  clock.advance(6 * MINUTE);
  const next = await decide(hydrant, 'login', challenge, { subject: 'alice' });
  const consent = challengeIn(await browser.get(next), 'consent');
  const end = await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] });
  clock.advance(4 * MINUTE);
  expect((await send(requestUrl(hydrant, 'consent', consent))).status).toBe(401);
  expect((await browser.get(end)).location?.searchParams.get('error')).toBe('request_unauthorized');
});

test('a code', async () => {
  const { clock, hydrant: started } = await atNoon();
  await using hydrant = started;
  const client = await givenClient(hydrant);
  const [early, late] = [await obtainCode(hydrant, client), await obtainCode(hydrant, client)];
  clock.advance(5 * MINUTE - SECOND);
  expect((await redeem(hydrant, client, early)).status).toBe(200);
  clock.advance(SECOND);
  expect(await redeem(hydrant, client, late)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test.each(['opaque', 'jwt'])('an access token (%s), and after it the refresh token', async (kind) => {
  const clock = clockAt();
  await using hydrant = await startHydrant({ clock, settings: { ...SETTINGS, STRATEGIES_ACCESS_TOKEN: kind } });
  const client = await givenClient(hydrant);
  const { accessToken, refreshToken, json } = await obtainTokens(hydrant, client);
  const machine = await clientCredentials(hydrant, client);
  expect(json.expires_in).toBe(3600);
  clock.advance(HOUR - SECOND);
  expect(await isActive(hydrant, accessToken)).toBe(true);
  expect((await send(`${hydrant.publicUrl}/userinfo`, { bearer: accessToken })).status).toBe(200);
  clock.advance(SECOND);
  expect(await isActive(hydrant, accessToken)).toBe(false);
  expect(await isActive(hydrant, machine.accessToken)).toBe(false);
  expect((await send(`${hydrant.publicUrl}/userinfo`, { bearer: accessToken })).status).toBe(401);

  clock.advance(23 * HOUR - SECOND);
  expect(await isActive(hydrant, refreshToken)).toBe(true);
  const next = await refresh(hydrant, client, refreshToken);
  expect(next.status).toBe(200);
  clock.advance(24 * HOUR);
  expect(await isActive(hydrant, next.refreshToken)).toBe(false);
  expect(await refresh(hydrant, client, next.refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test('a remembered login, by the setting or by the word of the login app', async () => {
  const { clock, hydrant: started } = await atNoon();
  await using hydrant = started;
  const client = await givenClient(hydrant);
  const long = (await walk(hydrant, client, { login: { remember: true } })).browser;
  const short = (await walk(hydrant, client, { login: { remember: true, remember_for: 3600 } })).browser;
  const isRemembered = async (browser: typeof long) =>
    (await walk(hydrant, client, { browser })).loginRequest?.skip === true;
  clock.advance(HOUR - SECOND);
  expect(await isRemembered(short)).toBe(true);
  clock.advance(SECOND);
  expect(await isRemembered(short)).toBe(false);
  clock.advance(47 * HOUR - SECOND);
  expect(await isRemembered(long)).toBe(true);
  clock.advance(SECOND);
  expect(await isRemembered(long)).toBe(false);
});

test('a remembered consent', async () => {
  const { clock, hydrant: started } = await atNoon();
  await using hydrant = started;
  const client = await givenClient(hydrant);
  const how = { login: { remember: true }, consent: { remember: true, remember_for: 3600 } };
  const { browser } = await walk(hydrant, client, how);
  clock.advance(HOUR - SECOND);
  expect((await walk(hydrant, client, { browser })).consentRequest).toMatchObject({ skip: true });
  clock.advance(SECOND);
  expect((await walk(hydrant, client, { browser })).consentRequest).toMatchObject({ skip: false });
});

test('a logout request', async () => {
  const { clock, hydrant: started } = await atNoon();
  await using hydrant = started;
  const client = await givenClient(hydrant);
  const { browser } = await walk(hydrant, client, { login: { remember: true } });
  const challenge = challengeIn(await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout`), 'logout');
  const next = await decide(hydrant, 'logout', challenge);
  clock.advance(10 * MINUTE);
  expect((await send(requestUrl(hydrant, 'logout', challenge))).status).toBe(404);
  expect((await browser.get(next)).location?.searchParams.get('error')).toBe('request_unauthorized');
  expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: true });
});

test('when all has expired, nothing is left but clients and keys', async () => {
  const clock = clockAt();
  await using database = await temporaryDatabase();
  await using hydrant = await startHydrant({ clock, settings: { ...SETTINGS, DSN: database.dsn } });
  const standing = await database.rows();
  const client = await givenClient(hydrant);

  // One of everything, finished and left behind half-way.
  const kept = await walk(hydrant, client, {
    login: { remember: true },
    consent: { remember: true, remember_for: 60 },
  });
  const { refreshToken } = await redeem(hydrant, client, kept.code);
  await refresh(hydrant, client, refreshToken);
  await obtainCode(hydrant, client);
  await walk(hydrant, client, { params: { response_type: 'code id_token token' } });
  await walk(hydrant, client, { login: { error: 'access_denied' } });
  await openBrowser().get(authorizationUrl(hydrant, client));
  await clientCredentials(hydrant, client);
  await kept.browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout`);
  await hydrant.store.assertions.use(randomUUID(), clock.now() + HOUR);
  const grown = await database.rows();
  for (const table of ['flow', 'token_family', 'token', 'login_session', 'used_jti', 'logout_request'])
    expect(grown[table] ?? 0, table).toBeGreaterThan(0);

  clock.advance(4 * DAY);
  hydrant.kick('flush-expired');
  await eventually('everything is gone', async () =>
    Object.keys(await database.rows()).every((table) => table in { ...standing, client: 1 }),
  );
  expect(await database.rows()).toEqual({ ...standing, client: 1 });
});

test('what still lives is not flushed', async () => {
  const clock = clockAt();
  await using database = await temporaryDatabase();
  await using hydrant = await startHydrant({ clock, settings: { ...SETTINGS, DSN: database.dsn } });
  const client = await givenClient(hydrant);
  const { browser, code } = await walk(hydrant, client, { login: { remember: true }, consent: { remember: true } });
  const { refreshToken } = await redeem(hydrant, client, code);
  clock.advance(23 * HOUR);
  hydrant.kick('flush-expired');
  await eventually('the finished flow is gone', async () => (await database.count('flow')) === 0);
  expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
  const again = await walk(hydrant, client, { browser });
  expect([again.loginRequest?.skip, again.consentRequest?.skip]).toEqual([true, true]);
});

test('the flush operation of the first generation takes dead access tokens and leaves the living', async () => {
  const clock = clockAt();
  await using database = await temporaryDatabase();
  await using hydrant = await startHydrant({ clock, settings: { ...SETTINGS, DSN: database.dsn } });
  const client = await givenClient(hydrant);
  await clientCredentials(hydrant, client);
  clock.advance(HOUR + SECOND);
  const { accessToken } = await clientCredentials(hydrant, client);
  const url = `${hydrant.adminUrl}/oauth2/flush`;
  expect((await send(url, { json: {} })).status).toBe(204);
  expect(await database.count('token')).toBe(1);
  expect(await isActive(hydrant, accessToken)).toBe(true);
});
