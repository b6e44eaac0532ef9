/**
 * Answers that broken clients in the field, told by the SDKs of several languages: here on the wire, in both generations,
 * so that a change that would break one of them says which trap it stepped into.
 */
import { describe, expect, test } from 'vitest';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { adminCalls, createClient } from './support/admin-calls.js';
import { authorizationUrl } from './support/authorization-url.js';
import { openBrowser } from './support/browser.js';
import { challengeOf, walk, willingApp } from './support/login-app.js';
import { assertionClaims, createSigner } from './support/signer.js';

const callback = 'https://photos.example/callback';
const hydrant = sharedHydrant({ settings: { OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' } });

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, unknown>;
}

async function call(method: string, url: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, data: text ? JSON.parse(text) : {} };
}

function parseKeys({ keys }: Record<string, unknown>): { kid: string; alg?: string }[] {
  return keys as { kid: string; alg?: string }[];
}

/** Members that are lists in every description of a client. */
const LISTS = [
  'allowed_cors_origins',
  'audience',
  'contacts',
  'grant_types',
  'post_logout_redirect_uris',
  'redirect_uris',
  'request_uris',
  'response_types',
];

function strictlyTyped(client: Record<string, unknown>): void {
  expect(LISTS.filter((name) => name in client && !Array.isArray(client[name]))).toEqual([]);
  expect([false, undefined]).toContain(client.skip_logout_consent);
}

describe.for(['', '/admin'])('clients under "%s"', (prefix) => {
  test('lists are never null and skip_logout_consent is false, in whatever answer', async () => {
    const clients = `${hydrant.adminUrl}${prefix}/clients`;
    const created = await call('POST', clients, { client_name: 'Bare' });
    expect(created.status).toBe(201);
    const one = `${clients}/${created.data.client_id}`;
    const replaced = await call('PUT', one, { client_name: 'Barer' });
    const patched = await call('PATCH', one, [{ op: 'replace', path: '/client_name', value: 'Barest' }]);
    const read = await call('GET', one);
    for (const { status, data } of [created, replaced, patched, read]) {
      expect(status).toBeLessThan(300);
      expect(data).toMatchObject({ redirect_uris: [], client_id: created.data.client_id });
      strictlyTyped(data);
    }
  });

  test('a generated secret has 26 characters', async () => {
    const { data } = await call('POST', `${hydrant.adminUrl}${prefix}/clients`, {});
    expect(data.client_secret).toMatch(/^[A-Za-z0-9\-_.~]{26}$/);
  });

  test('every key that is made or published has its alg', async () => {
    const set = `${hydrant.adminUrl}${prefix}/keys/alg${prefix.replace('/', '-')}`;
    for (const alg of prefix ? ['ES256', 'ES512', 'RS256', 'EdDSA'] : ['ES512', 'RS256', 'HS256', 'HS512']) {
      expect((await call('POST', set, { alg, kid: alg, use: 'sig' })).status).toBe(201);
    }
    const published = await call('GET', `${hydrant.publicUrl}/.well-known/jwks.json`);
    for (const { data } of [await call('GET', set), published]) {
      const keys = parseKeys(data);
      expect(keys.length).toBeGreaterThan(0);
      for (const { kid, alg } of keys) expect([kid, alg]).toEqual([kid, expect.stringMatching(/^[A-Z]\w+$/i)]);
    }
  });
});

test('registration: lists are never null, and the endpoint is published', async () => {
  const { data: server } = await call('GET', `${hydrant.publicUrl}/.well-known/openid-configuration`);
  expect(server.registration_endpoint).toBe(`${hydrant.publicUrl}/oauth2/register`);
  const created = await call('POST', String(server.registration_endpoint), { client_name: 'Self' });
  expect(created.status).toBe(201);
  strictlyTyped(created.data);
  expect(Object.entries(created.data).filter(([, value]) => value === null)).toEqual([]);
  const authorization = `Bearer ${created.data.registration_access_token}`;
  const self = `${hydrant.publicUrl}/oauth2/register/${created.data.client_id}`;
  const changed = await call('PUT', self, { client_name: 'Changed' }, { authorization });
  expect(changed.status).toBe(200);
  strictlyTyped(changed.data);
});

test('un-prefixed lists take limit and offset, and count all', async () => {
  const ids = ['trap-a', 'trap-b', 'trap-c'];
  for (const client_id of ids) await call('POST', `${hydrant.adminUrl}/clients`, { client_id, owner: 'trapper' });
  const page = async (query: string) => {
    const response = await fetch(`${hydrant.adminUrl}/clients?${query}`);
    const clients: { client_id: string }[] = JSON.parse(await response.text());
    return { ids: clients.map(({ client_id }) => client_id), total: response.headers.get('x-total-count') };
  };
  const all = await page('limit=500&offset=0');
  expect(all.total).toBe(String(all.ids.length));
  expect(await page('limit=2&offset=1')).toEqual({ ids: all.ids.slice(1, 3), total: all.total });
});

test('key pairs have two ids on un-prefixed paths, and one on /admin', async () => {
  const body = { alg: 'ES512', kid: 'k', use: 'sig' };
  const kids = ({ data }: Answer) => parseKeys(data).map(({ kid }) => kid);
  const made = await call('POST', `${hydrant.adminUrl}/keys/pairs`, body);
  expect(kids(made).sort()).toEqual(['private:k', 'public:k']);
  expect(kids(await call('POST', `${hydrant.adminUrl}/admin/keys/one`, body))).toEqual(['k']);
});

describe('flows', () => {
  const photos = { grant_types: ['authorization_code', 'refresh_token'], scope: 'openid', redirect_uris: [callback] };
  const start = (clientId: string) =>
    authorizationUrl(hydrant.publicUrl, clientId, { redirect_uri: callback, scope: 'openid' });

  test('a context that nobody gave is {} on un-prefixed paths', async () => {
    const { clientId } = await createClient(hydrant.adminUrl, photos);
    const browser = openBrowser();
    const calls = adminCalls(hydrant.adminUrl);
    const app = willingApp(calls, { login: { subject: 'bare' }, consent: { remember: true } });
    const challenge = await challengeOf(browser, start(clientId), 'consent', app);
    const requests = `${hydrant.adminUrl}/oauth2/auth/requests/consent?consent_challenge=${challenge}`;
    expect((await call('GET', requests)).data).toMatchObject({ context: {} });
    const accepted = await calls.acceptConsent(challenge, { grant_scope: ['openid'], remember: true });
    expect((await browser.open(accepted)).location?.searchParams.get('code')).toBeTruthy();
    const sessions = await fetch(`${hydrant.adminUrl}/oauth2/auth/sessions/consent?subject=bare`);
    expect(JSON.parse(await sessions.text())).toMatchObject([{ consent_request: { context: {} } }]);
  });

  test.for(['', '/admin'])('all=True revokes consents under "%s"', async (prefix) => {
    const subject = `all of ${prefix}`;
    const { clientId } = await createClient(hydrant.adminUrl, photos);
    const app = willingApp(adminCalls(hydrant.adminUrl), { login: { subject }, consent: { remember: true } });
    await walk(openBrowser(), start(clientId), app);
    const sessions = `${hydrant.adminUrl}${prefix}/oauth2/auth/sessions/consent`;
    const query = new URLSearchParams({ subject }).toString();
    expect((await call('GET', `${sessions}?${query}`)).data).toHaveLength(1);
    expect((await call('DELETE', `${sessions}?${query}&all=True`)).status).toBe(204);
    expect((await call('GET', `${sessions}?${query}`)).data).toEqual([]);
  });

  test('PKCE is not demanded of a client with a secret', async () => {
    const { clientId, clientSecret } = await createClient(hydrant.adminUrl, photos);
    const app = willingApp(adminCalls(hydrant.adminUrl), { login: { subject: 'ada' } });
    const { url } = await walk(openBrowser(), start(clientId), app);
    const code = url.searchParams.get('code') ?? '';
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback });
    const address = `${hydrant.publicUrl}/oauth2/token`;
    expect((await fetch(address, { method: 'POST', headers: { authorization }, body })).status).toBe(200);
  });
});

test.for([
  ['issuer', (url: string) => url, 200],
  ['token endpoint', (url: string) => `${url}/oauth2/token`, 200],
  ['another server', () => 'https://elsewhere.example', 401],
] as const)('a client assertion for the %s', async ([name, audience, status]) => {
  const signer = createSigner('assertion');
  const { clientId } = await createClient(hydrant.adminUrl, {
    client_id: `asserting to ${name}`.replaceAll(' ', '-'),
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [signer.jwk] },
  });
  const claims = assertionClaims({ iss: clientId, sub: clientId, aud: audience(hydrant.publicUrl) });
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signer.jwt(claims),
  });
  expect((await fetch(`${hydrant.publicUrl}/oauth2/token`, { method: 'POST', body })).status).toBe(status);
});
