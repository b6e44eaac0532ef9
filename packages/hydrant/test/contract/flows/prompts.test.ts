/** Flows contract §16, rows 25 to 38: how a client has a say in whether its people are asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenSigner } from '../../support/assertion.js';
import { clockAt, HOUR, SECOND } from '../../support/clock.js';
import { claimsOf, obtainTokens, type Params, redeem, type TestClient, walk } from '../../support/relying-party.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { cookiesOf, givenA, REMEMBERED } from './cast.js';

const clock = clockAt();
let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant({ clock });
});
afterAll(() => hydrant.close());

async function remembered() {
  const client = await givenA(hydrant);
  const { browser, code, loginRequest } = await walk(hydrant, client, REMEMBERED);
  const { idToken } = await redeem(hydrant, client, code);
  const again = (params: Params) => walk(hydrant, client, { browser, params });
  return { client, browser, idToken, sid: String(loginRequest?.session_id), again };
}

const STATE = 'a-state-that-is-long-enough';

/** The client hears it straight away, before any app. */
function expectSilentRefusal(walked: Awaited<ReturnType<typeof walk>>, client: TestClient, error: string) {
  expect(walked.loginRequest).toBeUndefined();
  expect(landing(walked.answer)).toMatchObject({
    status: 303,
    at: client.redirectUri,
    params: { error, state: STATE },
  });
}

describe('prompt=none', () => {
  test('#25 of a stranger: login_required, and no app is visited', async () => {
    const client = await givenA(hydrant);
    const walked = await walk(hydrant, client, { params: { prompt: 'none' } });
    expectSilentRefusal(walked, client, 'login_required');
  });

  test('#26 of somebody who has not consented: the login app, then consent_required', async () => {
    const { browser } = await remembered();
    const other = await givenA(hydrant);
    const walked = await walk(hydrant, other, { browser, params: { prompt: 'none' } });
    expect(walked.loginRequest).toMatchObject({ skip: true, subject: 'alice' });
    expect(walked.consentRequest).toBeUndefined();
    expect(landing(walked.answer)).toMatchObject({ at: other.redirectUri, params: { error: 'consent_required' } });
  });

  test('#27 of somebody who has: a code, by way of both apps', async () => {
    const { client, again } = await remembered();
    const { loginRequest, consentRequest, code } = await again({ prompt: 'none' });
    expect([loginRequest?.skip, consentRequest?.skip]).toEqual([true, true]);
    expect((await redeem(hydrant, client, code)).status).toBe(200);
  });

  test('#31 with company is an invalid request, told after the login app', async () => {
    const { client, again } = await remembered();
    const { loginRequest, consentRequest, answer } = await again({ prompt: 'none consent' });
    expect([loginRequest?.skip, consentRequest]).toEqual([true, undefined]);
    expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'invalid_request' } });
  });
});

describe('other prompts', () => {
  test('#28 login: asked anew, in a new session', async () => {
    const { client, idToken, again } = await remembered();
    const { loginRequest, code } = await again({ prompt: 'login' });
    expect(loginRequest).toMatchObject({ skip: false, subject: '' });
    const claims = claimsOf((await redeem(hydrant, client, code)).idToken);
    expect(claims.sid).toBe(loginRequest?.session_id);
    expect(claims.sid).not.toBe(claimsOf(idToken).sid);
  });

  test('#29 consent: asked anew, whatever is remembered', async () => {
    const { again } = await remembered();
    const { loginRequest, consentRequest, code } = await again({ prompt: 'consent' });
    expect([loginRequest?.skip, consentRequest?.skip]).toEqual([true, false]);
    expect(code).not.toBe('');
  });

  test.each(['foo', 'select_account'])('#30 %s: an invalid request, told after the login app', async (prompt) => {
    const client = await givenA(hydrant);
    const { loginRequest, consentRequest, answer } = await walk(hydrant, client, { params: { prompt } });
    expect([loginRequest?.skip, consentRequest]).toEqual([false, undefined]);
    expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'invalid_request' } });
  });
});

describe('max_age', () => {
  test('#32 that the login is older than: asked anew', async () => {
    const { again } = await remembered();
    clock.advance(10 * SECOND);
    expect((await again({ max_age: '10' })).loginRequest).toMatchObject({ skip: true });
    expect((await again({ max_age: '5' })).loginRequest).toMatchObject({ skip: false, subject: '' });
  });

  test('#33 of 0: asked anew', async () => {
    const { again } = await remembered();
    expect((await again({ max_age: '0' })).loginRequest).toMatchObject({ skip: false, subject: '' });
  });

  /** Hydra says `error`, which no specification knows; RFC 6749 §4.1.2.1 has `invalid_request` for it. */
  test('#34 that is no number: an invalid request where there is a login to measure, else ignored', async () => {
    const { client, again } = await remembered();
    expectSilentRefusal(await again({ max_age: 'abc' }), client, 'invalid_request');
    const stranger = await walk(hydrant, client, { params: { max_age: 'abc' } });
    expect(stranger.loginRequest).toMatchObject({ skip: false });
    expect(stranger.code).not.toBe('');
  });
});

describe('id_token_hint', () => {
  const bobsToken = async (client: TestClient) =>
    (await obtainTokens(hydrant, client, { login: { subject: 'bob' } })).idToken;

  test('#35 of somebody else than who is logged in: login_required, and no app is visited', async () => {
    const { client, sid, again } = await remembered();
    expectSilentRefusal(await again({ id_token_hint: await bobsToken(client) }), client, 'login_required');
    expect(await hydrant.store.sessions.find(sid)).toMatchObject({ subject: 'alice' });
  });

  test('#36 that has expired: as good as ever, and shown to the login app', async () => {
    const { idToken, again } = await remembered();
    clock.advance(2 * HOUR);
    const { loginRequest, code } = await again({ id_token_hint: idToken });
    expect(loginRequest).toMatchObject({ skip: true, subject: 'alice' });
    const { jti, sub, exp } = claimsOf(idToken);
    expect(Number(exp) * 1000).toBeLessThan(clock.now());
    expect(loginRequest?.oidc_context).toMatchObject({ id_token_hint_claims: { jti, sub, exp } });
    expect(code).not.toBe('');
  });

  test('#37 of a foreign key: an invalid request', async () => {
    const { client, idToken, again } = await remembered();
    const signer = await givenSigner('a-foreign-key', 'RS256');
    expectSilentRefusal(
      await again({ id_token_hint: await signer.sign(claimsOf(idToken)) }),
      client,
      'invalid_request',
    );
  });

  test('#38 of somebody else than who then logs in: login_required, and nobody stays logged in', async () => {
    const client = await givenA(hydrant);
    const id_token_hint = await bobsToken(client);
    const { browser, loginRequest, answer } = await walk(hydrant, client, { ...REMEMBERED, params: { id_token_hint } });
    expect(loginRequest).toMatchObject({ skip: false });
    expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'login_required' } });
    expect(await hydrant.store.sessions.find(String(loginRequest?.session_id))).toBeUndefined();
    expect((await walk(hydrant, client, { browser })).loginRequest).toMatchObject({ skip: false });
  });

  test('#38 the login that the browser had before is over as well', async () => {
    const { client, browser, sid } = await remembered();
    const params = { prompt: 'login', id_token_hint: await bobsToken(client) };
    const { answer } = await walk(hydrant, client, { ...REMEMBERED, browser, params });
    expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'login_required' } });
    expect(cookiesOf(answer, 'session')).toMatchObject([{ value: '', attributes: { 'max-age': '0' } }]);
    expect(await hydrant.store.sessions.find(sid)).toBeUndefined();
  });
});
