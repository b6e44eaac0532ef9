/** A device without a browser logs in by a person who has one elsewhere (RFC 8628). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, send } from '../support/browser.js';
import { clockAt, MINUTE, type TestClock } from '../support/clock.js';
import {
  acceptCode,
  approveDevice,
  askCodes,
  codesIn,
  DEVICE_APP,
  DEVICE_DONE,
  DEVICE_GRANT,
  DEVICE_SETTINGS,
  enterCode,
  givenDeviceClient,
  obtainCodes,
  poll,
  visitDevicePage,
} from '../support/device.js';
import { engine } from '../support/engine.js';
import {
  askToken,
  challengeIn,
  claimsOf,
  decide,
  givenClient,
  introspect,
  isActive,
  refresh,
  requestUrl,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

let hydrant: Hydrant;
let clock: TestClock;
const log: string[] = [];

beforeAll(async () => {
  clock = clockAt();
  hydrant = await startHydrant({ settings: { ...DEVICE_SETTINGS, LOG_LEVEL: 'debug' }, clock, log });
});

afterAll(() => hydrant.close());

describe('the whole way', () => {
  test('the device gets tokens once its person has agreed, and they are like any others', async () => {
    const client = await givenDeviceClient(hydrant);
    const answer = await askCodes(hydrant, client, { scope: 'openid offline profile' });
    expect(answer.json).toEqual({
      device_code: expect.stringMatching(/^ory_dc_[\w-]{40}\.[\w-]{43}$/),
      user_code: expect.stringMatching(/^[34679AC-HJ-NP-RT-Ya-km-np-z]{8}$/),
      verification_uri: `${hydrant.publicUrl}/oauth2/device/verify`,
      verification_uri_complete: `${hydrant.publicUrl}/oauth2/device/verify?user_code=${answer.json.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const codes = codesIn(answer);
    expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'authorization_pending' });

    const end = await approveDevice(hydrant, codes, { consent: { session: { id_token: { nickname: 'Al' } } } });
    expect([end.status, end.location?.href]).toEqual([302, `${DEVICE_DONE}?client_id=${client.id}`]);
    const tokens = await poll(hydrant, client, codes);
    expect(tokens).toMatchObject({ status: 200, json: { token_type: 'bearer', scope: 'openid offline' } });
    expect(claimsOf(tokens.idToken)).toMatchObject({ sub: 'alice', aud: [client.id], nickname: 'Al' });
    expect(claimsOf(tokens.idToken)).not.toHaveProperty('nonce');
    expect(await introspect(hydrant, tokens.accessToken)).toMatchObject({ active: true, sub: 'alice' });
    expect((await refresh(hydrant, client, tokens.refreshToken)).status).toBe(200);
    const sessions = await send(`${hydrant.adminUrl}/admin/oauth2/auth/sessions/consent?subject=alice`);
    expect(sessions.text).toContain(`"client_id":"${client.id}"`);
  });

  test('the apps see what the device asked for, and the code masked wherever it would be kept', async () => {
    const client = await givenDeviceClient(hydrant, { audience: ['https://api.example'] });
    const codes = await obtainCodes(hydrant, client, { scope: 'openid', audience: 'https://api.example' });
    const browser = openBrowser();
    const start = await browser.get(`${codes.complete}&prompt=login&login_verifier=`);
    expect(start.location?.href.split('?')[0]).toBe(DEVICE_APP);
    expect(start.location?.searchParams.get('user_code')).toBe(codes.userCode);
    const { json } = await acceptCode(
      hydrant,
      start.location?.searchParams.get('device_challenge') ?? '',
      codes.userCode,
    );
    const back = String(json.redirect_to);
    expect(back).toContain('user_code=%2A%2A%2A%2A');
    expect(back).toContain(`client_id=${client.id}&device_verifier=`);
    const asked = await browser.get(back);
    const login = await send(requestUrl(hydrant, 'login', challengeIn(asked, 'login')));
    expect(login.json).toMatchObject({
      requested_scope: ['openid'],
      requested_access_token_audience: ['https://api.example'],
      oidc_context: null,
      skip: false,
    });
    const { request_url: kept } = login.json;
    expect(kept).toBe(
      `${hydrant.publicUrl}/oauth2/device/verify?client_id=${client.id}&login_verifier=&prompt=login&user_code=%2A%2A%2A%2A`,
    );
    const old = await send(
      requestUrl(hydrant, 'login', challengeIn(asked, 'login')).replace('/admin/oauth2', '/oauth2'),
    );
    expect(old.json.oidc_context).toEqual({});
    expect(log.join('')).toContain('user code accepted');
    expect(log.join('')).not.toContain(codes.userCode);
    expect(log.join('')).not.toContain(codes.deviceCode);
  });

  test('a remembered login and consent are confirmed, but a public client always has to ask', async () => {
    for (const [method, skips] of [
      ['client_secret_basic', true],
      ['none', false],
    ] as const) {
      const client = await givenDeviceClient(hydrant, { token_endpoint_auth_method: method });
      const browser = openBrowser();
      await approveDevice(hydrant, await obtainCodes(hydrant, client), {
        browser,
        login: { remember: true },
        consent: { remember: true },
      });
      const asked = await enterCode(hydrant, browser, await obtainCodes(hydrant, client));
      const challenge = challengeIn(asked, 'login');
      expect((await send(requestUrl(hydrant, 'login', challenge))).json).toMatchObject({
        skip: true,
        subject: 'alice',
      });
      const next = await browser.get(await decide(hydrant, 'login', challenge, { subject: 'alice' }));
      const consent = await send(requestUrl(hydrant, 'consent', challengeIn(next, 'consent')));
      expect(consent.json.skip, method).toBe(skips);
    }
  });

  test('lifetimes of the client count', async () => {
    const client = await givenDeviceClient(hydrant, {
      device_authorization_grant_access_token_lifespan: '7m',
      device_authorization_grant_id_token_lifespan: '8m',
      device_authorization_grant_refresh_token_lifespan: '9m',
    });
    const codes = await obtainCodes(hydrant, client);
    await approveDevice(hydrant, codes);
    const tokens = await poll(hydrant, client, codes);
    expect(tokens.json.expires_in).toBe(420);
    const { exp, iat } = claimsOf(tokens.idToken);
    expect(Number(exp) - Number(iat)).toBe(480);
    clock.advance(9 * MINUTE);
    expect(await isActive(hydrant, tokens.refreshToken)).toBe(false);
  });
});

describe('settings', () => {
  test('characters and length, interval, lifetime, the address in discovery', async () => {
    await using own = await startHydrant({
      settings: {
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_CHARACTER_SET: 'ABCDEFGH',
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_LENGTH: '10',
        OAUTH2_DEVICE_AUTHORIZATION_TOKEN_POLLING_INTERVAL: '7s',
        TTL_DEVICE_USER_CODE: '3m',
        WEBFINGER_OIDC_DISCOVERY_DEVICE_AUTHORIZATION_URL: 'https://front.example/device',
      },
    });
    const client = await givenClient(own, { grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' });
    const { json } = await send(`${own.publicUrl}/oauth2/device/auth`, { form: { client_id: client.id } });
    expect(json).toMatchObject({ expires_in: 180, interval: 7, user_code: expect.stringMatching(/^[A-H]{10}$/) });
    const discovery = await send(`${own.publicUrl}/.well-known/openid-configuration`);
    expect(discovery.json.device_authorization_endpoint).toBe('https://front.example/device');
    expect(discovery.json.grant_types_supported).toContain(DEVICE_GRANT);
  });

  test.each([
    ['medium', /^[A-Z]{8}$/],
    ['low', /^\d{9}$/],
  ])('preset %s', async (preset, form) => {
    await using own = await startHydrant({
      settings: { OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_ENTROPY_PRESET: preset },
    });
    const client = await givenClient(own, { grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' });
    const { json } = await send(`${own.publicUrl}/oauth2/device/auth`, { form: { client_id: client.id } });
    expect(json.user_code).toMatch(form);
  });
});

describe('the device authorization endpoint', () => {
  test.each([
    ['a client without the grant', { grant_types: ['refresh_token'] }, {}, 400, 'invalid_grant'],
    ['a scope that is not registered', {}, { scope: 'admin' }, 400, 'invalid_scope'],
    ['a foreign audience', {}, { audience: 'https://other.example' }, 400, 'invalid_request'],
    ['another client_id', {}, { client_id: 'somebody' }, 400, 'invalid_request'],
    ['no client_id', {}, { client_id: '' }, 400, 'invalid_request'],
  ])('%s', async (_what, metadata, form, status, error) => {
    const client = await givenDeviceClient(hydrant, { token_endpoint_auth_method: 'client_secret_basic', ...metadata });
    const answer = await askCodes(hydrant, client, form);
    expect([answer.status, answer.json.error]).toEqual([status, error]);
  });

  test('the token endpoint has another word for a client without the grant', async () => {
    const client = await givenDeviceClient(hydrant, { grant_types: ['refresh_token'] });
    const answer = await askToken(hydrant, client, { grant_type: DEVICE_GRANT, device_code: 'nonsense' });
    expect(answer).toMatchObject({ status: 400, error: 'unauthorized_client' });
  });
});

describe('the built-in pages of development mode', () => {
  const hidden = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';

  test('ask for the code, say what is wrong with it, and end at a page of their own', async () => {
    await using own = await startHydrant({ settings: { URLS_LOGIN: '', URLS_CONSENT: '' } });
    const client = await givenClient(own, {
      grant_types: [DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
      scope: 'openid',
    });
    const { json } = await send(`${own.publicUrl}/oauth2/device/auth`, {
      form: { client_id: client.id, scope: 'openid' },
    });
    const browser = openBrowser();
    const start = await browser.get(String(json.verification_uri_complete));
    expect(start.location?.pathname).toBe('/oauth2/fallbacks/device');
    const { text } = await browser.get(start.location ?? '');
    expect(text).toContain(`value="${json.user_code}"`);
    const form = { csrf: hidden(text, 'csrf'), challenge: hidden(text, 'challenge') };
    const wrong = await browser.post(start.location ?? '', { ...form, code: '<wrong>' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('value="&lt;wrong&gt;"');
    expect(wrong.text).toContain('id="problem"');
    const forged = await browser.post(start.location ?? '', { ...form, csrf: 'forged', code: String(json.user_code) });
    expect(forged.status).toBe(403);
    const right = await browser.post(start.location ?? '', { ...form, code: String(json.user_code) });
    expect(right.status).toBe(303);
    const login = await browser.get(right.location ?? '');
    const page = await browser.get(login.location ?? '');
    const loggedIn = await browser.post(`${own.publicUrl}/oauth2/fallbacks/login`, {
      csrf: hidden(page.text, 'csrf'),
      challenge: hidden(page.text, 'challenge'),
      email: 'ann@example.com',
      password: 'x',
      decision: 'accept',
    });
    const consent = await browser.get((await browser.get(loggedIn.location ?? '')).location ?? '');
    const agreed = await browser.post(`${own.publicUrl}/oauth2/fallbacks/consent`, {
      csrf: hidden(consent.text, 'csrf'),
      challenge: hidden(consent.text, 'challenge'),
      grant_scope: 'openid',
      decision: 'accept',
    });
    const end = await browser.get(agreed.location ?? '');
    expect(end.location?.pathname).toBe('/oauth2/fallbacks/device/done');
    expect((await browser.get(end.location ?? '')).text).toContain('id="done"');
    const tokens = await askToken(own, client, { grant_type: DEVICE_GRANT, device_code: String(json.device_code) });
    expect(claimsOf(tokens.idToken).sub).toBe('ann@example.com');
  });
});

test('each step costs few statements; a poll that has to wait is one look and one write', async () => {
  const seen: string[] = [];
  const beside = /\.flush$|^logout_notice\.due$|^change_clock\.|^upkeep\.|^token\.of_families$|^trusted_issuer\.over$/;
  // PostgreSQL tells a node of its own changes too, and what it holds is read once more, whenever that is.
  const again = engine === 'postgres' ? /^(client\.find|jwk\.list)$/ : /^$/;
  await using own = await startHydrant({
    settings: DEVICE_SETTINGS,
    onStatement: (name) => void (beside.test(name) || again.test(name) || seen.push(name)),
  });
  const client = await givenDeviceClient(own);
  await obtainCodes(own, client);
  async function cost<T>(step: () => Promise<T>): Promise<readonly [T, readonly string[]]> {
    const before = seen.length;
    return [await step(), seen.slice(before)];
  }
  const [codes, began] = await cost(() => obtainCodes(own, client));
  expect(began).toEqual(['device_request.insert']);
  const [, waited] = await cost(() => poll(own, client, codes));
  expect(waited).toEqual(['device_request.find_with_family', 'device_request.poll']);
  const browser = openBrowser();
  const [challenge, visited] = await cost(() => visitDevicePage(own, browser, codes.complete));
  expect(visited).toEqual(['device_visit.insert']);
  const [{ json }, accepted] = await cost(() => acceptCode(own, challenge, codes.userCode));
  expect(accepted).toEqual(['device_visit.enter_code', 'device_request.find']);
  const [asked, entered] = await cost(() => browser.get(String(json.redirect_to)));
  expect(entered).toEqual(['device_visit.find', 'device_request.find', 'flow.insert']);
  const next = await browser.get(await decide(own, 'login', challengeIn(asked, 'login'), { subject: 'alice' }));
  const back = await decide(own, 'consent', challengeIn(next, 'consent'), { grant_scope: ['openid', 'offline'] });
  const [, finished] = await cost(() => browser.get(back));
  expect(finished).toEqual(['flow.find', 'flow.finish', 'device_request.approve', 'token_family.insert']);
  const [, redeemed] = await cost(() => poll(own, client, codes));
  expect(redeemed).toEqual(['device_request.find_with_family', 'token_family.redeem', 'token.insert']);
});
