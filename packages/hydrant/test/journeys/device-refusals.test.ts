/** A device that is kept waiting, is refused, or is somebody's who guesses (RFC 8628 §3.5, §5). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser, send } from '../support/browser.js';
import { clockAt, HOUR, MINUTE, SECOND, type TestClock } from '../support/clock.js';
import {
  acceptCode,
  approveDevice,
  DEVICE_DONE,
  DEVICE_GRANT,
  DEVICE_SETTINGS,
  enterCode,
  givenDeviceClient,
  obtainCodes,
  poll,
  visitDevicePage,
} from '../support/device.js';
import { challengeIn, claimsOf, decide, isActive } from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

let hydrant: Hydrant;
let clock: TestClock;

beforeAll(async () => {
  clock = clockAt();
  hydrant = await startHydrant({ settings: DEVICE_SETTINGS, clock });
});

afterAll(() => hydrant.close());

describe('polling', () => {
  test('exactly one of many polls at the same moment gets the tokens, and they live', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    await approveDevice(hydrant, codes);
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(hydrant, client, codes)));
    const [won, ...more] = answers.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, error }) => [status, error])).toEqual(Array(19).fill([400, 'invalid_grant']));
    expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await isActive(hydrant, won?.accessToken ?? '')).toBe(true);
    expect(await isActive(hydrant, won?.refreshToken ?? '')).toBe(true);
  });

  test('twice a second is let pass for a while; then it has to slow down, more each time', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    const pollAfter = async (pause: number) => {
      clock.advance(pause);
      return (await poll(hydrant, client, codes, { scope: 'ignored' })).error;
    };
    for (let early = 0; early < 6; early++) expect(await pollAfter(SECOND / 2)).toBe('authorization_pending');
    expect(await pollAfter(SECOND / 2)).toBe('slow_down');
    expect(await pollAfter(5 * SECOND)).toBe('slow_down');
    expect(await pollAfter(15 * SECOND)).toBe('authorization_pending');
    await approveDevice(hydrant, codes);
    expect((await poll(hydrant, client, codes)).status).toBe(200);
  });

  test('many polls at one moment do not count as none', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(hydrant, client, codes)));
    expect(new Set(answers.map(({ error }) => error))).toEqual(new Set(['authorization_pending', 'slow_down']));
  });

  test('a code that has expired says so, whether or not somebody agreed in time', async () => {
    const client = await givenDeviceClient(hydrant);
    const [forgotten, late] = [await obtainCodes(hydrant, client), await obtainCodes(hydrant, client)];
    await approveDevice(hydrant, late);
    clock.advance(10 * MINUTE + SECOND);
    for (const codes of [forgotten, late])
      expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'expired_token' });
    expect(await acceptCode(hydrant, await visitDevicePage(hydrant), forgotten.userCode)).toMatchObject({
      status: 400,
    });
    hydrant.kick('flush-expired');
    expect(await poll(hydrant, client, late)).toMatchObject({ error: 'expired_token' });
  });

  test('whoever agrees after that is told to begin anew at the device', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    const browser = openBrowser();
    const asked = await enterCode(hydrant, browser, codes);
    const next = await browser.get(await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' }));
    clock.advance(11 * MINUTE);
    const end = await browser.get(await decide(hydrant, 'consent', challengeIn(next, 'consent'), {}));
    expect([end.status, end.json.error]).toEqual([401, 'request_unauthorized']);
  });

  test('a code is no other client’s, and a secret is asked for before it is looked at', async () => {
    const [client, other] = [await givenDeviceClient(hydrant), await givenDeviceClient(hydrant)];
    const codes = await obtainCodes(hydrant, client);
    expect(await poll(hydrant, other, codes)).toMatchObject({ status: 400, error: 'invalid_grant' });
    await approveDevice(hydrant, codes);
    expect(await poll(hydrant, other, codes)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await poll(hydrant, client, codes)).status).toBe(200);
    const confidential = await givenDeviceClient(hydrant, { token_endpoint_auth_method: 'client_secret_basic' });
    const theirs = await obtainCodes(hydrant, confidential);
    expect(await poll(hydrant, { ...confidential, secret: 'wrong' }, theirs)).toMatchObject({
      status: 401,
      error: 'invalid_client',
    });
  });

  test('what was revoked meanwhile is not handed out', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    await approveDevice(hydrant, codes, { login: { subject: 'revoker' } });
    const sessions = `${hydrant.adminUrl}/admin/oauth2/auth/sessions/consent`;
    await send(`${sessions}?subject=revoker&client=${client.id}`, { method: 'DELETE' });
    expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });
});

describe('no', () => {
  test.each([
    ['login', { login: { error: 'access_denied', error_description: 'Not me.', status_code: 403 } }],
    ['consent', { consent: { error: 'access_denied', error_description: 'Not me.', status_code: 403 } }],
  ])('said at %s reaches the browser and the device', async (_where, answer) => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    const end = await approveDevice(hydrant, codes, answer);
    expect([end.status, end.json]).toEqual([403, { error: 'access_denied', error_description: 'Not me.' }]);
    expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'access_denied' });
    expect((await acceptCode(hydrant, await visitDevicePage(hydrant), codes.userCode)).status).toBe(400);
  });

  test('a status that is none of a refusal does not make it look like a success', async () => {
    const client = await givenDeviceClient(hydrant);
    const end = await approveDevice(hydrant, await obtainCodes(hydrant, client), {
      login: { error: 'access_denied', status_code: 200 },
    });
    expect([end.status, end.json.error]).toEqual([400, 'access_denied']);
  });

  test('what is nobody’s refusal leaves the device waiting', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    const browser = openBrowser();
    const { json } = await acceptCode(
      hydrant,
      await visitDevicePage(hydrant, browser, `${codes.complete}&prompt=none`),
      codes.userCode,
    );
    const answer = await browser.get(String(json.redirect_to));
    expect([answer.status, answer.json.error]).toEqual([400, 'login_required']);
    expect(await poll(hydrant, client, codes)).toMatchObject({ error: 'authorization_pending' });
    expect((await approveDevice(hydrant, codes)).location?.href).toContain(DEVICE_DONE);
  });
});

describe('user codes', () => {
  test('are read with dashes and spaces; the same again is the same', async () => {
    const client = await givenDeviceClient(hydrant);
    const { userCode } = await obtainCodes(hydrant, client);
    const challenge = await visitDevicePage(hydrant);
    const first = await acceptCode(hydrant, challenge, `${userCode.slice(0, 4)}-${userCode.slice(4)} `);
    expect(first.status).toBe(200);
    expect((await acceptCode(hydrant, challenge, userCode)).json).toEqual(first.json);
  });

  test('once the device was let in, are good for nothing; two browsers with one code let it in once', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    const [alice, bob] = [openBrowser(), openBrowser()];
    const bobs = await enterCode(hydrant, bob, codes);
    const end = await approveDevice(hydrant, codes, { browser: alice });
    expect(end.location?.href).toContain(DEVICE_DONE);
    const next = await bob.get(await decide(hydrant, 'login', challengeIn(bobs, 'login'), { subject: 'bob' }));
    const late = await bob.get(
      await decide(hydrant, 'consent', challengeIn(next, 'consent'), { grant_scope: ['openid'] }),
    );
    expect([late.status, late.json.error]).toEqual([403, 'access_denied']);
    expect(claimsOf((await poll(hydrant, client, codes)).idToken).sub).toBe('alice');
    expect((await acceptCode(hydrant, await visitDevicePage(hydrant), codes.userCode)).status).toBe(400);
  });

  test('a challenge is void after five wrong ones, even for the right one, and a fresh one is not', async () => {
    const client = await givenDeviceClient(hydrant);
    const { userCode } = await obtainCodes(hydrant, client);
    const challenge = await visitDevicePage(hydrant);
    for (let guess = 0; guess < 5; guess++) {
      const { status, json } = await acceptCode(hydrant, challenge, `GUESS${guess}`);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    }
    expect((await acceptCode(hydrant, challenge, userCode)).status).toBe(400);
    expect((await acceptCode(hydrant, await visitDevicePage(hydrant), userCode)).status).toBe(200);
  });

  test('guesses at the same moment count, and a wrong code takes back the right one before it', async () => {
    const client = await givenDeviceClient(hydrant);
    const { userCode } = await obtainCodes(hydrant, client);
    const browser = openBrowser();
    const challenge = await visitDevicePage(hydrant, browser);
    const { json } = await acceptCode(hydrant, challenge, userCode);
    await Promise.all(Array.from({ length: 20 }, (_, guess) => acceptCode(hydrant, challenge, `GUESS${guess}`)));
    expect((await acceptCode(hydrant, challenge, userCode)).status).toBe(400);
    const back = await browser.get(String(json.redirect_to));
    expect([back.status, back.json.error]).toEqual([403, 'access_denied']);
  });

  test('parameter, body, challenge, code: what is wrong is told in that order', async () => {
    const url = `${hydrant.adminUrl}/admin/oauth2/auth/requests/device/accept`;
    const put = async (query: string, body: string) => {
      const { status, json } = await send(url + query, { method: 'PUT', body });
      return [status, json.error];
    };
    const challenge = await visitDevicePage(hydrant);
    expect(await put('', '{')).toEqual([400, 'invalid_request']);
    expect(await put('?device_challenge=nonsense', '{')).toEqual([400, 'invalid_request']);
    expect(await put('?device_challenge=nonsense', '{"user_code":""}')).toEqual([400, 'invalid_request']);
    expect(await put('?device_challenge=nonsense', '{"user_code":7}')).toEqual([400, 'invalid_request']);
    expect(await put('?device_challenge=nonsense', '{"user_code":"x"}')).toEqual([404, 'Not Found']);
    expect(await put(`?device_challenge=${challenge}`, '{"user_code":"x","more":1}')).toEqual([400, 'invalid_request']);
    clock.advance(HOUR);
    expect(await put(`?device_challenge=${challenge}`, '{"user_code":"x"}')).toEqual([401, 'request_unauthorized']);
  });
});

describe('the verification endpoint', () => {
  test('takes a verifier only in the browser that began, and with the client of the code', async () => {
    const [client, other] = [await givenDeviceClient(hydrant), await givenDeviceClient(hydrant)];
    const codes = await obtainCodes(hydrant, client);
    const browser = openBrowser();
    const { json } = await acceptCode(hydrant, await visitDevicePage(hydrant, browser), codes.userCode);
    const back = new URL(String(json.redirect_to));
    const errorOf = async (who: Browser, change: (url: URL) => void) => {
      const url = new URL(back);
      change(url);
      const answer = await who.get(url);
      return [answer.status, answer.json.error];
    };
    expect(await errorOf(openBrowser(), () => undefined)).toEqual([403, 'request_forbidden']);
    expect(await errorOf(browser, (url) => url.searchParams.delete('client_id'))).toEqual([401, 'invalid_client']);
    expect(await errorOf(browser, (url) => url.searchParams.set('client_id', 'nobody'))).toEqual([
      401,
      'invalid_client',
    ]);
    expect(await errorOf(browser, (url) => url.searchParams.set('client_id', other.id))).toEqual([
      401,
      'invalid_client',
    ]);
    expect(await errorOf(browser, (url) => url.searchParams.set('device_verifier', 'x'))).toEqual([
      403,
      'access_denied',
    ]);
    expect((await browser.get(back)).location?.searchParams.has('login_challenge')).toBe(true);
  });

  test('what was asked for a device does not end as a code in the browser, nor the other way round', async () => {
    const client = await givenDeviceClient(hydrant, {
      grant_types: [DEVICE_GRANT, 'authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const browser = openBrowser();
    const asked = await enterCode(hydrant, browser, await obtainCodes(hydrant, client));
    const next = new URL(await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' }));
    const auth = new URL(
      `${hydrant.publicUrl}/oauth2/auth?client_id=${client.id}&response_type=code&state=long-enough&scope=openid&redirect_uri=${encodeURIComponent(client.redirectUri)}`,
    );
    auth.searchParams.set('login_verifier', next.searchParams.get('login_verifier') ?? '');
    const crossed = await browser.get(auth);
    expect(crossed.location?.searchParams.get('error')).toBe('access_denied');

    auth.searchParams.delete('login_verifier');
    const login = await browser.get(auth);
    const back = new URL(await decide(hydrant, 'login', challengeIn(login, 'login'), { subject: 'alice' }));
    back.pathname = '/oauth2/device/verify';
    const other = await browser.get(back);
    expect([other.status, other.json.error]).toEqual([403, 'access_denied']);
  });
});
