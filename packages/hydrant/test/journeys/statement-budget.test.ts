/**
 * How many SQL statements a request costs, with caches warm. The budgets of docs/architecture.md are held exactly, so that
 * one more is noticed on the day it comes, and one fewer is written down.
 */
import { expect, test } from 'vitest';
import { type Browser, openBrowser, send } from '../support/browser.js';
import {
  authorizationUrl,
  challengeIn,
  clientCredentials,
  decide,
  givenClient,
  introspect,
  redeem,
  refresh,
  requestUrl,
  type TestClient,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

/** What jobs and the look-out for other nodes run between requests. */
const BESIDE = /\.flush$|^logout_notice\.due$|^change_clock\.|^upkeep\.|^token\.of_families$|^trusted_issuer\.over$/;

/** Collects the names of statements; `cost` gives those of one step. */
function counter() {
  const seen: string[] = [];
  return {
    onStatement: (name: string) => {
      if (!BESIDE.test(name)) seen.push(name);
    },
    async cost<T>(step: () => Promise<T>): Promise<{ result: T; statements: readonly string[] }> {
      const before = seen.length;
      const result = await step();
      return { result, statements: seen.slice(before) };
    },
  };
}

type Meter = ReturnType<typeof counter>;
type Table = Record<string, readonly string[]>;

/** One way through login and consent, each step's statements by its name. */
async function flow(
  hydrant: Hydrant,
  client: TestClient,
  browser: Browser,
  { cost }: Meter,
): Promise<{ table: Table; code: string }> {
  const table: Table = {};
  async function step<T>(name: string, what: () => Promise<T>): Promise<T> {
    const { result, statements } = await cost(what);
    table[name] = statements;
    return result;
  }
  const asked = await step('authorization: first visit', () => browser.get(authorizationUrl(hydrant, client)));
  const login = challengeIn(asked, 'login');
  await step('read the login request', () => send(requestUrl(hydrant, 'login', login)));
  const toLogin = await step('accept the login', () =>
    decide(hydrant, 'login', login, { subject: 'alice', remember: true }),
  );
  const loggedIn = await step('authorization: login verifier', () => browser.get(toLogin));
  const consent = challengeIn(loggedIn, 'consent');
  await step('read the consent request', () => send(requestUrl(hydrant, 'consent', consent)));
  const toConsent = await step('accept the consent', () =>
    decide(hydrant, 'consent', consent, { grant_scope: ['openid', 'offline'], remember: true }),
  );
  const done = await step('authorization: consent verifier', () => browser.get(toConsent));
  return { table, code: done.location?.searchParams.get('code') ?? '' };
}

const counts = (table: Table) => Object.fromEntries(Object.entries(table).map(([name, all]) => [name, all.length]));
const total = (table: Table, leaveOut: RegExp = /^$/) =>
  Object.entries(table)
    .filter(([name]) => !leaveOut.test(name))
    .reduce((sum, [, all]) => sum + all.length, 0);

test('each request keeps to its budget of statements', async () => {
  const meter = counter();
  await using hydrant = await startHydrant({ onStatement: meter.onStatement });
  const client = await givenClient(hydrant);
  const table: Table = {};
  async function step<T>(name: string, what: () => Promise<T>): Promise<T> {
    const { result, statements } = await meter.cost(what);
    table[name] = statements;
    return result;
  }

  // Warm: the client, its secret and the keys are in memory from here on.
  await clientCredentials(hydrant, client);
  await redeem(hydrant, client, (await flow(hydrant, client, openBrowser(), meter)).code);

  const browser = openBrowser();
  const first = await flow(hydrant, client, browser, meter);
  const again = await flow(hydrant, client, browser, meter);

  const machine = await step('token: client_credentials', () => clientCredentials(hydrant, client));
  const tokens = await step('token: authorization_code', () => redeem(hydrant, client, first.code));
  await step('token: authorization_code, a used code', () => redeem(hydrant, client, first.code));
  const kept = await redeem(hydrant, client, again.code);
  const next = await step('token: refresh_token', () => refresh(hydrant, client, kept.refreshToken));
  await step('token: refresh_token, again within its grace', () => refresh(hydrant, client, kept.refreshToken));
  await step('token: a wrong secret', () => clientCredentials(hydrant, { ...client, secret: 'another secret' }));
  await step('token: an invented code', () => redeem(hydrant, client, `${again.code}x`));
  await step('introspection: access token', () => introspect(hydrant, next.accessToken));
  await step('introspection: access token of a client', () => introspect(hydrant, machine.accessToken));
  await step('introspection: refresh token', () => introspect(hydrant, next.refreshToken));
  await step('introspection: an invented token', () => introspect(hydrant, `${next.accessToken}x`));
  await step('userinfo', () => send(`${hydrant.publicUrl}/userinfo`, { bearer: next.accessToken }));
  const revoke = (token: string) =>
    send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token }, basic: [client.id, client.secret] });
  await step('revocation', () => revoke(next.refreshToken));
  await step('discovery', () => send(`${hydrant.publicUrl}/.well-known/openid-configuration`));
  await step('jwks', () => send(`${hydrant.publicUrl}/.well-known/jwks.json`));
  const asked = await step('logout: first visit', () =>
    browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${tokens.idToken}`),
  );
  const logout = await step('accept the logout', () => decide(hydrant, 'logout', challengeIn(asked, 'logout')));
  await step('logout: verifier', () => browser.get(logout));
  await step('read a client', () => send(`${hydrant.adminUrl}/admin/clients/${client.id}`));
  await step('list clients', () => send(`${hydrant.adminUrl}/admin/clients`));
  await step('list consent sessions', () =>
    send(`${hydrant.adminUrl}/admin/oauth2/auth/sessions/consent?subject=alice`),
  );

  const lines = Object.entries({ ...first.table, ...table }).map(
    ([name, all]) => `${String(all.length).padStart(3)}  ${name.padEnd(46)} ${all.join(', ')}`,
  );
  console.log(
    [
      'Statements per request, caches warm:',
      ...lines,
      `${total(first.table, /^read/)} for login, consent and code; ${total(first.table)} with the apps' look-ups;`,
      `${total(again.table, /^read/)} and ${total(again.table)} where login and consent are remembered.`,
    ].join('\n'),
  );

  expect(counts(first.table)).toEqual({
    'authorization: first visit': 1,
    'read the login request': 1,
    'accept the login': 1,
    'authorization: login verifier': 3,
    'read the consent request': 1,
    'accept the consent': 1,
    'authorization: consent verifier': 2,
  });
  expect(total(first.table, /^read/)).toBe(8);
  expect(counts(again.table)).toMatchObject({ 'authorization: first visit': 2, 'authorization: login verifier': 2 });
  expect(counts(table)).toEqual({
    'token: client_credentials': 1,
    'token: authorization_code': 3,
    'token: authorization_code, a used code': 2,
    'token: refresh_token': 4,
    'token: refresh_token, again within its grace': 1,
    'token: a wrong secret': 0,
    'token: an invented code': 0,
    'introspection: access token': 1,
    'introspection: access token of a client': 1,
    'introspection: refresh token': 1,
    'introspection: an invented token': 0,
    // SQLite remembers the rows of tokens that it was asked for before.
    userinfo: 0,
    revocation: 1,
    discovery: 0,
    jwks: 0,
    'logout: first visit': 2,
    'accept the logout': 1,
    'logout: verifier': 4,
    'read a client': 0,
    'list clients': 1,
    'list consent sessions': 1,
  });
});
