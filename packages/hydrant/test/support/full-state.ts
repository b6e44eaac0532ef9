/** A server with something in every table, and what has to go on with it wherever its data is moved or restored. */
import { createPublicKey, verify } from 'node:crypto';
import { expect } from 'vitest';
import { givenSigner, type TestSigner } from './assertion.js';
import { type Browser, openBrowser, send } from './browser.js';
import { askCodes, type Codes, codesIn, DEVICE_SETTINGS, givenDeviceClient, poll, visitDevicePage } from './device.js';
import {
  askToken,
  authorizationUrl,
  clientCredentials,
  givenClient,
  introspect,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
  walk,
} from './relying-party.js';
import type { Hydrant } from './start-hydrant.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** All that a program for a single byte or a single quote would stumble over, and long. */
const ODD = `"quoted" 'twice' \\ %s $1 ? \n\t\u0001 ünï \u{1f510} \uffff \u2028 ${'long '.repeat(20_000)}`;

/** Settings that the state wants. */
export const FULL_STATE_SETTINGS: Readonly<Record<string, string>> = {
  ...DEVICE_SETTINGS,
  OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
  OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'a-salt-of-the-tests',
};

export interface FullState {
  readonly client: TestClient;
  readonly device: TestClient;
  /** Logged in and remembered, for this client. */
  readonly cookies: ReadonlyMap<string, string>;
  readonly tokens: TokenAnswer;
  readonly own: string;
  /** Introspected, as it was. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly ownClaims: Readonly<Record<string, unknown>>;
  readonly spent: string;
  readonly code: string;
  /** A browser at the login page. */
  readonly waiting: { readonly cookies: ReadonlyMap<string, string>; readonly challenge: string };
  readonly codes: Codes;
  readonly forced: TokenAnswer;
  readonly assertion: string;
  readonly clients: unknown;
}

/** Makes the state through the endpoints of a server. */
export async function makeFullState(hydrant: Hydrant): Promise<FullState> {
  const client = await givenClient(hydrant, {
    client_name: 'Ünïcode \u{1f510}',
    metadata: { odd: ODD },
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER],
    backchannel_logout_uri: 'http://127.0.0.1:1/backchannel',
    audience: ['https://api.example'],
  });
  const consent = { remember: true, session: { access_token: { odd: ODD }, id_token: { odd: 'ünï' } } };
  const { browser, code: first } = await walk(hydrant, client, { login: { remember: true }, consent });
  const tokens = await redeem(hydrant, client, first);
  const older = await obtainTokens(hydrant, client, { login: { subject: 'bob' } });
  await refresh(hydrant, client, older.refreshToken);
  const own = (await clientCredentials(hydrant, client)).accessToken;
  const code = await obtainCode(hydrant, client, { login: { subject: 'carol \u{1f9d1}' } });

  const pairwise = await givenClient(hydrant, { subject_type: 'pairwise' });
  const force = { force_subject_identifier: 'alice-there' };
  const forced = await obtainTokens(hydrant, pairwise, { login: force });

  const device = await givenDeviceClient(hydrant);
  const codes = codesIn(await askCodes(hydrant, device, { scope: 'openid offline' }));
  await visitDevicePage(hydrant, openBrowser(), codes.complete);

  const assertion = await useAssertion(hydrant, client, await givenSigner());
  await askToLogOut(hydrant, browser, tokens.idToken);
  await endLogin(hydrant, client, 'dora');
  const waitingBrowser = openBrowser();
  const asked = await waitingBrowser.get(authorizationUrl(hydrant, client));
  const challenge = asked.location?.searchParams.get('login_challenge') ?? '';
  await writeSecretUses(hydrant);

  return {
    client,
    device,
    cookies: new Map(browser.jar),
    tokens,
    own,
    claims: await introspect(hydrant, tokens.accessToken),
    ownClaims: await introspect(hydrant, own),
    spent: older.refreshToken,
    code,
    waiting: { cookies: new Map(waitingBrowser.jar), challenge },
    codes,
    forced,
    assertion,
    clients: JSON.parse((await send(`${hydrant.adminUrl}/admin/clients`)).text),
  };
}

