/** Flows contract §16, rows 16 to 24 and 71: how a login is remembered, and by which cookie. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, send } from '../../support/browser.js';
import { clockAt, MINUTE } from '../../support/clock.js';
import {
  authorizationUrl,
  challengeIn,
  claimsOf,
  decide,
  isActive,
  type Params,
  redeem,
  requestUrl,
  type TestClient,
  type Walk,
  walk,
} from '../../support/relying-party.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { atLogin, cookiesOf, givenA, REMEMBERED } from './cast.js';

const clock = clockAt();
let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant({ clock });
});
afterAll(() => hydrant.close());

/** The answer to a login that was accepted: it carries the session cookie. */
async function login(client: TestClient, members: Readonly<Record<string, unknown>>, browser = openBrowser()) {
  const challenge = await atLogin(hydrant, client, browser);
  return browser.get(await decide(hydrant, 'login', challenge, { subject: 'alice', ...members }));
}

/** A browser that remembers alice, and the session by which it does. */
async function remembered(how: Walk = REMEMBERED) {
  const client = await givenA(hydrant);
  const { browser, loginRequest, code } = await walk(hydrant, client, how);
  const { idToken, accessToken } = await redeem(hydrant, client, code);
  return { client, browser, sid: String(loginRequest?.session_id), idToken, accessToken };
}

describe('a remembered login', () => {
  test('#16 for an hour has a cookie for an hour, out of reach of scripts', async () => {
    const [cookie, ...others] = cookiesOf(
      await login(await givenA(hydrant), { remember: true, remember_for: 3600 }),
      'session',
    );
    expect(others).toEqual([]);
    expect(cookie?.attributes).toMatchObject({ 'max-age': '3600', httponly: '', path: '/' });
  });

  test('#17 for as long as possible has one for thirty days', async () => {
    const [cookie] = cookiesOf(await login(await givenA(hydrant), { remember: true, remember_for: 0 }), 'session');
    expect(cookie?.attributes['max-age']).toBe('2592000');
  });

  test('#18 ends with a login that is not to be remembered', async () => {
    const { client, browser, sid } = await remembered();
    expect(await hydrant.store.sessions.find(sid)).toMatchObject({ subject: 'alice' });
    const challenge = await atLogin(hydrant, client, browser, { prompt: 'login' });
    const answer = await browser.get(await decide(hydrant, 'login', challenge, { subject: 'alice', remember: false }));
    const [cookie] = cookiesOf(answer, 'session');
    expect([cookie?.value, Number(cookie?.attributes['max-age'])]).toEqual(['', 0]);
    expect(await hydrant.store.sessions.find(sid)).toBeUndefined();
    expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: false });
  });

  test('#19 is shown to the login app the next time', async () => {
    const { client, browser, sid } = await remembered();
    const { loginRequest } = await walk(hydrant, client, { browser });
    expect(loginRequest).toMatchObject({ skip: true, subject: 'alice', session_id: sid });
  });

  test('#20 is not that of somebody else: refused on un-prefixed paths, asked anew under /admin', async () => {
    const { client, browser } = await remembered();
    const challenge = await atLogin(hydrant, client, browser);
    const url = requestUrl(hydrant, 'login', challenge).replace('/login?', '/login/accept?');
    const bob = { method: 'PUT', json: { subject: 'bob' } };
    expect((await send(url.replace('/admin/', '/'), bob)).status).toBe(400);
    const { status, json } = await send(url, bob);
    expect(status).toBe(200);
    expect(new URL(String(json.redirect_to)).searchParams.get('prompt')).toBe('login');

    const anew = challengeIn(await browser.get(String(json.redirect_to)), 'login');
    expect((await send(requestUrl(hydrant, 'login', anew))).json).toMatchObject({ skip: false, subject: '' });
    // Both logins fall in one second, in which `auth_time` of the new one is still not before the request.
    const loggedIn = await browser.get(await decide(hydrant, 'login', anew, { subject: 'bob', remember: true }));
    expect(landing(loggedIn).at).toBe('consent app');
  });

  test('#21 stays remembered when the login app says otherwise while it is skipped', async () => {
    const { client, browser, sid } = await remembered();
    const { code } = await walk(hydrant, client, { browser, login: { remember: false } });
    expect(code).not.toBe('');
    expect(await hydrant.store.sessions.find(sid)).toMatchObject({ subject: 'alice' });
    expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: true, session_id: sid });
  });

  test('#22 gets no new cookie while it is skipped, unless the login app extends it', async () => {
    const { client, browser, sid } = await remembered({ login: { remember: true, remember_for: 3600 } });
    const before = await hydrant.store.sessions.find(sid);
    clock.advance(MINUTE);
    expect(cookiesOf(await login(client, {}, browser), 'session')).toEqual([]);
    expect(await hydrant.store.sessions.find(sid)).toEqual(before);

    const extended = await login(client, { remember_for: 3600, extend_session_lifespan: true }, browser);
    expect(cookiesOf(extended, 'session')).toMatchObject([{ attributes: { 'max-age': '3600' } }]);
    expect((await hydrant.store.sessions.find(sid))?.expiresAt).toBe((before?.expiresAt ?? 0) + MINUTE);
  });

  test('#23 keeps its auth_time in ID tokens; rat is that of the request', async () => {
    const { client, browser, idToken } = await remembered();
    clock.advance(MINUTE);
    const { code } = await walk(hydrant, client, { browser });
    const [first, second] = [claimsOf(idToken), claimsOf((await redeem(hydrant, client, code)).idToken)];
    expect(second.auth_time).toBe(first.auth_time);
    expect(second.rat).toBe(Number(first.rat) + 60);
    expect(second.sid).toBe(first.sid);
  });

  test('#24 is none where its cookie was tampered with', async () => {
    const { client, browser } = await remembered();
    const [name = '', value = ''] = [...browser.jar].find(([one]) => one.includes('session')) ?? [];
    browser.jar.set(name, `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`);
    const asked = await browser.get(authorizationUrl(hydrant, client));
    expect(landing(asked)).toMatchObject({ status: 302, at: 'login app' });
    const { json } = await send(requestUrl(hydrant, 'login', challengeIn(asked, 'login')));
    expect(json).toMatchObject({ skip: false, subject: '' });
    browser.jar.set(name, value);
    expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: true });
  });
});

test('#71 sessions that the operator ends are over, their access tokens are not', async () => {
  const carol: Walk = { login: { subject: 'carol', remember: true } };
  const { client, browser, sid, accessToken } = await remembered(carol);
  const subject: Params = { subject: 'carol' };
  const url = `${hydrant.adminUrl}/admin/oauth2/auth/sessions/login?${new URLSearchParams(subject)}`;
  expect((await send(url, { method: 'DELETE' })).status).toBe(204);
  expect(await hydrant.store.sessions.find(sid)).toBeUndefined();
  expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: false, subject: '' });
  expect(await isActive(hydrant, accessToken)).toBe(true);
});
