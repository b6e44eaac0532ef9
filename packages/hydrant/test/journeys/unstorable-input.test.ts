/**
 * Texts that some database refuses, with U+0000 or half of a surrogate pair, are refused by us, on every engine alike: the
 * answer says which field it is, and no row comes of it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminEndpoints } from '../../src/http/admin/index.js';
import { legacyPaths } from '../../src/http/legacy/index.js';
import { publicEndpoints } from '../../src/http/public/index.js';
import { givenSigner, type TestSigner } from '../support/assertion.js';
import { type Answer, openBrowser, type Request, send } from '../support/browser.js';
import { listen } from '../support/listener.js';
import { sendInVain } from '../support/refusal.js';
import {
  askToken,
  authorizationUrl,
  challengeIn,
  clientCredentials,
  givenClient,
  requestUrl,
  type TestClient,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { type TemporaryDatabase, temporaryDatabase } from '../support/temporary-database.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const JWT_CLIENT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ISSUERS = '/trust/grants/jwt-bearer/issuers';
const ISSUER = 'https://issuer.example/';

const database: TemporaryDatabase = await temporaryDatabase();
let hydrant: Hydrant;
let client: TestClient;
let signer: TestSigner;

beforeAll(async () => {
  hydrant = await startHydrant({
    settings: {
      DSN: database.dsn,
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
    },
  });
  signer = await givenSigner();
  client = await givenClient(hydrant, {
    client_id: 'known',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER],
    jwks: { keys: [signer.jwk] },
  });
  const trust = { issuer: ISSUER, allow_any_subject: true, jwk: signer.jwk, expires_at: '2099-01-01T00:00:00Z' };
  expect((await send(`${hydrant.adminUrl}/admin${ISSUERS}`, { json: trust })).status).toBe(201);
});

afterAll(async () => {
  await hydrant.close();
  await database[Symbol.asyncDispose]();
});

const refused = (url: string | URL, request?: Request) => sendInVain(database, url, request);

/** The words of a refusal, wherever it stands. */
function wordsOf(answer: Answer): string {
  const { searchParams } = answer.location ?? {};
  return searchParams ? `${searchParams.get('error')}: ${searchParams.get('error_description')}` : answer.text;
}

const ODD = [
  ['U+0000', 'a\0b'],
  ['half of a surrogate pair', 'a\ud800b'],
] as const;

const withPath = (path: string, part: string) => path.replaceAll(/:[a-z]+|\*/g, part);

describe('of every endpoint', () => {
  const endpoints = [
    ...publicEndpoints.map(({ method, path }) => ['publicUrl', method, path] as const),
    ...adminEndpoints.map(({ method, path }) => ['adminUrl', method, path] as const),
    ...legacyPaths.map(({ endpoint, path }) => ['adminUrl', endpoint.method, path] as const),
  ];

  test.each(endpoints)('%s %s %s: the query', async (side, method, path) => {
    const url = `${hydrant[side]}${withPath(path, 'x')}?some_name=a%00b`;
    const answer = await refused(url, { method });
    if (answer.location) expect(answer.location.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/error\?/);
    else expect(answer.status).toBe(400);
    expect(wordsOf(answer)).toMatch(/invalid_request/);
    expect(wordsOf(answer)).toMatch(/some_name.*U\+0000/);
  });

  test.each(endpoints.filter(([, , path]) => path.includes(':')))('%s %s %s: the path', async (side, method, path) => {
    for (const name of path.matchAll(/:([a-z]+)/g)) {
      const url = hydrant[side] + withPath(path.replace(name[0], 'a%00b'), 'x');
      const { status, json, text } = await refused(url, { method });
      expect([status, json.error]).toEqual([400, 'invalid_request']);
      expect(text).toContain(`The path parameter '${name[1]}' has U+0000`);
    }
  });
});

