/** What may happen once happens once, at whichever nodes it is asked for at the same time. */
import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Answer, type Browser, openBrowser, send } from '../support/browser.js';
import {
  askToken,
  authorizationUrl,
  challengeIn,
  decide,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
} from '../support/relying-party.js';
import { type Cluster, ISSUER } from './cluster.js';

const different = <T>(values: readonly T[]) => [...new Set(values)];
const granted = (answers: readonly TokenAnswer[]) => answers.filter(({ status }) => status === 200);
const refusals = (answers: readonly TokenAnswer[]) =>
  different(answers.filter(({ status }) => status !== 200).map(({ status, error }) => `${status} ${String(error)}`));

/** The same request many times at once, through the load balancer: at each node as often as at the others. */
async function race<T>(cluster: Cluster, parallel: number, request: () => Promise<T>): Promise<T[]> {
  const { proxy, nodes } = cluster;
  const before = proxy.served.length;
  const answers = await Promise.all(Array.from({ length: parallel }, request));
  const seen = proxy.served.slice(before);
  const shares = nodes.map((_, node) => seen.filter((one) => one === node).length);
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  expect(proxy.failures).toEqual([]);
  return answers;
}

/** How many rows there are of this client, by table and, of tokens, by kind; nothing else touches them meanwhile. */
async function rowsOf({ database }: Cluster, client: TestClient): Promise<Record<string, number>> {
  const of = (what: string, table: string) =>
    `SELECT ${what} AS name, count(*) AS counted FROM ${table} WHERE client_id = '${client.id}'`;
  const [flows, families, tokens] = [
    await database.query(of("'flows'", 'flow')),
    await database.query(of("'families'", 'token_family')),
    await database.query(`${of('kind', 'token')} GROUP BY kind`),
  ];
  const rows = [...flows, ...families, ...tokens].map(({ name, counted }) => [String(name), Number(counted)] as const);
  return Object.fromEntries(rows);
}

export function singleUseAcrossNodes(cluster: () => Cluster, parallel: number): void {
  describe(`once, of ${parallel} at a time`, () => {
    test('a code gives tokens, and the others end what it gave', async () => {
      const { proxy } = cluster();
      const client = await givenClient(proxy);
      const code = await obtainCode(proxy, client);
      const answers = await race(cluster(), parallel, () => redeem(proxy, client, code));
      expect(granted(answers)).toHaveLength(1);
      expect(refusals(answers)).toEqual(['400 invalid_grant']);
      const [winner] = granted(answers);
      expect(await isActive(proxy, winner?.accessToken ?? '')).toBe(false);
      expect(await isActive(proxy, winner?.refreshToken ?? '')).toBe(false);
      expect((await refresh(proxy, client, winner?.refreshToken ?? '')).error).toBe('invalid_grant');
      const { families, access_token: access = 0, refresh_token: refreshes = 0 } = await rowsOf(cluster(), client);
      expect(families).toBe(1);
      // Those of the one that won, dead with their family, until they are swept away.
      expect(Math.max(access, refreshes)).toBeLessThanOrEqual(1);
    });

    test('a refresh token within its grace gives everybody the same successors', async () => {
      const { proxy } = cluster();
      const client = await givenClient(proxy);
      const { refreshToken } = await obtainTokens(proxy, client);
      const answers = await race(cluster(), parallel, () => refresh(proxy, client, refreshToken));
      expect(different(answers.map(({ status }) => status))).toEqual([200]);
      const [access, ...otherAccess] = different(answers.map((answer) => answer.accessToken));
      const [successor, ...otherSuccessors] = different(answers.map((answer) => answer.refreshToken));
      expect([otherAccess, otherSuccessors]).toEqual([[], []]);
      expect(await isActive(proxy, access ?? '')).toBe(true);
      expect(await isActive(proxy, successor ?? '')).toBe(true);
      // The spent one and its successor; the access token took the place of the one before.
      expect(await rowsOf(cluster(), client)).toMatchObject({ families: 1, access_token: 1, refresh_token: 2 });
    });

    test('a login verifier leads every visit to the same consent, and leaves one session', async () => {
      const { proxy } = cluster();
      const client = await givenClient(proxy);
      const browser = openBrowser();
      const subject = `subject-${randomUUID()}`;
      const asked = await browser.get(authorizationUrl(proxy, client));
      const next = await decide(proxy, 'login', challengeIn(asked, 'login'), { subject, remember: true });
      const answers = await inOneBrowser(cluster(), parallel, browser, next);
      expect(different(answers.map((answer) => challengeIn(answer, 'consent')))).toHaveLength(1);
      expect(await rowsOf(cluster(), client)).toEqual({ flows: 1, families: 0 });
      const sessions = `SELECT id FROM login_session WHERE subject = '${subject}'`;
      expect(await cluster().database.query(sessions)).toHaveLength(1);
    });

    test('a consent verifier gives one code', async () => {
      const { proxy } = cluster();
      const client = await givenClient(proxy);
      const browser = openBrowser();
      const asked = await browser.get(authorizationUrl(proxy, client));
      const login = await decide(proxy, 'login', challengeIn(asked, 'login'), { subject: 'alice' });
      const loggedIn = await browser.get(login);
      const granting = { grant_scope: ['openid', 'offline'] };
      const next = await decide(proxy, 'consent', challengeIn(loggedIn, 'consent'), granting);
      const answers = await inOneBrowser(cluster(), parallel, browser, next);
      const codes = answers.flatMap(({ location }) => location?.searchParams.get('code') ?? []);
      const errors = answers.flatMap(({ location }) => location?.searchParams.get('error') ?? []);
      expect([codes.length, errors.length]).toEqual([1, parallel - 1]);
      expect(different(errors)).toEqual(['access_denied']);
      expect(await rowsOf(cluster(), client)).toEqual({ flows: 1, families: 1 });
      expect((await redeem(proxy, client, codes[0] ?? '')).status).toBe(200);
    });

    test('a client assertion is accepted', async () => {
      const { proxy } = cluster();
      const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
      const client = await givenClient(proxy, {
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] },
      });
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.id)
        .setSubject(client.id)
        .setAudience(ISSUER)
        .setExpirationTime('5m')
        .sign(privateKey);
      const answers = await race(cluster(), parallel, () =>
        askToken(proxy, client, {
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      );
      expect(granted(answers)).toHaveLength(1);
      expect(refusals(answers)).toEqual(['400 jti_known']);
      expect(await rowsOf(cluster(), client)).toEqual({ flows: 0, families: 0, access_token: 1 });
    });
  });
}

/** For nodes whose refresh tokens have no grace. */
export function withoutGrace(cluster: () => Cluster, parallel: number): void {
  test('a refresh token without grace gives one successor, and the others end the family', async () => {
    const { proxy } = cluster();
    const client = await givenClient(proxy);
    const first = await obtainTokens(proxy, client);
    const answers = await race(cluster(), parallel, () => refresh(proxy, client, first.refreshToken));
    expect(granted(answers)).toHaveLength(1);
    expect(refusals(answers)).toEqual(['400 invalid_grant']);
    for (const { accessToken, refreshToken } of [first, ...granted(answers)]) {
      expect(await isActive(proxy, accessToken)).toBe(false);
      expect(await isActive(proxy, refreshToken)).toBe(false);
    }
  });
}

/** Follows an address many times at once with the cookies that the browser has now. */
function inOneBrowser(cluster: Cluster, parallel: number, browser: Browser, url: string): Promise<Answer[]> {
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return race(cluster, parallel, () => send(url, { headers: { cookie } }));
}
