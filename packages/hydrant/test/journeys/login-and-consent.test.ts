/** The walk through login and consent: what is remembered, what is asked anew, and every way to say no. */
import { describe, expect, test } from 'vitest';
import { openBrowser, send } from '../support/browser.js';
import { clockAt, MINUTE, SECOND } from '../support/clock.js';
import {
  authorizationUrl,
  challengeIn,
  claimsOf,
  decide,
  givenClient,
  obtainTokens,
  redeem,
  requestUrl,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { startHydrant } from '../support/start-hydrant.js';

const hydrant = sharedHydrant();
type Server = typeof hydrant;

/** A browser in which alice is logged in, and remembered; her consent too. */
async function rememberedIn(hydrant: Server, client: TestClient) {
  const { browser, code } = await walk(hydrant, client, { login: { remember: true }, consent: { remember: true } });
  const { idToken } = await redeem(hydrant, client, code);
  return { browser, idToken };
}

describe('remembered', () => {
  test('a login and a consent are asked for once', async () => {
    const client = await givenClient(hydrant);
    const { browser, idToken } = await rememberedIn(hydrant, client);
    const again = await walk(hydrant, client, { browser });
    expect(again.loginRequest).toMatchObject({ skip: true, subject: 'alice' });
    expect(again.consentRequest).toMatchObject({ skip: true, subject: 'alice' });
    const { idToken: second } = await redeem(hydrant, client, again.code);
    expect(claimsOf(second).sid).toBe(claimsOf(idToken).sid);
    expect(claimsOf(second).auth_time).toBe(claimsOf(idToken).auth_time);
  });

  test('a consent covers less than it granted, not more', async () => {
    const client = await givenClient(hydrant);
    const { browser } = await rememberedIn(hydrant, client);
    const less = await walk(hydrant, client, { browser, params: { scope: 'openid' } });
    expect(less.consentRequest).toMatchObject({ skip: true });
    const more = await walk(hydrant, client, { browser, params: { scope: 'openid offline email' } });
    expect(more.consentRequest).toMatchObject({ skip: false });
  });

  test('a consent is for one client', async () => {
    const { browser } = await rememberedIn(hydrant, await givenClient(hydrant));
    const other = await walk(hydrant, await givenClient(hydrant), { browser });
    expect(other.loginRequest).toMatchObject({ skip: true });
    expect(other.consentRequest).toMatchObject({ skip: false });
  });

  test('a session that an operator ended is asked for anew', async () => {
    const client = await givenClient(hydrant);
    const { browser } = await rememberedIn(hydrant, client);
    const url = `${hydrant.adminUrl}/admin/oauth2/auth/sessions/login?subject=alice`;
    expect((await send(url, { method: 'DELETE' })).status).toBe(204);
    expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: false });
  });

  test('a session cookie that was tampered with is none', async () => {
    const client = await givenClient(hydrant);
    const { browser } = await rememberedIn(hydrant, client);
    const name = [...browser.jar.keys()].find((one) => one.includes('session')) ?? '';
    const value = browser.jar.get(name) ?? '';
    browser.jar.set(name, `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`);
    expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: false });
  });
});