describe('forms', () => {
  test.each([
    ['publicUrl', '/oauth2/token'],
    ['publicUrl', '/oauth2/revoke'],
    ['publicUrl', '/oauth2/device/auth'],
    ['publicUrl', '/userinfo'],
    ['publicUrl', '/oauth2/auth'],
    ['publicUrl', '/oauth2/sessions/logout'],
    ['adminUrl', '/admin/oauth2/introspect'],
    ['adminUrl', '/oauth2/introspect'],
  ] as const)('%s %s', async (side, path) => {
    const multipart = new FormData();
    multipart.append('scope', 'a\0b');
    const { body, headers } = await encoded(multipart);
    for (const request of [{ form: { scope: 'a\0b' } }, { body: 'scope=a\0b', headers: FORM }, { body, headers }]) {
      const answer = await refused(hydrant[side] + path, { method: 'POST', ...request });
      if (answer.location) expect(answer.location.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/error\?/);
      else expect(answer.status).toBe(400);
      expect(wordsOf(answer)).toMatch(/invalid_request.*The form field 'scope' has U\+0000/);
    }
  });

  test('what can be no token is none, and no mistake (RFC 7662 §2.2, RFC 7009 §2.2)', async () => {
    const form = { token: 'a\0b' };
    for (const path of ['/admin/oauth2/introspect', '/oauth2/introspect'])
      expect((await refused(hydrant.adminUrl + path, { form })).json).toEqual({ active: false });
    const basic = [client.id, client.secret] as const;
    expect((await refused(`${hydrant.publicUrl}/oauth2/revoke`, { form, basic })).status).toBe(200);
  });

  test('names that nobody meant are not repeated', async () => {
    const answer = await refused(`${hydrant.publicUrl}/oauth2/token`, { form: { '<b>\0': 'x' } });
    expect(answer.json.error_description).toMatch(/The form field has U\+0000/);
    expect(answer.text).not.toContain('<b>');
  });

  test('a built-in page shows a page', async () => {
    for (const name of ['login', 'consent', 'logout', 'device', 'error']) {
      const answer = await refused(`${hydrant.publicUrl}/oauth2/fallbacks/${name}?x=%00`);
      expect([name, answer.status, answer.headers.get('content-type')]).toEqual([
        name,
        400,
        'text/html; charset=utf-8',
      ]);
      expect(answer.text).toContain('U+0000');
    }
  });
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

async function encoded(form: FormData): Promise<{ body: string; headers: Record<string, string> }> {
  const request = new Request('http://127.0.0.1', { method: 'POST', body: form });
  return { body: await request.text(), headers: { 'content-type': request.headers.get('content-type') ?? '' } };
}

const MALFORMED = 'The request was malformed or contained invalid parameters';

/** Where JSON comes in: method, path, error of the second generation and of the first where it has it, and the body around a text. */
const BODIES = [
  ['POST', '/clients', MALFORMED, 'client_id'],
  ['POST', '/clients', MALFORMED, 'client_name'],
  ['POST', '/clients', MALFORMED, 'owner'],
  ['POST', '/clients', MALFORMED, 'metadata.deep'],
  ['PUT', '/clients/known', MALFORMED, 'owner'],
  ['PATCH', '/clients/known', MALFORMED, '0.value'],
  ['POST', '/keys/a-set', MALFORMED, 'kid'],
  ['PUT', '/keys/a-set', MALFORMED, 'keys.0.kid'],
  ['PUT', '/keys/a-set/a-key', MALFORMED, 'kid'],
  ['POST', ISSUERS, 'error', 'issuer'],
  ['POST', ISSUERS, 'error', 'subject'],
  ['POST', ISSUERS, 'error', 'jwk.kid'],
  ['PUT', '/oauth2/auth/requests/login/accept?login_challenge=', 'invalid_request', 'subject'],
  ['PUT', '/oauth2/auth/requests/login/accept?login_challenge=', 'invalid_request', 'force_subject_identifier'],
  ['PUT', '/oauth2/auth/requests/login/accept?login_challenge=', 'invalid_request', 'identity_provider_session_id'],
  ['PUT', '/oauth2/auth/requests/login/accept?login_challenge=', 'invalid_request', 'context.deep'],
  ['PUT', '/oauth2/auth/requests/login/reject?login_challenge=', 'invalid_request', 'error_description'],
] as const;

/** JSON that has a text at a place such as `keys.0.kid`. */
function jsonWith(place: string, text: string): unknown {
  return place.split('.').reduceRight<unknown>((inner, name) => (name === '0' ? [inner] : { [name]: inner }), text);
}

async function challenge(): Promise<string> {
  return challengeIn(await openBrowser().get(authorizationUrl(hydrant, client)), 'login');
}

describe('JSON', () => {
  test.each(BODIES)('%s %s answers %s for %s', async (method, path, error, place) => {
    const url = path.endsWith('=') ? path + (await challenge()) : path;
    for (const [what, text] of ODD) {
      const second = await refused(`${hydrant.adminUrl}/admin${url}`, { method, json: jsonWith(place, text) });
      expect([what, second.status, second.json.error]).toEqual([what, 400, error]);
      expect(second.json.error_description).toContain(`the field '${place}' has U+0000 or half of a surrogate pair`);
      const first = await refused(`${hydrant.adminUrl}${url}`, { method, json: jsonWith(place, text) });
      expect([what, first.status, first.json.error]).toEqual([what, 400, 'error']);
      expect(first.json.error_debug).toContain(`the field '${place}' has U+0000 or half of a surrogate pair`);
    }
  });

  test.each(['client_name', 'owner', 'jwks.keys.0.kid'])('a client that registers itself: %s', async (place) => {
    const answer = await refused(`${hydrant.publicUrl}/oauth2/register`, { json: jsonWith(place, 'a\0b') });
    expect([answer.status, answer.json.error]).toEqual([400, MALFORMED]);
    expect(answer.json.error_description).toContain(`the field '${place}' has U+0000`);
  });

  test('a consent app', async () => {
    const browser = openBrowser();
    const asked = await browser.get(authorizationUrl(hydrant, client));
    const accept = requestUrl(hydrant, 'login', challengeIn(asked, 'login')).replace('/login?', '/login/accept?');
    const { json } = await send(accept, { method: 'PUT', json: { subject: 'alice' } });
    const consent = challengeIn(await browser.get(String(json.redirect_to)), 'consent');
    const url = requestUrl(hydrant, 'consent', consent).replace('/consent?', '/consent/accept?');
    const answer = await refused(url, { method: 'PUT', json: { session: { id_token: { nickname: 'a\0' } } } });
    expect(answer.status).toBe(400);
    expect(answer.json.error_description).toContain("the field 'session.id_token.nickname' has U+0000");
  });
});

describe('credentials', () => {
  test.each(['/oauth2/token', '/oauth2/revoke', '/oauth2/device/auth'])(
    '%s: Basic, origins asked too',
    async (path) => {
      const url = hydrant.publicUrl + path;
      const raw = { authorization: `Basic ${btoa('kno\0wn:secret')}`, origin: 'https://app.example' };
      for (const request of [{ basic: ['kno\0wn', 'secret'] as const }, { headers: raw }]) {
        const answer = await refused(url, { form: { grant_type: 'client_credentials', token: 'x' }, ...request });
        expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request']);
        expect(answer.json.error_description).toContain('The client id in the Authorization header has U+0000');
      }
    },
  );

  test.each(['iss', 'sub', 'jti'])('the claim %s of an assertion', async (claim) => {
    for (const [, text] of ODD) {
      const assertion = await signer.sign({ ...claims(), [claim]: text });
      const before = await database.rows();
      const granted = await askToken(hydrant, client, { grant_type: JWT_BEARER, assertion });
      expect([granted.status, granted.error]).toEqual([400, 'invalid_grant']);
      expect(granted.text).toContain('The assertion is no JWT, or has U+0000 in it');
      const form = { grant_type: 'client_credentials', client_assertion_type: JWT_CLIENT, client_assertion: assertion };
      const proven = await send(`${hydrant.publicUrl}/oauth2/token`, { form });
      expect([proven.status, proven.json.error]).toEqual([401, 'invalid_client']);
      expect(proven.text).toContain('The client_assertion is no JWT, or has U+0000 in it');
      expect(await database.rows()).toEqual(before);
    }
  });

  test('a request object, and a hint', async () => {
    const request = await signer.sign({ login_hint: 'a\0b' });
    const asked = await refused(authorizationUrl(hydrant, client, { request, scope: 'openid' }));
    expect(wordsOf(asked)).toMatch(/invalid_request_object.*The request object is no JWT, or has U\+0000/);
    const hint = await signer.sign({ sub: 'a\0b', aud: client.id });
    const hinted = await refused(authorizationUrl(hydrant, client, { id_token_hint: hint }));
    expect(wordsOf(hinted)).toMatch(/invalid_request.*The id_token_hint/);
  });

  test('the answer of a hook', async () => {
    await using hook = await listen(() => ({ body: '{"session":{"access_token":{"a":"\\u0000"}}}' }));
    const log: string[] = [];
    await using other = await startHydrant({ settings: { OAUTH2_TOKEN_HOOK: hook.url }, log });
    const answer = await clientCredentials(other, await givenClient(other));
    expect([answer.status, answer.error]).toEqual([500, 'server_error']);
    expect(answer.text).toContain('token_hook');
    expect(log.join('')).toContain('U+0000');
  });
});

function claims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const aud = `${hydrant.publicUrl}/oauth2/token`;
  return { iss: ISSUER, sub: 'alice', aud, iat: now, exp: now + 300, jti: `jti-${Math.random()}` };
}
