/**
 * Credentials of every kind with one character exchanged, wherever they are taken: none is good, none costs its owner
 * the right one, none is a 5xx, none stands in the log. `HYDRANT_FUZZ_SEED` repeats a run.
 */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Answer, openBrowser, send } from '../support/browser.js';
import {
  acceptCode,
  type Codes,
  DEVICE_SETTINGS,
  givenDeviceClient,
  obtainCodes,
  poll,
  visitDevicePage,
} from '../support/device.js';
import {
  authorizationUrl,
  challengeIn,
  decide,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  pkce,
  redeem,
  refresh,
  requestUrl,
  type TestClient,
  type TokenAnswer,
} from '../support/relying-party.js';
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { chosenSeconds, chosenSeed } from './random.js';

const SEED = chosenSeed();
/** Runs of each property. */
const RUNS = Math.max(25, Math.floor(chosenSeconds(0)));

const log: string[] = [];
const database: SqliteFile = sqliteFile();
let hydrant: Hydrant;
let client: TestClient;
let tokens: TokenAnswer;

beforeAll(async () => {
  console.info(`HYDRANT_FUZZ_SEED=${SEED}`);
  const settings = { ...DEVICE_SETTINGS, LOG_LEVEL: 'trace', OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' };
  hydrant = await startHydrant({ log, settings: { ...settings, DSN: database.dsn } });
  client = await givenClient(hydrant, { client_secret: undefined });
  tokens = await obtainTokens(hydrant, client);
});

afterAll(async () => {
  await hydrant.close();
  database[Symbol.dispose]();
});

/** What was sent in one test, right and wrong. */
const used: string[] = [];

afterEach(() => {
  const text = log.splice(0).join('');
  expect(used.splice(0).filter((credential) => credential.length > 5 && text.includes(credential))).toEqual([]);
});

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/= %\u0000é'];

/** Sends `credential` with one character of it exchanged, added or gone, many times. */
async function tamper(credential: string, attempt: (wrong: string) => Promise<void>): Promise<void> {
  expect(credential.length).toBeGreaterThan(5);
  used.push(credential);
  const place = fc.nat(credential.length - 1);
  const tried = fc.asyncProperty(place, fc.constantFrom(...ALPHABET), fc.nat(2), async (at, by, cut) => {
    const wrong = credential.slice(0, at) + by + credential.slice(at + cut);
    fc.pre(wrong !== credential);
    used.push(wrong);
    const before = database.rows();
    await attempt(wrong);
    expect(database.rows()).toEqual(before);
  });
  await fc.assert(tried, { seed: SEED, numRuns: RUNS });
}

function expectRefused(answer: Answer): void {
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  expect(answer.status, answer.text).toBeLessThan(500);
  expect(answer.json.error, answer.text).toBeTruthy();
}

test('a code', async () => {
  const code = await obtainCode(hydrant, client);
  await tamper(code, async (wrong) => expectRefused(await redeem(hydrant, client, wrong)));
  expect((await redeem(hydrant, client, code)).status).toBe(200);
});

test('a refresh token', async () => {
  const { refreshToken } = await obtainTokens(hydrant, client);
  await tamper(refreshToken, async (wrong) => expectRefused(await refresh(hydrant, client, wrong)));
  expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
});

test.each(['opaque', 'jwt'])('an access token, at userinfo, introspection and revocation (%s)', async (strategy) => {
  const own = await givenClient(hydrant, { client_secret: undefined, access_token_strategy: strategy });
  const { accessToken } = await obtainTokens(hydrant, own);
  const basic = [own.id, own.secret] as const;
  await tamper(accessToken, async (wrong) => {
    // A header takes no NUL, and no char beyond Latin-1.
    const bearer = wrong.replaceAll(/[^\x21-\x7e]/g, '*');
    expectRefused(await send(`${hydrant.publicUrl}/userinfo`, { bearer }));
    expect(await isActive(hydrant, wrong)).toBe(false);
    // RFC 7009 §2.2: what is no token is revoked already.
    expect((await send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token: wrong }, basic })).status).toBe(200);
  });
  expect(await isActive(hydrant, accessToken)).toBe(true);
});

test('the secret of a client', async () => {
  await tamper(client.secret, async (secret) => {
    expectRefused(await refresh(hydrant, { ...client, secret }, tokens.refreshToken));
  });
  expect(await isActive(hydrant, tokens.refreshToken)).toBe(true);
});

test('a PKCE verifier: the first wrong one burns the code (RFC 7636 §7.1), and that is all that is written', async () => {
  const { params, verifier } = pkce();
  const code = await obtainCode(hydrant, client, { params });
  await tamper(verifier, async (wrong) => expectRefused(await redeem(hydrant, client, code, { code_verifier: wrong })));
  expectRefused(await redeem(hydrant, client, code, { code_verifier: verifier }));
});

