/** Flows contract §16, rows 61 to 64, 70 and 72: the logout app has spoken. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser, send } from '../../support/browser.js';
import {
  challengeIn,
  decide,
  isActive,
  type Params,
  redeem,
  refresh,
  requestUrl,
  walk,
} from '../../support/relying-party.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { cookiesOf, givenA, REMEMBERED } from './cast.js';

let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

async function loggedIn(browser?: Browser, params: Params = {}, subject = 'alice') {
  const client = await givenA(hydrant);
  const how = { ...(browser && { browser }), params, login: { subject, remember: true } };
  const walked = await walk(hydrant, client, how);
  const tokens = await redeem(hydrant, client, walked.code);
  return { client, browser: walked.browser, tokens, sid: String(walked.loginRequest?.session_id) };
}

const sessionOf = (sid: string) => hydrant.store.sessions.find(sid);

async function ask(browser: Browser, params: Params = {}): Promise<string> {
  const url = `${hydrant.publicUrl}/oauth2/sessions/logout?${new URLSearchParams(params)}`;
  return challengeIn(await browser.get(url), 'logout');
}

const LOGGED_OUT = { status: 302, at: 'logged-out page', place: 'neither', params: {} };

test('#61 an accepted logout takes the session, and the cookie with it', async () => {
  const { client, browser, sid } = await loggedIn();
  expect(await sessionOf(sid)).toMatchObject({ subject: 'alice' });
  const done = await browser.get(await decide(hydrant, 'logout', await ask(browser)));
  expect(landing(done)).toEqual(LOGGED_OUT);
  expect(cookiesOf(done, 'session')).toMatchObject([{ value: '', attributes: { 'max-age': '0' } }]);
  expect(await sessionOf(sid)).toBeUndefined();
  expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: false, subject: '' });
});

test('#62 a verifier that comes again ends where it ended before', async () => {
  const { browser } = await loggedIn();
  const next = await decide(hydrant, 'logout', await ask(browser));
  const again = await loggedInAfter(browser, next);
  expect(landing(await browser.get(next))).toEqual(LOGGED_OUT);
  expect(await sessionOf(again.sid)).toMatchObject({ subject: 'alice' });
});

/** Logs out, and in again in the same browser. */
async function loggedInAfter(browser: Browser, next: string) {
  expect(landing(await browser.get(next))).toEqual(LOGGED_OUT);
  return loggedIn(browser);
}

test.each(['/admin', ''])('#63 a rejected logout is gone, and the session stays (%s/oauth2/auth/…)', async (prefix) => {
  const { client, browser, sid } = await loggedIn();
  const challenge = await ask(browser);
  const read = requestUrl(hydrant, 'logout', challenge).replace('/admin/', `${prefix}/`);
  expect((await send(read)).status).toBe(200);
  const rejected = await send(read.replace('/logout?', '/logout/reject?'), { method: 'PUT' });
  expect(rejected).toMatchObject({ status: 204, text: '' });
  expect((await send(read)).status).toBe(404);
  expect(await sessionOf(sid)).toMatchObject({ subject: 'alice' });
  expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: true });
});

test('#64 somebody else who logged in meanwhile stays', async () => {
  const { browser } = await loggedIn();
  const next = await decide(hydrant, 'logout', await ask(browser));
  const bob = await loggedIn(browser, { prompt: 'login' }, 'bob');
  expect(landing(await browser.get(next))).toEqual(LOGGED_OUT);
  expect(await sessionOf(bob.sid)).toMatchObject({ subject: 'bob' });
  const { loginRequest } = await walk(hydrant, bob.client, { browser });
  expect(loginRequest).toMatchObject({ skip: true, subject: 'bob' });
});

test('#70 tokens outlive a logout', async () => {
  const { client, browser, tokens } = await loggedIn();
  await browser.get(await decide(hydrant, 'logout', await ask(browser)));
  expect(await isActive(hydrant, tokens.accessToken)).toBe(true);
  expect((await refresh(hydrant, client, tokens.refreshToken)).status).toBe(200);
});

test('#72 a client logs somebody out in any browser', async () => {
  const { client, browser, tokens, sid } = await loggedIn();
  const elsewhere = openBrowser();
  const challenge = await ask(elsewhere, { id_token_hint: tokens.idToken });
  expect((await send(requestUrl(hydrant, 'logout', challenge))).json).toMatchObject({ rp_initiated: true, sid });
  expect(landing(await elsewhere.get(await decide(hydrant, 'logout', challenge)))).toEqual(LOGGED_OUT);
  expect(await sessionOf(sid)).toBeUndefined();
  expect((await walk(hydrant, client, { ...REMEMBERED, browser })).loginRequest).toMatchObject({ skip: false });
});
