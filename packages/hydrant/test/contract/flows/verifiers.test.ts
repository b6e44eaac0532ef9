/** Flows contract §16, rows 7, 8, 11 to 15, 73 and 74: what the browser brings back from login and consent, and when. */
import { describe, expect, test } from 'vitest';
import { openBrowser, send } from '../../support/browser.js';
import { clockAt, SECOND } from '../../support/clock.js';
import {
  challengeIn,
  decide,
  isActive,
  redeem,
  requestUrl,
  type TestClient,
  walk,
} from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { atConsent, atLogin, givenA } from './cast.js';

const hydrant = sharedHydrant();

const refusedAt = ({ redirectUri }: TestClient, error: string) => ({
  status: 303,
  at: redirectUri,
  params: { error, state: 'a-state-that-is-long-enough' },
});

describe('a login verifier', () => {
  async function accepted() {
    const client = await givenA(hydrant);
    const browser = openBrowser();
    const challenge = await atLogin(hydrant, client, browser);
    return { client, browser, next: await decide(hydrant, 'login', challenge, { subject: 'alice' }) };
  }

  test('#7 does nothing without the cookie of its flow, and is still good where that is', async () => {
    const { client, browser, next } = await accepted();
    expect(landing(await openBrowser().get(next))).toMatchObject(refusedAt(client, 'request_forbidden'));
    expect(landing(await browser.get(next)).at).toBe('consent app');
  });

  test('#8 does nothing with the cookie of another browser', async () => {
    const { client, browser, next } = await accepted();
    const other = openBrowser();
    await atLogin(hydrant, client, other);
    expect(landing(await other.get(next))).toMatchObject(refusedAt(client, 'request_forbidden'));
    const [name = ''] = browser.jar.keys();
    const [value = ''] = other.jar.values();
    other.jar.set(name, value);
    expect(landing(await other.get(next))).toMatchObject(refusedAt(client, 'request_forbidden'));
    expect(landing(await browser.get(next)).at).toBe('consent app');
  });

  test('#11 that comes again leads to the consent app again', async () => {
    const { client, browser, next } = await accepted();
    const [first, second] = [await browser.get(next), await browser.get(next)];
    expect([landing(first).at, landing(second).at]).toEqual(['consent app', 'consent app']);
    const end = await decide(hydrant, 'consent', challengeIn(second, 'consent'), { grant_scope: ['openid'] });
    const { code = '' } = landing(await browser.get(end)).params;
    expect((await redeem(hydrant, client, code)).status).toBe(200);
  });

  test('#73 comes before a consent verifier in the same address', async () => {
    const { browser, next } = await accepted();
    const both = new URL(next);
    both.searchParams.set('consent_verifier', 'nonsense');
    expect(landing(await browser.get(both)).at).toBe('consent app');
  });
});

describe('a consent verifier', () => {
  test('#12 that comes again is refused, and the code of the first time stays good', async () => {
    const client = await givenA(hydrant);
    const browser = openBrowser();
    const consent = await atConsent(hydrant, client, browser);
    const end = await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] });
    const kept = new Map(browser.jar);
    const { code = '' } = landing(await browser.get(end)).params;
    // Even with the cookies that the first time took away.
    for (const [name, value] of kept) browser.jar.set(name, value);
    expect(landing(await browser.get(end))).toMatchObject(refusedAt(client, 'access_denied'));
    const { status, accessToken } = await redeem(hydrant, client, code);
    expect([status, await isActive(hydrant, accessToken)]).toEqual([200, true]);
  });

  test('#74 is refused when the client lost a scope meanwhile', async () => {
    const client = await givenA(hydrant);
    const browser = openBrowser();
    const login = await atLogin(hydrant, client, browser, { scope: 'openid photos' });
    const next = await decide(hydrant, 'login', login, { subject: 'alice' });
    const consent = challengeIn(await browser.get(next), 'consent');
    const end = await decide(hydrant, 'consent', consent, { grant_scope: ['openid', 'photos'] });
    const patch = [{ op: 'replace', path: '/scope', value: 'openid offline' }];
    const url = `${hydrant.adminUrl}/admin/clients/${client.id}`;
    expect((await send(url, { method: 'PATCH', json: patch })).status).toBe(200);
    const ended = landing(await browser.get(end));
    expect(ended).toMatchObject(refusedAt(client, 'invalid_scope'));
    expect(ended.params).not.toHaveProperty('code');
  });
});

describe('the time for login and consent', () => {
  /**
   * Hydra 1.x accepts the login, and the browser hears that it was too late. A flow lives until its time is over
   * (docs/decisions/0002), so the paths of both generations say it to the login app.
   */
  test('#13 is over before the login is accepted', async () => {
    const clock = clockAt();
    await using hydrant = await startHydrant({ clock, settings: { TTL_LOGIN_CONSENT_REQUEST: '1s' } });
    const client = await givenA(hydrant);
    const challenge = await atLogin(hydrant, client, openBrowser());
    clock.advance(2 * SECOND);
    const url = requestUrl(hydrant, 'login', challenge).replace('/login?', '/login/accept?');
    for (const address of [url, url.replace('/admin/', '/')]) {
      const late = await send(address, { method: 'PUT', json: { subject: 'alice' } });
      expect(late).toMatchObject({ status: 401, json: { error: 'request_unauthorized' } });
    }
  });

  test('#14 is one for both, counted from the first visit', async () => {
    const clock = clockAt();
    await using hydrant = await startHydrant({ clock, settings: { TTL_LOGIN_CONSENT_REQUEST: '10s' } });
    const client = await givenA(hydrant);
    const browser = openBrowser();
    const login = await atLogin(hydrant, client, browser);
    clock.advance(6 * SECOND);
    const next = await decide(hydrant, 'login', login, { subject: 'alice' });
    const consent = challengeIn(await browser.get(next), 'consent');
    const end = await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] });
    clock.advance(6 * SECOND);
    const ended = landing(await browser.get(end));
    expect(ended).toMatchObject(refusedAt(client, 'request_unauthorized'));
    expect(ended.params).not.toHaveProperty('code');
  });

  test('#15 weighs more than what the consent app said', async () => {
    const clock = clockAt();
    await using hydrant = await startHydrant({ clock, settings: { TTL_LOGIN_CONSENT_REQUEST: '10s' } });
    const client = await givenA(hydrant);
    const browser = openBrowser();
    const consent = await atConsent(hydrant, client, browser);
    const end = await decide(hydrant, 'consent', consent, { error: 'access_denied' });
    clock.advance(10 * SECOND);
    expect(landing(await browser.get(end))).toMatchObject(refusedAt(client, 'request_unauthorized'));

    const inTime = await walk(hydrant, client, { consent: { error: 'access_denied' } });
    expect(landing(inTime.answer)).toMatchObject(refusedAt(client, 'access_denied'));
  });
});
