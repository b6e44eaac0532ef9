/** What may happen once happens once, whatever arrives at the same time: races over real connections. */
import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Answer, type Browser, openBrowser, send } from '../support/browser.js';
import { listen } from '../support/listener.js';
import {
  askToken,
  authorizationUrl,
  CALLBACK,
  challengeIn,
  decide,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TokenAnswer,
  walk,
} from '../support/relying-party.js';
import { startProcess, twoPorts } from '../support/server-process.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { temporaryDatabase } from '../support/temporary-database.js';

const PARALLEL = 40;

/** The same request many times at once, each on a connection of its own. */
function race<T>(request: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: PARALLEL }, (_, index) => request(index)));
}

const different = <T>(values: readonly T[]) => [...new Set(values)];
const granted = (answers: readonly TokenAnswer[]) => answers.filter(({ status }) => status === 200);

function expectOneWinner(answers: readonly TokenAnswer[]): TokenAnswer {
  const winners = granted(answers);
  expect(winners).toHaveLength(1);
  expect(different(answers.filter(({ status }) => status !== 200).map(({ error }) => error))).toEqual([
    'invalid_grant',
  ]);
  const [winner] = winners;
  if (!winner) throw new Error('Nobody won.');
  return winner;
}

async function expectAllDead(
  hydrant: Hydrant | { publicUrl: string; adminUrl: string },
  answers: readonly TokenAnswer[],
) {
  for (const { accessToken, refreshToken } of granted(answers)) {
    expect(await isActive(hydrant, accessToken)).toBe(false);
    expect(await isActive(hydrant, refreshToken)).toBe(false);
  }
}

