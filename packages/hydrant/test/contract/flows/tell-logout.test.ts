/** Flows contract §16, rows 65 to 69: which clients hear of a logout, and how. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../../support/browser.js';
import { listen } from '../../support/listener.js';
import { challengeIn, claimsOf, decide, redeem, type TestClient, walk } from '../../support/relying-party.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { givenA } from './cast.js';

let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

/** Logs alice in at a client, and returns the claims of its ID token. */
async function logIn(client: TestClient, browser: Browser) {
  const { code } = await walk(hydrant, client, { browser, login: { remember: true } });
  return claimsOf((await redeem(hydrant, client, code)).idToken);
}

async function logOut(browser: Browser) {
  const asked = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout`);
  return browser.get(await decide(hydrant, 'logout', challengeIn(asked, 'logout')));
}

const LOGGED_OUT = { status: 302, at: 'logged-out page', place: 'neither', params: {} };

/** What the frames of a page load. */
const framesOf = (html: string) =>
  [...html.matchAll(/<iframe[^>]* src="([^"]+)"/g)].map(([, src = '']) => new URL(src.replaceAll('&amp;', '&')));

test('#65 a front-channel client is told in a frame, its own query kept', async () => {
  const client = await givenA(hydrant, { frontchannel_logout_uri: 'https://a.example/fc?x=1' });
  const silent = await givenA(hydrant);
  const browser = openBrowser();
  const { sid } = await logIn(client, browser);
  await logIn(silent, browser);
  const page = await logOut(browser);
  expect(page.status).toBe(200);
  const [frame, ...others] = framesOf(page.text);
  expect(others).toEqual([]);
  expect(`${frame?.origin}${frame?.pathname}`).toBe('https://a.example/fc');
  expect(Object.fromEntries(frame?.searchParams ?? [])).toEqual({ x: '1', iss: hydrant.publicUrl, sid });
  expect(page.text).toContain('http://127.0.0.1:1/logged-out');
  expect(await hydrant.store.sessions.find(String(sid))).toBeUndefined();
});

test('#66 without one there is no page', async () => {
  const browser = openBrowser();
  await logIn(await givenA(hydrant), browser);
  const done = await logOut(browser);
  expect(landing(done)).toEqual(LOGGED_OUT);
  expect(done.text).toBe('');
});

test('#67 a back-channel client gets a logout token', async () => {
  await using app = await listen();
  const client = await givenA(hydrant, { backchannel_logout_uri: `${app.url}/bc` });
  const browser = openBrowser();
  const { sid } = await logIn(client, browser);
  expect(landing(await logOut(browser))).toEqual(LOGGED_OUT);
  await app.hasReceived(1);
  const [told] = app.received;
  expect(told).toMatchObject({ method: 'POST', path: '/bc' });
  expect(told?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  const form = new URLSearchParams(told?.body);
  expect([...form.keys()]).toEqual(['logout_token']);
  const claims = claimsOf(form.get('logout_token') ?? '');
  expect(Object.keys(claims).sort()).toEqual(['aud', 'events', 'iat', 'iss', 'jti', 'sid']);
  expect(claims).toMatchObject({
    iss: hydrant.publicUrl,
    aud: [client.id],
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    sid,
  });
});

test('#68 a back channel that answers 500, or not at all, holds nobody up', async () => {
  await using failing = await listen(() => ({ status: 500 }));
  await using hanging = await hang();
  const browser = openBrowser();
  for (const url of [failing.url, hanging.url])
    await logIn(await givenA(hydrant, { backchannel_logout_uri: `${url}/bc` }), browser);
  expect(landing(await logOut(browser))).toEqual(LOGGED_OUT);
  await Promise.all([failing.hasReceived(1), hanging.asked]);
  expect((await walk(hydrant, await givenA(hydrant), { browser })).loginRequest).toMatchObject({ skip: false });
});

/** A web server that takes a request and never answers. */
async function hang() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  const asked = once(server, 'connection');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('#69 a client of another session of the same person is not told', async () => {
  await using app = await listen();
  const here = await givenA(hydrant, { backchannel_logout_uri: `${app.url}/here` });
  const there = await givenA(hydrant, { backchannel_logout_uri: `${app.url}/there` });
  const framed = await givenA(hydrant, { frontchannel_logout_uri: 'https://b.example/fc' });
  const [browser, other] = [openBrowser(), openBrowser()];
  await logIn(here, browser);
  const { sid } = await logIn(there, other);
  await logIn(framed, other);
  expect(landing(await logOut(browser))).toEqual(LOGGED_OUT);
  await app.hasReceived(1);
  expect(await hydrant.store.sessions.find(String(sid))).toMatchObject({ subject: 'alice' });
  // The other one hears of its own session when that ends, and of nothing before.
  expect(framesOf((await logOut(other)).text).map(({ host }) => host)).toEqual(['b.example']);
  await app.hasReceived(2);
  expect(app.received.map(({ path }) => path)).toEqual(['/here', '/there']);
});