/** Everything that has to work where the data is, with the same secrets. Uses some of it up. */
export async function expectFullState(hydrant: Hydrant, state: FullState): Promise<void> {
  const { client, tokens } = state;
  // Issuers are addresses of servers, and this is another server.
  const { iss: _was, ...claims } = state.claims;
  expect(claims.active).toBe(true);
  expect(await introspect(hydrant, tokens.accessToken)).toMatchObject(claims);
  const { iss: _ownWas, ...ownClaims } = state.ownClaims;
  expect(await introspect(hydrant, state.own)).toMatchObject(ownClaims);
  expect(JSON.parse((await send(`${hydrant.adminUrl}/admin/clients`)).text)).toEqual(state.clients);
  await expectSignedBy(hydrant, tokens.idToken);

  const next = await refresh(hydrant, client, tokens.refreshToken);
  expect(next.status).toBe(200);
  await expectSignedBy(hydrant, next.idToken);
  expect((await introspect(hydrant, next.accessToken)).ext).toEqual(claims.ext);
  expect((await redeem(hydrant, client, state.code)).status).toBe(200);
  expect((await redeem(hydrant, client, state.code)).json).toMatchObject({ error: 'invalid_grant' });

  const browser = openBrowser();
  for (const [name, value] of state.cookies) browser.jar.set(name, value);
  const silent = await walk(hydrant, client, { browser, params: { prompt: 'none' } });
  expect(silent.params).not.toHaveProperty('error');
  expect(silent.code).not.toBe('');

  const login = await send(
    `${hydrant.adminUrl}/admin/oauth2/auth/requests/login?login_challenge=${state.waiting.challenge}`,
  );
  expect(login.json).toMatchObject({ skip: false, client: { client_id: client.id } });
  expect((await poll(hydrant, state.device, state.codes)).json).toMatchObject({ error: 'authorization_pending' });
  const there = await send(`${hydrant.publicUrl}/userinfo`, { bearer: state.forced.accessToken });
  expect(there.json).toMatchObject({ sub: 'alice-there' });
  const again = await askToken(hydrant, client, { grant_type: JWT_BEARER, assertion: state.assertion });
  expect(again.status).toBe(400);
}

async function expectSignedBy(hydrant: Hydrant, idToken: string): Promise<void> {
  const [header = '', payload = '', signature = ''] = idToken.split('.');
  const { kid }: { kid?: unknown } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const { keys }: { keys: { kid: string; kty: string }[] } = JSON.parse(
    (await send(`${hydrant.publicUrl}/.well-known/jwks.json`)).text,
  );
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk) throw new Error('No key of that name is published.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  expect(signed).toBe(true);
}

async function useAssertion(hydrant: Hydrant, client: TestClient, signer: TestSigner): Promise<string> {
  const issuer = 'https://issuer.example/';
  const trust = { issuer, subject: 'alice', scope: ['email'], jwk: signer.jwk, expires_at: '2035-01-01T00:00:00Z' };
  const answer = await send(`${hydrant.adminUrl}/admin/trust/grants/jwt-bearer/issuers`, { json: trust });
  expect(answer.status).toBe(201);
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: 'alice', aud: `${hydrant.publicUrl}/oauth2/token`, jti: 'once', iat: now };
  const assertion = await signer.sign({ ...claims, exp: now + 600 });
  const used = await askToken(hydrant, client, { grant_type: JWT_BEARER, assertion, scope: 'email' });
  expect(used.status).toBe(200);
  return assertion;
}

/** As far as the question; the answer is not given. */
async function askToLogOut(hydrant: Hydrant, browser: Browser, idToken: string): Promise<void> {
  const url = `${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${idToken}`;
  const asked = await browser.get(url);
  expect(asked.location?.searchParams.has('logout_challenge')).toBe(true);
}

/** Somebody's login ends, of which the client cannot be told yet. */
async function endLogin(hydrant: Hydrant, client: TestClient, subject: string): Promise<void> {
  const { browser, code } = await walk(hydrant, client, { login: { subject, remember: true } });
  const { idToken } = await redeem(hydrant, client, code);
  const asked = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${idToken}`);
  const challenge = asked.location?.searchParams.get('logout_challenge') ?? '';
  const accept = `${hydrant.adminUrl}/admin/oauth2/auth/requests/logout/accept?logout_challenge=${challenge}`;
  const { json } = await send(accept, { method: 'PUT' });
  await browser.get(String(json.redirect_to));
}

/** They are gathered for a while; this waits until they are written. */
async function writeSecretUses(hydrant: Hydrant): Promise<void> {
  hydrant.kick('record-secret-uses');
}