describe('prompt, max_age and hints', () => {
  test('prompt=none is silent where both are remembered, and refused where one is not', async () => {
    const client = await givenClient(hydrant);
    const stranger = await walk(hydrant, client, { params: { prompt: 'none' } });
    expect(stranger.params).toMatchObject({ error: 'login_required', state: 'a-state-that-is-long-enough' });

    const { browser } = await rememberedIn(hydrant, client);
    expect((await walk(hydrant, client, { browser, params: { prompt: 'none' } })).code).not.toBe('');
    const more = { prompt: 'none', scope: 'openid offline email' };
    expect((await walk(hydrant, client, { browser, params: more })).params.error).toBe('consent_required');
  });

  test('prompt=login and prompt=consent ask again', async () => {
    const clock = clockAt();
    await using hydrant = await startHydrant({ clock });
    const client = await givenClient(hydrant);
    const { browser, idToken } = await rememberedIn(hydrant, client);
    clock.advance(MINUTE);
    const login = await walk(hydrant, client, { browser, params: { prompt: 'login' } });
    expect(login.loginRequest).toMatchObject({ skip: false });
    const fresh = await redeem(hydrant, client, login.code);
    expect(Number(claimsOf(fresh.idToken).auth_time)).toBeGreaterThan(Number(claimsOf(idToken).auth_time));

    const consent = await walk(hydrant, client, { browser, params: { prompt: 'consent' }, login: { remember: true } });
    expect(consent.consentRequest).toMatchObject({ skip: false });
  });

  test('max_age lets a login pass as long as it is young enough', async () => {
    const clock = clockAt();
    await using hydrant = await startHydrant({ clock });
    const client = await givenClient(hydrant);
    const { browser } = await rememberedIn(hydrant, client);
    clock.advance(59 * SECOND);
    const params = { max_age: '60' };
    expect((await walk(hydrant, client, { browser, params })).loginRequest).toMatchObject({ skip: true });
    clock.advance(2 * SECOND);
    const tooOld = await walk(hydrant, client, { browser, params, login: { error: 'access_denied' } });
    expect(tooOld.loginRequest).toMatchObject({ skip: false, subject: '' });
    const silent = await walk(hydrant, client, { browser, params: { ...params, prompt: 'none' } });
    expect(silent.params.error).toBe('login_required');
    expect(silent.loginRequest).toBeUndefined();
  });

  test('an id_token_hint for somebody else is refused, before and after the login', async () => {
    const client = await givenClient(hydrant);
    const { browser, idToken } = await rememberedIn(hydrant, client);
    const bob = await obtainTokens(hydrant, client, { login: { subject: 'bob' } });
    const params = { id_token_hint: bob.idToken };
    expect((await walk(hydrant, client, { browser, params })).params.error).toBe('login_required');
    expect((await walk(hydrant, client, { params })).params.error).toBe('login_required');
    expect((await walk(hydrant, client, { params, login: { subject: 'bob' } })).code).not.toBe('');
    expect((await walk(hydrant, client, { browser, params: { id_token_hint: idToken } })).code).not.toBe('');
    const invented = { id_token_hint: `${idToken.slice(0, -4)}AAAA` };
    expect((await walk(hydrant, client, { params: invented })).params.error).toBe('invalid_request');
  });

  test('what the client asks of the login reaches the login app', async () => {
    const client = await givenClient(hydrant);
    const { loginRequest } = await walk(hydrant, client, {
      params: { acr_values: 'gold silver', ui_locales: 'de en', display: 'touch', login_hint: 'alice@example.com' },
    });
    expect(loginRequest?.oidc_context).toMatchObject({
      acr_values: ['gold', 'silver'],
      ui_locales: ['de', 'en'],
      display: 'touch',
      login_hint: 'alice@example.com',
    });
  });
});

describe('no', () => {
  const refusal = { error: 'access_denied', error_description: 'Not today' };

  test.each(['login', 'consent'] as const)('at the %s goes to the client with the word of the app', async (step) => {
    const client = await givenClient(hydrant);
    const { answer, params } = await walk(hydrant, client, { [step]: refusal });
    expect(`${answer.location?.origin}${answer.location?.pathname}`).toBe(client.redirectUri);
    expect(params).toMatchObject({ error: 'access_denied', error_description: 'Not today' });
    expect(params).toMatchObject({ state: 'a-state-that-is-long-enough', iss: hydrant.publicUrl });
    expect(params).not.toHaveProperty('code');
  });

  test('in the fragment, where the tokens would be', async () => {
    const client = await givenClient(hydrant);
    const { answer } = await walk(hydrant, client, { params: { response_type: 'id_token token' }, consent: refusal });
    expect(answer.location?.search).toBe('');
    expect(answer.location?.hash).toContain('error=access_denied');
  });

  test('to an unknown client or redirect URI stays here', async () => {
    const client = await givenClient(hydrant);
    const nobody = await walk(hydrant, { ...client, id: 'nobody' });
    expect(nobody.answer.location?.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/error\?error=invalid_client/);
    const elsewhere = await walk(hydrant, { ...client, redirectUri: 'http://127.0.0.1:1/elsewhere' });
    expect(elsewhere.answer.location?.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/error\?error=invalid_request/);
  });
});

