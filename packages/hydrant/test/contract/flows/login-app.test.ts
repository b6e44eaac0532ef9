/** Flows contract §16, rows 1 to 6, 9 and 10: the way to the login app, and what it may say. */
import { describe, expect, test } from 'vitest';
import { openBrowser, type Request, send } from '../../support/browser.js';
import {
  authorizationUrl,
  challengeIn,
  decide,
  introspect,
  redeem,
  requestUrl,
  walk,
} from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { atConsent, atLogin, cookiesOf, givenA } from './cast.js';

const hydrant = sharedHydrant();

/** The login and consent app's calls: of Hydra 26, and of Hydra 1.7. */
const GENERATIONS = [
  ['v2+', '/admin'],
  ['v1.x', ''],
] as const;

const at = (prefix: string, path: string) => `${hydrant.adminUrl}${prefix}/oauth2/auth/requests/${path}`;

const accept = (prefix: string, kind: 'login' | 'consent', challenge: string, json: Request['json']) =>
  send(at(prefix, `${kind}/accept?${kind}_challenge=${challenge}`), { method: 'PUT', json });

test('#1 a stranger is sent to the login app with a CSRF cookie and no session cookie', async () => {
  const answer = await openBrowser().get(authorizationUrl(hydrant, await givenA(hydrant)));
  expect(landing(answer)).toMatchObject({ status: 302, at: 'login app' });
  expect(Object.keys(landing(answer).params)).toEqual(['login_challenge']);
  expect(cookiesOf(answer, 'login_csrf')).toHaveLength(1);
  expect(cookiesOf(answer, '')).toHaveLength(1);
});

test('#2 the query of urls.login gives way to the challenge, that of urls.consent stays', async () => {
  const urls = { URLS_LOGIN: 'https://ui.example/login?x=1', URLS_CONSENT: 'https://ui.example/consent?x=1' };
  await using hydrant = await startHydrant({ settings: urls });
  const client = await givenA(hydrant);
  const browser = openBrowser();
  const asked = await browser.get(authorizationUrl(hydrant, client));
  expect(landing(asked).at).toBe('https://ui.example/login');
  expect(Object.keys(landing(asked).params)).toEqual(['login_challenge']);
  const next = await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' });
  const { at, params } = landing(await browser.get(next));
  expect([at, params.x, 'consent_challenge' in params]).toEqual(['https://ui.example/consent', '1', true]);
});

test('#3 the login app sees who asks for what, and nobody logged in', async () => {
  const client = await givenA(hydrant);
  const url = authorizationUrl(hydrant, client);
  const challenge = challengeIn(await openBrowser().get(url), 'login');
  const { status, json } = await send(requestUrl(hydrant, 'login', challenge));
  expect(status).toBe(200);
  expect(json).toMatchObject({ challenge, skip: false, subject: '', client: { client_id: client.id } });
  expect(String(json.request_url).endsWith(`/oauth2/auth${url.search}`)).toBe(true);
  expect(json.requested_scope).toEqual(['openid', 'offline']);
});

describe.each(GENERATIONS)('by the paths of %s', (generation, prefix) => {
  test('#4 a challenge that nobody made is not there', async () => {
    for (const kind of ['login', 'consent'] as const) {
      expect((await send(at(prefix, `${kind}?${kind}_challenge=nobody`))).status).toBe(404);
    }
    expect((await accept(prefix, 'login', 'nobody', { subject: 'alice' })).status).toBe(404);
  });

  test('#5 a login without a subject is refused, and can be told again', async () => {
    const browser = openBrowser();
    const challenge = await atLogin(hydrant, await givenA(hydrant), browser);
    expect((await accept(prefix, 'login', challenge, {})).status).toBe(400);
    expect((await accept(prefix, 'login', challenge, { subject: '' })).status).toBe(400);
    const { status, json } = await accept(prefix, 'login', challenge, { subject: 'alice' });
    expect(status).toBe(200);
    expect(landing(await browser.get(String(json.redirect_to))).at).toBe('consent app');
  });

  test('#6 unknown members and second thoughts', async () => {
    const browser = openBrowser();
    const client = await givenA(hydrant);
    const challenge = await atLogin(hydrant, client, browser);
    const again = generation === 'v2+' ? 200 : 409;
    const strange = await accept(prefix, 'login', challenge, { subject: 'alice', strange: true });
    expect(strange.status).toBe(generation === 'v2+' ? 200 : 400);
    if (generation === 'v1.x')
      expect((await accept(prefix, 'login', challenge, { subject: 'alice' })).status).toBe(200);
    expect((await accept(prefix, 'login', challenge, { subject: 'alice' })).status).toBe(again);

    const consent = await atConsent(hydrant, client, browser);
    const first = await accept(prefix, 'consent', consent, { grant_scope: ['openid', 'photos'] });
    const second = await accept(prefix, 'consent', consent, { grant_scope: ['photos'] });
    expect([first.status, second.status]).toEqual([200, 200]);
    const { code = '' } = landing(await browser.get(String(second.json.redirect_to))).params;
    const { accessToken } = await redeem(hydrant, client, code);
    expect(await introspect(hydrant, accessToken)).toMatchObject({ active: true, scope: 'photos' });
  });
});

test('#9 a login that is rejected without a word has one of Hydra', async () => {
  const client = await givenA(hydrant);
  const browser = openBrowser();
  const challenge = await atLogin(hydrant, client, browser);
  const rejected = await send(at('/admin', `login/reject?login_challenge=${challenge}`), { method: 'PUT', json: {} });
  const answer = await browser.get(String(rejected.json.redirect_to));
  expect(landing(answer)).toMatchObject({
    status: 303,
    at: client.redirectUri,
    params: { error: 'login request denied', state: 'a-state-that-is-long-enough' },
  });
  expect(answer.location?.search).toMatch(/[?&]error=login\+request\+denied(&|$)/);
});

test('#10 a login that is rejected with words has exactly those', async () => {
  const client = await givenA(hydrant);
  const login = { error: 'access_denied', error_description: 'no' };
  const { answer } = await walk(hydrant, client, { login });
  // `iss` stands in every authorization response (RFC 9207), which Hydra does not send: docs/decisions/0011.
  expect(landing(answer).params).toEqual({ ...login, state: 'a-state-that-is-long-enough', iss: hydrant.publicUrl });
});