describe('one server', () => {
  test('a code gives tokens once, and the others end what it gave', async () => {
    await using hydrant = await startHydrant();
    const client = await givenClient(hydrant);
    const code = await obtainCode(hydrant, client);
    const answers = await race(() => redeem(hydrant, client, code));
    expectOneWinner(answers);
    await expectAllDead(hydrant, answers);
  });

  test('a refresh token within its grace gives everybody the same successor', async () => {
    await using hydrant = await startHydrant();
    const client = await givenClient(hydrant);
    const { refreshToken } = await obtainTokens(hydrant, client);
    const answers = await race(() => refresh(hydrant, client, refreshToken));
    expect(different(answers.map(({ status }) => status))).toEqual([200]);
    const [access, ...otherAccess] = different(answers.map((answer) => answer.accessToken));
    const [successor, ...otherSuccessors] = different(answers.map((answer) => answer.refreshToken));
    expect([otherAccess, otherSuccessors]).toEqual([[], []]);
    expect(await isActive(hydrant, access ?? '')).toBe(true);
    expect((await refresh(hydrant, client, successor ?? '')).status).toBe(200);
  });

  test('a refresh token of JWT access tokens gives everybody the same token as well', async () => {
    await using hydrant = await startHydrant({ settings: { STRATEGIES_ACCESS_TOKEN: 'jwt' } });
    const client = await givenClient(hydrant);
    const { refreshToken } = await obtainTokens(hydrant, client);
    const answers = await race(() => refresh(hydrant, client, refreshToken));
    expect(different(answers.map(({ status }) => status))).toEqual([200]);
    expect(different(answers.map((answer) => answer.accessToken))).toHaveLength(1);
  });

  test('a refresh token without grace gives at most one successor, and the family ends', async () => {
    await using hydrant = await startHydrant({
      settings: { OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '0s' },
    });
    const client = await givenClient(hydrant);
    const first = await obtainTokens(hydrant, client);
    const answers = await race(() => refresh(hydrant, client, first.refreshToken));
    expect(granted(answers).length).toBeLessThanOrEqual(1);
    await expectAllDead(hydrant, [first, ...answers]);
  });

  test('a login verifier leads every visit to the same consent, and leaves one session', async () => {
    await using database = await temporaryDatabase();
    await using hydrant = await startHydrant({ settings: { DSN: database.dsn } });
    const client = await givenClient(hydrant);
    const browser = openBrowser();
    const asked = await browser.get(authorizationUrl(hydrant, client));
    const next = await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice', remember: true });
    const answers = await inOneBrowser(browser, next);
    expect(different(answers.map((answer) => challengeIn(answer, 'consent')))).toHaveLength(1);
    expect(await database.count('login_session')).toBe(1);
    expect(await database.count('flow')).toBe(1);
  });

  test('a consent verifier gives one code', async () => {
    await using database = await temporaryDatabase();
    await using hydrant = await startHydrant({ settings: { DSN: database.dsn } });
    const client = await givenClient(hydrant);
    const { browser, next } = await atTheEnd(hydrant, client);
    const answers = await inOneBrowser(browser, next);
    const results = answers.map(({ location }) => ({
      code: location?.searchParams.get('code'),
      error: location?.searchParams.get('error'),
    }));
    const codes = results.flatMap(({ code }) => code ?? []);
    expect(codes).toHaveLength(1);
    expect(different(results.filter(({ code }) => !code).map(({ error }) => error))).toEqual(['access_denied']);
    expect(await database.count('token_family')).toBe(1);
    expect((await redeem(hydrant, client, codes[0] ?? '')).status).toBe(200);
  });

  test('a consent verifier gives the tokens of a hybrid answer once', async () => {
    await using database = await temporaryDatabase();
    await using hydrant = await startHydrant({ settings: { DSN: database.dsn } });
    const client = await givenClient(hydrant);
    const { browser, next } = await atTheEnd(hydrant, client, { response_type: 'code id_token token' });
    const answers = await inOneBrowser(browser, next);
    const withToken = answers.filter(({ location }) => location?.hash.includes('access_token='));
    expect(withToken).toHaveLength(1);
    expect(await database.rows()).toMatchObject({ token_family: 1, token: 1 });
  });

  test('a logout verifier ends the session once, and its clients are told once', async () => {
    await using app = await listen();
    await using database = await temporaryDatabase();
    await using hydrant = await startHydrant({ settings: { DSN: database.dsn } });
    const client = await givenClient(hydrant, { backchannel_logout_uri: `${app.url}/logout` });
    const { browser } = await walk(hydrant, client, { login: { remember: true } });
    const asked = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout`);
    const next = await decide(hydrant, 'logout', challengeIn(asked, 'logout'));
    const answers = await inOneBrowser(browser, next);
    expect(different(answers.map(({ location }) => location?.href))).toEqual(['http://127.0.0.1:1/logged-out']);
    await app.hasReceived(1);
    await hydrant.close();
    expect(app.received).toHaveLength(1);
    expect(await database.count('login_session')).toBe(0);
  });

  test('a client assertion is accepted once', async () => {
    await using hydrant = await startHydrant();
    const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const client = await givenClient(hydrant, {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] },
    });
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(client.id)
      .setSubject(client.id)
      .setAudience(`${hydrant.publicUrl}/oauth2/token`)
      .setExpirationTime('5m')
      .sign(privateKey);
    const answers = await race(() =>
      askToken(hydrant, client, {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    );
    expect(granted(answers)).toHaveLength(1);
    expect(different(answers.filter(({ status }) => status !== 200).map(({ error }) => error))).toEqual(['jti_known']);
  });

  test('the first generation takes one word of the login app', async () => {
    await using hydrant = await startHydrant();
    const client = await givenClient(hydrant);
    const asked = await openBrowser().get(authorizationUrl(hydrant, client));
    const challenge = challengeIn(asked, 'login');
    const url = `${hydrant.adminUrl}/oauth2/auth/requests/login/accept?login_challenge=${challenge}`;
    const answers = await race((index) => send(url, { method: 'PUT', json: { subject: `subject-${index}` } }));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(PARALLEL - 1);
  });

  test('an id is given to one client', async () => {
    await using hydrant = await startHydrant();
    const answers = await race((index) =>
      send(`${hydrant.adminUrl}/admin/clients`, { json: { client_id: 'one', client_name: `client ${index}` } }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(PARALLEL - 1);
  });
});

describe('two server processes on one database', () => {
  test('codes and refresh tokens are single-use across both', { timeout: 60_000 }, async () => {
    await using database = await temporaryDatabase();
    const ports = await twoPorts();
    const settings = { DSN: database.dsn, URLS_SELF_ISSUER: `http://127.0.0.1:${ports[0]}` };
    await using one = await startProcess({ ports, settings });
    await using two = await startProcess({ ports: await twoPorts(), listeners: 'public', settings });
    const either = (index: number) => ({
      publicUrl: index % 2 ? two.publicUrl : one.publicUrl,
      adminUrl: one.adminUrl,
    });
    const client = await givenClient(one);

    const kept = await obtainTokens(one, client);
    const refreshed = await race((index) => refresh(either(index), client, kept.refreshToken));
    expect(different(refreshed.map(({ status }) => status))).toEqual([200]);
    expect(different(refreshed.map((answer) => answer.accessToken))).toHaveLength(1);
    expect(different(refreshed.map((answer) => answer.refreshToken))).toHaveLength(1);

    const code = await obtainCode(one, client);
    const redeemed = await race((index) => redeem(either(index), client, code));
    expectOneWinner(redeemed);
    await expectAllDead(one, redeemed);
  });
});

/** Follows an address many times at once with the cookies that the browser has now. */
function inOneBrowser(browser: Browser, url: string): Promise<Answer[]> {
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return race(() => send(url, { headers: { cookie } }));
}

/** A browser whose consent was just accepted. */
async function atTheEnd(
  hydrant: Hydrant,
  client: Awaited<ReturnType<typeof givenClient>>,
  params: Record<string, string> = {},
): Promise<{ browser: Browser; next: string }> {
  const browser = openBrowser();
  const asked = await browser.get(authorizationUrl(hydrant, client, params));
  const loggedIn = await browser.get(await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' }));
  const next = await decide(hydrant, 'consent', challengeIn(loggedIn, 'consent'), { grant_scope: ['openid'] });
  expect(next.startsWith(`${hydrant.publicUrl}/oauth2/auth?`), CALLBACK).toBe(true);
  return { browser, next };
}