describe('one browser', () => {
  test('two tabs of the same client both finish', async () => {
    const client = await givenClient(hydrant);
    const browser = openBrowser();
    const url = authorizationUrl(hydrant, client);
    const [one, two] = [await browser.get(url), await browser.get(url)];
    const toOne = await decide(hydrant, 'login', challengeIn(one, 'login'), { subject: 'alice' });
    const toTwo = await decide(hydrant, 'login', challengeIn(two, 'login'), { subject: 'alice' });
    const [atTwo, atOne] = [await browser.get(toTwo), await browser.get(toOne)];
    const grant = { grant_scope: ['openid'] };
    const endOne = await decide(hydrant, 'consent', challengeIn(atOne, 'consent'), grant);
    const endTwo = await decide(hydrant, 'consent', challengeIn(atTwo, 'consent'), grant);
    for (const end of [endOne, endTwo]) {
      const code = (await browser.get(end)).location?.searchParams.get('code') ?? '';
      expect((await redeem(hydrant, client, code)).status).toBe(200);
    }
    expect([...browser.jar.keys()].filter((name) => name.includes('csrf'))).toEqual([]);
  });

  test('without the cookie of the flow nobody gets on, and is told which one is missing', async () => {
    const client = await givenClient(hydrant);
    const browser = openBrowser();
    const asked = await browser.get(authorizationUrl(hydrant, client));
    const name = [...browser.jar.keys()].find((one) => one.includes('login_csrf')) ?? '';
    const next = await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' });
    const elsewhere = await openBrowser().get(next);
    expect(elsewhere.location?.searchParams.get('error')).toBe('request_forbidden');
    expect(name).not.toBe('');
    expect(elsewhere.location?.searchParams.get('error_description')).toContain(name);

    const atConsent = await browser.get(next);
    const end = await decide(hydrant, 'consent', challengeIn(atConsent, 'consent'), { grant_scope: ['openid'] });
    const consentCookie = [...browser.jar.keys()].find((one) => one.includes('consent_csrf')) ?? '';
    const kept = new Map(browser.jar);
    browser.jar.delete(consentCookie);
    const refused = (await browser.get(end)).location?.searchParams;
    expect(refused?.get('error')).toBe('request_forbidden');
    expect(refused?.get('error_description')).toContain(consentCookie);
    for (const [cookie, value] of kept) browser.jar.set(cookie, value);
    expect((await browser.get(end)).location?.searchParams.has('code')).toBe(true);
  });

  test('the cookie of another flow does not help', async () => {
    const client = await givenClient(hydrant);
    const [mine, theirs] = [openBrowser(), openBrowser()];
    const asked = await mine.get(authorizationUrl(hydrant, client));
    await theirs.get(authorizationUrl(hydrant, client));
    const name = [...mine.jar.keys()].find((one) => one.includes('login_csrf')) ?? '';
    mine.jar.set(name, [...theirs.jar.values()][0] ?? '');
    const next = await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' });
    expect((await mine.get(next)).location?.searchParams.get('error')).toBe('request_forbidden');
  });

  test('a verifier of one client does nothing for another', async () => {
    const [client, other] = [await givenClient(hydrant), await givenClient(hydrant)];
    const browser = openBrowser();
    const asked = await browser.get(authorizationUrl(hydrant, client));
    const next = new URL(await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' }));
    next.searchParams.set('client_id', other.id);
    expect((await browser.get(next)).location?.searchParams.get('error')).toBe('invalid_client');
  });

  test('a challenge is no verifier, and the login challenge no consent challenge', async () => {
    const client = await givenClient(hydrant);
    const browser = openBrowser();
    const challenge = challengeIn(await browser.get(authorizationUrl(hydrant, client)), 'login');
    expect(challenge.length).toBeLessThanOrEqual(64);
    await decide(hydrant, 'login', challenge, { subject: 'alice' });
    const guess = authorizationUrl(hydrant, client, { login_verifier: challenge });
    expect((await browser.get(guess)).location?.searchParams.get('error')).toBe('access_denied');
    expect((await send(requestUrl(hydrant, 'consent', challenge))).status).toBe(404);
  });
});
