/** What each request of a server costs its database: a run through the endpoints, with everything counted. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Browser, openBrowser, send } from './browser.js';
import type { TurnCounter } from './databases/turn-counter.js';
import { eventually } from './eventually.js';
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
} from './relying-party.js';
import { type Hydrant, startHydrant } from './start-hydrant.js';

export interface RequestCost {
  /** Names, in the order in which they were sent. */
  readonly statements: readonly string[];
  readonly writes: number;
  /** How often the request waited for the database; unknown where there is nothing between the two to count. */
  readonly roundTrips?: number;
}

/** By the name of the request. */
export type RequestCosts = Readonly<Record<string, RequestCost>>;

/** What jobs and the look-out for other nodes run between requests. */
const BESIDE =
  /\.flush(\.keys)?$|^logout_notice\.due$|^change_clock\.|^upkeep\.|^token\.of_families$|^trusted_issuer\.over$/;

/** As {@link BESIDE}, of those that run often enough to come between, in the text of a statement. */
export const BESIDE_TEXT: RegExp = /FROM (change_clock|logout_notice)\b/;

/** Costs with caches warm; `turns` counts on the way to the database. */
export async function measureRequests(dsn: string, counter?: TurnCounter): Promise<RequestCosts> {
  const seen: string[] = [];
  let polls = 0;
  await using hydrant = await startHydrant({
    settings: { DSN: dsn },
    onStatement: (name) => {
      if (name === 'change_clock.read') polls += 1;
      if (!BESIDE.test(name)) seen.push(name);
    },
  });
  const client = await givenClient(hydrant);
  const writes = writingStatements();
  const cost: Step = async (costs, name, request) => {
    const [before, turns] = [seen.length, counter?.turns()];
    const result = await request();
    const statements = seen.slice(before);
    costs[name] = {
      statements,
      writes: statements.filter((one) => writes(one)).length,
      ...(turns !== undefined && counter && { roundTrips: counter.turns() - turns }),
    };
    return result;
  };

  // The first time fills the caches, and prepares the statements where they are prepared.
  await goThrough(hydrant, client, cost);
  if (counter) {
    // A node hears of its own changes, too, and forgets once more what it holds.
    const before = polls;
    await eventually('the node has heard of the client that was made', () => polls > before + 1);
    await clientCredentials(hydrant, client);
    await send(`${hydrant.publicUrl}/.well-known/jwks.json`);
  }
  return await goThrough(hydrant, client, cost);
}

type Step = <T>(costs: Record<string, RequestCost>, name: string, request: () => Promise<T>) => Promise<T>;

async function goThrough(hydrant: Hydrant, client: TestClient, cost: Step): Promise<RequestCosts> {
  const costs: Record<string, RequestCost> = {};
  const step = <T>(name: string, request: () => Promise<T>) => cost(costs, name, request);
  const browser = openBrowser();
  const code = await logIn(hydrant, client, browser, step);
  const codeOfRemembered = await logIn(hydrant, client, browser, (name, request) =>
    step(`${name}, remembered`, request),
  );

  const machine = await step('token: client_credentials', () => clientCredentials(hydrant, client));
  const tokens = await step('token: authorization_code', () => redeem(hydrant, client, code));
  await step('token: authorization_code, a used code', () => redeem(hydrant, client, code));
  const kept = await redeem(hydrant, client, codeOfRemembered);
  const next = await step('token: refresh_token', () => refresh(hydrant, client, kept.refreshToken));
  await step('token: refresh_token, again within its grace', () => refresh(hydrant, client, kept.refreshToken));
  await step('token: a wrong secret', () => clientCredentials(hydrant, { ...client, secret: 'another secret' }));
  await step('token: an invented code', () => redeem(hydrant, client, `${code}x`));
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
  return costs;
}

/** Through login and consent to a code. */
async function logIn(
  hydrant: Hydrant,
  client: TestClient,
  browser: Browser,
  step: <T>(name: string, request: () => Promise<T>) => Promise<T>,
): Promise<string> {
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
  return done.location?.searchParams.get('code') ?? '';
}

/** Tells by its name whether a statement writes. The sources say it: a text that begins with SELECT, or was built, does not. */
function writingStatements(): (name: string) => boolean {
  const folder = new URL('../../src/sql/', import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const text = sources.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
  const reading = [
    ...text.matchAll(/\bstatement(?:<[^(]*>)?\(\s*'([\w.]+)',\s*['`]\s*SELECT\b/g),
    ...text.matchAll(/\bask\(\s*database,\s*'([\w.]+)'/g),
  ].map(([, name]) => name);
  const known = new Set(reading);
  return (name) => !known.has(name) && !/\.(row|keys)$/.test(name);
}
