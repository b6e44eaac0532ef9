/** Flows contract §16, rows 54 to 60: who may ask for a logout, and where it would end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../../support/browser.js';
import { type Params, redeem, walk } from '../../support/relying-party.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { givenA, REMEMBERED } from './cast.js';

let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

const DONE = 'https://a.example/done';

async function logOut(browser: Browser, params: Params = {}) {
  return landing(await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?${new URLSearchParams(params)}`));
}

async function loggedIn(how = REMEMBERED as Parameters<typeof walk>[2]) {
  const client = await givenA(hydrant, { post_logout_redirect_uris: [DONE] });
  const { browser, loginRequest, code } = await walk(hydrant, client, how);
  const { idToken, accessToken } = await redeem(hydrant, client, code);
  return { browser, idToken, accessToken, sid: String(loginRequest?.session_id) };
}

const REFUSED = { status: 302, at: 'error page', params: { error: 'invalid_request' } };

describe('without a hint', () => {
  test('#54 a browser without a session is done already', async () => {
    expect(await logOut(openBrowser())).toEqual({ status: 302, at: 'logged-out page', place: 'neither', params: {} });
  });

  /** Hydra's challenge is a uuid; all challenges of Hydrant are handles of 43 characters at most. Apps take them as they are. */
  test('#55 a browser with a session goes to the logout app', async () => {
    const { browser, sid } = await loggedIn();
    const asked = await logOut(browser);
    expect(asked).toMatchObject({ status: 302, at: 'logout app' });
    expect(Object.keys(asked.params)).toEqual(['logout_challenge']);
    expect(asked.params.logout_challenge).toMatch(/^[\w-]{20,64}$/);
    expect(await hydrant.store.sessions.find(sid)).toMatchObject({ subject: 'alice' });
  });

  test.each([
    ['#56', { state: 'abc' }],
    ['#57', { post_logout_redirect_uri: DONE }],
  ])('%s a browser has no say in where it ends: %o', async (_number, params) => {
    const { browser } = await loggedIn();
    expect(await logOut(browser, params)).toMatchObject(REFUSED);
    expect(await logOut(openBrowser(), params)).toMatchObject(REFUSED);
  });
});

describe('with a hint', () => {
  test.each(['https://evil.example/done', `${DONE}/`])('#58 %s is not registered', async (uri) => {
    const { browser, idToken } = await loggedIn();
    const params = { id_token_hint: idToken, post_logout_redirect_uri: uri };
    expect(await logOut(browser, params)).toMatchObject(REFUSED);
    const good = { id_token_hint: idToken, post_logout_redirect_uri: DONE };
    expect(await logOut(browser, good)).toMatchObject({ status: 302, at: 'logout app' });
  });

  test('#59 a session that is not remembered is over already: straight to the client', async () => {
    const { browser, idToken } = await loggedIn({});
    const params = { id_token_hint: idToken, post_logout_redirect_uri: DONE };
    expect(await logOut(browser, params)).toEqual({ status: 302, at: DONE, place: 'neither', params: {} });
    expect(await logOut(browser, { ...params, state: 'abc' })).toMatchObject({ at: DONE, params: { state: 'abc' } });
  });

  test.each(['opaque', 'jwt'])('#60 an access token is none (%s)', async (strategy) => {
    const client = await givenA(hydrant, { access_token_strategy: strategy });
    const { browser, code } = await walk(hydrant, client, REMEMBERED);
    const { accessToken } = await redeem(hydrant, client, code);
    expect(accessToken.split('.')).toHaveLength(strategy === 'jwt' ? 3 : 2);
    expect(await logOut(browser, { id_token_hint: accessToken })).toMatchObject(REFUSED);
  });
});