test('challenges of login, consent and logout', async () => {
  const browser = openBrowser();
  const login = challengeIn(await browser.get(authorizationUrl(hydrant, client)), 'login');
  await tamper(login, async (wrong) => expectRefused(await send(requestUrl(hydrant, 'login', wrong))));
  const next = await decide(hydrant, 'login', login, { subject: 'alice', remember: true });
  const consent = challengeIn(await browser.get(next), 'consent');
  await tamper(consent, async (wrong) => {
    const url = requestUrl(hydrant, 'consent', wrong).replace('/consent?', '/consent/accept?');
    expectRefused(await send(url, { method: 'PUT', json: { grant_scope: ['openid'] } }));
  });
  const { code } = paramsOf(await browser.get(await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] })));
  const { idToken } = await redeem(hydrant, client, code ?? '');
  const asked = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${idToken}`);
  const logout = challengeIn(asked, 'logout');
  await tamper(logout, async (wrong) => expectRefused(await send(requestUrl(hydrant, 'logout', wrong))));
  expect((await send(requestUrl(hydrant, 'logout', logout))).status).toBe(200);
});

test.each(['login', 'consent'] as const)('the verifier of a %s', async (kind) => {
  const browser = openBrowser();
  const login = challengeIn(await browser.get(authorizationUrl(hydrant, client)), 'login');
  let next = await decide(hydrant, 'login', login, { subject: 'alice' });
  if (kind === 'consent') {
    const consent = challengeIn(await browser.get(next), 'consent');
    next = await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] });
  }
  const url = new URL(next);
  const name = `${kind}_verifier`;
  await tamper(url.searchParams.get(name) ?? '', async (wrong) => {
    const attempt = new URL(url);
    attempt.searchParams.set(name, wrong);
    const { error, code, consent_challenge: on } = paramsOf(await browser.get(attempt));
    expect([error, code, on]).toEqual([expect.stringMatching(/^(?!server_error).+/), undefined, undefined]);
  });
  const { code, consent_challenge: on } = paramsOf(await browser.get(url));
  expect(kind === 'login' ? on : code).toBeTypeOf('string');
});

test('an ID token as hint', async () => {
  const browser = openBrowser();
  const { idToken } = await obtainTokens(hydrant, client, { browser, login: { remember: true } });
  await tamper(idToken, async (wrong) => {
    const url = `${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${encodeURIComponent(wrong)}`;
    const { logout_challenge: on } = paramsOf(await browser.get(url));
    expect(on).toBeUndefined();
  });
});

test('the cookies of a browser that is logged in', async () => {
  const browser = openBrowser();
  await obtainTokens(hydrant, client, { browser, login: { remember: true } });
  const silent = authorizationUrl(hydrant, client, { prompt: 'none' });
  const [name = '', session = ''] = [...browser.jar].find(([one]) => one.includes('session')) ?? [];
  await tamper(session, async (wrong) => {
    const cookie = `${name}=${wrong.replaceAll(/[^\x21-\x7e]|;/g, '*')}`;
    const { error } = paramsOf(await send(silent, { headers: { cookie } }));
    expect(error).toBe('login_required');
  });
});

test('the codes of a device, and the challenge of its page', async () => {
  const device = await givenDeviceClient(hydrant);
  const codes: Codes = await obtainCodes(hydrant, device);
  await tamper(codes.deviceCode, async (wrong) =>
    expectRefused(await poll(hydrant, device, { ...codes, deviceCode: wrong })),
  );
  const challenge = await visitDevicePage(hydrant);
  await tamper(challenge, async (wrong) =>
    expectRefused(await acceptCode(hydrant, encodeURIComponent(wrong), codes.userCode)),
  );
  expect((await acceptCode(hydrant, challenge, codes.userCode)).status).toBe(200);
});

test('the token with which a client manages itself', async () => {
  const { json } = await send(`${hydrant.publicUrl}/oauth2/register`, {
    json: { redirect_uris: [client.redirectUri] },
  });
  const url = `${hydrant.publicUrl}/oauth2/register/${json.client_id}`;
  const right = String(json.registration_access_token);
  await tamper(right, async (wrong) => {
    const bearer = wrong.replaceAll(/[^\x21-\x7e]/g, '*');
    expectRefused(await send(url, { method: 'DELETE', bearer }));
  });
  expect((await send(url, { bearer: right })).status).toBe(200);
});

test('the token of a page', async () => {
  await givenClient(hydrant, { client_secret: undefined });
  const first = await send(`${hydrant.adminUrl}/admin/clients?page_size=1`);
  const token = /page_token=([^&>]+)[^>]*>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  await tamper(decodeURIComponent(token), async (wrong) => {
    const url = `${hydrant.adminUrl}/admin/clients?page_size=1&page_token=${encodeURIComponent(wrong)}`;
    expectRefused(await send(url));
  });
});

/** The parameters of a redirect, or the members of the answer where there is none. */
function paramsOf({ location, json }: Answer): Readonly<Record<string, string | undefined>> {
  if (location) return Object.fromEntries([...location.searchParams, ...new URLSearchParams(location.hash.slice(1))]);
  return typeof json.error === 'string' ? { error: json.error } : {};
}
