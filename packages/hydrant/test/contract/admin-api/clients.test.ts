/** §14.6 of the admin contract: clients. */
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../support/browser.js';
import { clientCredentials, isActive, obtainTokens, redeem } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { admin, atConsent, BOTH, CODES, expectRefusal, fresh, type Generation, quickClient } from './admin-side.js';

const hydrant = sharedHydrant();

type Body = Readonly<Record<string, unknown>>;

const create = (generation: Generation, json: Body) => admin(hydrant, generation, 'POST', '/clients', { json });
const get = (generation: Generation, id: string) => admin(hydrant, generation, 'GET', `/clients/${id}`);
const put = (generation: Generation, id: string, json: Body) =>
  admin(hydrant, generation, 'PUT', `/clients/${id}`, { json });
const patch = (generation: Generation, id: string, json: readonly Body[]) =>
  admin(hydrant, generation, 'PATCH', `/clients/${id}`, { json });

/** Creates a client that is refused: no such client is there afterwards. */
async function expectRefused(generation: Generation, body: Body, second: string, names: string): Promise<void> {
  const id = fresh('refused');
  const answer = await create(generation, { client_id: id, ...body });
  // Hydra: 1.7 has one code for all that is wrong with a client.
  const error = { 'v1.7': CODES.parameter, 'v2+': second }[generation];
  expectRefusal(answer, generation, 400, error, names);
  expect((await get('v2+', id)).status).toBe(404);
}

async function expectCreated(generation: Generation, body: Body): Promise<Answer> {
  const answer = await create(generation, body);
  expect(answer.status, answer.text).toBe(201);
  return answer;
}

const ARRAYS = ['redirect_uris', 'grant_types', 'response_types', 'audience', 'allowed_cors_origins', 'contacts'];

test.each(BOTH)('14.6 #53 a client that says nothing about itself [%s]', async (generation) => {
  const { headers, json } = await expectCreated(generation, {});
  expect(json).toMatchObject({
    client_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    client_secret: expect.stringMatching(/^[\w.~-]{26}$/),
    client_secret_expires_at: 0,
    scope: 'offline_access offline openid',
    subject_type: 'public',
    token_endpoint_auth_method: 'client_secret_basic',
    userinfo_signed_response_alg: 'none',
  });
  // Hydra writes null for lists that were left out; an empty list is one for everybody's clients (§16.2).
  for (const name of ARRAYS) expect(json[name], name).toEqual([]);
  const prefix = { 'v1.7': '', 'v2+': '/admin' }[generation];
  expect(headers.get('location')).toBe(`${prefix}/clients/${json.client_id}`);
  // The registration token is Hydra 1.11's and later.
  expect('registration_access_token' in json).toBe(generation === 'v2+');
});

test.each(BOTH)('14.6 #54 such a client is read without its secret [%s]', async (generation) => {
  const made = (await expectCreated(generation, {})).json;
  const { status, json } = await get(generation, String(made.client_id));
  expect(status).toBe(200);
  const { client_secret: _secret, registration_access_token: _token, registration_client_uri: _uri, ...rest } = made;
  expect(json).toEqual(rest);
  expect(json).toMatchObject({ jwks: {}, metadata: {} });
  for (const name of ARRAYS) expect(json[name], name).toEqual([]);
  for (const name of Object.keys(json)) expect(name).not.toMatch(/secret$|^registration_/);
});

test.each(BOTH)('14.6 #55 an id that is taken [%s]', async (generation) => {
  const id = fresh('taken');
  const made = await expectCreated(generation, { client_id: id, client_name: 'first' });
  expectRefusal(await create(generation, { client_id: id, client_name: 'second' }), generation, 409, CODES.exists);
  expect((await get(generation, id)).json.client_name).toBe('first');
  const client = { id, secret: String(made.json.client_secret), redirectUri: '' };
  expect((await clientCredentials(hydrant, client)).error).not.toBe('invalid_client');
});

test.each(BOTH)('14.6 #56 a secret of fewer than six bytes [%s]', async (generation) => {
  await expectRefused(generation, { client_secret: '12345' }, CODES.metadata, 'client_secret');
  // Two characters, six bytes.
  expect((await expectCreated(generation, { client_secret: '€€' })).json.client_secret).toBe('€€');
});

test.each(BOTH)('14.6 #57 a public client is shown no secret [%s]', async (generation) => {
  const body = { token_endpoint_auth_method: 'none', client_secret: 'longenough', grant_types: ['client_credentials'] };
  const { json } = await expectCreated(generation, body);
  expect(json).not.toHaveProperty('client_secret');
  const client = { id: String(json.client_id), secret: 'longenough', redirectUri: '' };
  expect((await clientCredentials(hydrant, client)).status).toBe(401);
});

test.each(BOTH)('14.6 #58 a redirect URI with a fragment [%s]', async (generation) => {
  for (const uri of ['https://a/#x', 'https://a/#', 'foo']) {
    await expectRefused(generation, { redirect_uris: ['https://a/', uri] }, 'invalid_redirect_uri', 'redirect_uris');
  }
});

test.each(BOTH)('14.6 #59 redirect URIs that are paths or have schemes of their own [%s]', async (generation) => {
  const uris = ['/cb', 'app://x', 'http://a', 'com.example.app:/cb'];
  const { json } = await expectCreated(generation, { redirect_uris: uris });
  expect((await get(generation, String(json.client_id))).json.redirect_uris).toEqual(uris);
});

test.each(BOTH)('14.6 #60 where a logout may lead [%s]', async (generation) => {
  const member = 'post_logout_redirect_uris';
  for (const [logout, login] of [
    ['https://foo:1234/', 'https://foo/'],
    ['https://foo:443/', 'https://foo/'],
    ['http://foo/', 'https://foo/'],
    ['https://bar/', 'https://foo/'],
  ] as const) {
    await expectRefused(generation, { redirect_uris: [login], [member]: [logout] }, CODES.metadata, member);
  }
  await expectRefused(generation, { [member]: ['https://foo/'] }, CODES.metadata, member);
  const uris = { redirect_uris: ['https://foo:1234/cb'], [member]: ['https://foo:1234/'] };
  expect((await expectCreated(generation, uris)).json).toMatchObject(uris);
});

test.each(BOTH)('14.6 #61 a subject type that the server does not have [%s]', async (generation) => {
  for (const type of ['pairwise', 'PUBLIC', 'nobody']) {
    await expectRefused(generation, { subject_type: type }, CODES.metadata, 'subject_type');
  }
});

test.each(BOTH)('14.6 #62 a secret never expires [%s]', async (generation) => {
  const { json } = await expectCreated(generation, { client_secret_expires_at: 99 });
  expect(json.client_secret_expires_at).toBe(0);
  const id = String(json.client_id);
  expect((await put(generation, id, { client_secret_expires_at: 99 })).json.client_secret_expires_at).toBe(0);
  expect((await get(generation, id)).json.client_secret_expires_at).toBe(0);
});

test.each(BOTH)('14.6 #63 origins for CORS [%s]', async (generation) => {
  const member = 'allowed_cors_origins';
  const { json } = await expectCreated(generation, { [member]: ['https://a.com/', 'http://b:81'] });
  expect((await get(generation, String(json.client_id))).json[member]).toEqual(['https://a.com', 'http://b:81']);
  for (const origin of ['https://a.com/x', 'ftp://a', 'https://u:p@a', 'https://a?q', 'https://a#f', 'a.com']) {
    await expectRefused(generation, { [member]: ['https://a.com', origin] }, CODES.metadata, member);
  }
});

test.each(BOTH)('14.6 #64 a method of authentication that nobody knows [%s]', async (generation) => {
  const body = { token_endpoint_auth_method: 'bogus', grant_types: ['client_credentials'] };
  const { json } = await expectCreated(generation, body);
  expect(json).toMatchObject(body);
  // It is stored and of no use.
  const client = { id: String(json.client_id), secret: String(json.client_secret), redirectUri: '' };
  expect((await clientCredentials(hydrant, client)).status).toBe(401);
});

test.each(BOTH)('14.6 #65 keys and an address of keys [%s]', async (generation) => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', kid: 'a', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  const jwks_uri = 'https://a.example/keys';
  await expectRefused(generation, { jwks: { keys: [jwk] }, jwks_uri }, CODES.metadata, 'jwks_uri');
  // An empty set is what answers have for none, so that it can be sent back (§7.7); 1.7 itself stumbles over it.
  const { json } = await expectCreated(generation, { jwks: {}, jwks_uri });
  expect(json.jwks_uri).toBe(jwks_uri);
  expect((await put(generation, String(json.client_id), { jwks: {}, jwks_uri })).status).toBe(200);
});

test.each(BOTH)('14.6 #66 replaced without a secret, the old one goes on working [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const body = { grant_types: ['client_credentials'], client_name: 'replaced' };
  for (const secret of [undefined, '', null]) {
    const answer = await put(generation, client.id, { ...body, client_secret: secret });
    expect(answer).toMatchObject({ status: 200, json: { client_name: 'replaced' } });
    expect(answer.json).not.toHaveProperty('client_secret');
    expect((await clientCredentials(hydrant, client)).status).toBe(200);
  }
  // What was left out is back at its default.
  expect((await get(generation, client.id)).json).toMatchObject({ redirect_uris: [], response_types: [] });
  const renewed = await put(generation, client.id, { ...body, client_secret: 'another secret' });
  expect(renewed).toMatchObject({ status: 200, json: { client_secret: 'another secret' } });
  expect((await clientCredentials(hydrant, client)).status).toBe(401);
});

test.each(BOTH)('14.6 #67 the path says which client is replaced [%s]', async (generation) => {
  const [a, b] = [await quickClient(hydrant), await quickClient(hydrant, { client_name: 'b' })];
  const answer = await put(generation, a.id, { client_id: b.id, client_name: 'replaced' });
  expect(answer).toMatchObject({ status: 200, json: { client_id: a.id, client_name: 'replaced' } });
  expect((await get(generation, a.id)).json).toMatchObject({ client_id: a.id, client_name: 'replaced' });
  expect((await get(generation, b.id)).json).toMatchObject({ client_id: b.id, client_name: 'b' });
});

test.each(BOTH)('14.6 #68 an unknown client is not made by replacing it [%s]', async (generation) => {
  const id = fresh('unknown');
  expectRefusal(await put(generation, id, { client_name: 'x' }), generation, 404, CODES.noRow);
  const error = { 'v1.7': CODES.parameter, 'v2+': CODES.metadata }[generation];
  expectRefusal(await put(generation, id, { client_secret: '12345' }), generation, 400, error);
  expect((await get('v2+', id)).status).toBe(404);
});

test.each(BOTH)('14.6 #69 an unknown client is read [%s]', async (generation) => {
  const [status, error] = { 'v1.7': [401, CODES.unauthorized] as const, 'v2+': [404, CODES.noRow] as const }[
    generation
  ];
  expectRefusal(await get(generation, 'nobody'), generation, status, error);
});

test.each(BOTH)('14.6 #70 an unknown client is deleted [%s]', async (generation) => {
  const answer = await admin(hydrant, generation, 'DELETE', '/clients/nobody');
  if (generation === 'v1.7') expect([answer.status, answer.text]).toEqual([204, '']);
  else expectRefusal(answer, generation, 404, CODES.noRow);
});

test.each(BOTH)('14.6 #71 a deleted client takes its tokens along [%s]', async (generation) => {
  const [client, other] = [await quickClient(hydrant), await quickClient(hydrant)];
  const subject = fresh('alice');
  const own = await clientCredentials(hydrant, client);
  const tokens = await obtainTokens(hydrant, client, { login: { subject } });
  const elsewhere = await obtainTokens(hydrant, other, { login: { subject } });
  const pending = await atConsent(hydrant, client);
  const answer = await admin(hydrant, generation, 'DELETE', `/clients/${client.id}`);
  expect([answer.status, answer.text]).toEqual([204, '']);
  for (const token of [own.accessToken, tokens.accessToken, tokens.refreshToken]) {
    const seen = await admin(hydrant, generation, 'POST', '/oauth2/introspect', { form: { token } });
    expect([seen.status, seen.json]).toEqual([200, { active: false }]);
  }
  expect(await isActive(hydrant, elsewhere.accessToken)).toBe(true);
  expect((await clientCredentials(hydrant, client)).status).toBe(401);
  const sessions = await admin(hydrant, generation, 'GET', `/oauth2/auth/sessions/consent?subject=${subject}`);
  expect(JSON.parse(sessions.text)).toMatchObject([{ consent_request: { client: { client_id: other.id } } }]);
  // Hydra 26 still shows its pending flows; here a flow has no copy of its client (docs/decisions/0006).
  const path = `/oauth2/auth/requests/consent?consent_challenge=${pending.challenge}`;
  expectRefusal(await admin(hydrant, generation, 'GET', path), generation, 404, CODES.notFound);
  // A client of the same name is another one.
  await expectCreated(generation, { client_id: client.id });
  expect(await isActive(hydrant, tokens.refreshToken)).toBe(false);
  expect((await redeem(hydrant, client, 'nothing')).status).toBe(401);
});

describe('lists', () => {
  const many = sharedHydrant();
  const list = (generation: Generation, query = '') => admin(many, generation, 'GET', `/clients${query}`);
  const idsIn = ({ text }: Answer): string[] => JSON.parse(text).map((one: { client_id: string }) => one.client_id);
  const idOf = (n: number) => `client-${String(n).padStart(4, '0')}`;

  /** Makes clients until there are so many, a few at a time. */
  async function upTo(total: number): Promise<void> {
    let there = Number((await list('v1.7', '?limit=1')).headers.get('x-total-count'));
    const one = async (): Promise<void> => {
      while (there < total) {
        const body = { client_id: idOf(there++), token_endpoint_auth_method: 'none' };
        expect((await admin(many, 'v2+', 'POST', '/clients', { json: body })).status).toBe(201);
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
  }

  test('14.6 #73 five clients are one page, which is the first [v1.7]', async () => {
    await upTo(5);
    const answer = await list('v1.7');
    expect(idsIn(answer)).toEqual([0, 1, 2, 3, 4].map(idOf));
    expect(answer.headers.get('link')).toBe('</clients?limit=5&offset=0>; rel="first"');
    expect(answer.headers.get('x-total-count')).toBe('5');
  });

  test('14.6 #72 the last page of 120 clients [v1.7]', async () => {
    await upTo(120);
    const answer = await list('v1.7', '?limit=50&offset=100');
    expect(idsIn(answer)).toEqual(Array.from({ length: 20 }, (_, n) => idOf(100 + n)));
    expect(answer.headers.get('x-total-count')).toBe('120');
    expect(answer.headers.get('link')).toBe(
      '</clients?limit=50&offset=0>; rel="first",</clients?limit=50&offset=50>; rel="prev"',
    );
  });

  test('14.6 #74 limits that nobody means [v1.7]', async () => {
    await upTo(501);
    for (const [query, count] of [
      ['limit=1000', 500],
      ['limit=-1', 0],
      ['limit=0', 0],
      ['limit=x', 100],
      ['limit=', 100],
      ['offset=-7&limit=3', 3],
      ['offset=x&limit=3', 3],
    ] as const) {
      const answer = await list('v1.7', `?${query}`);
      expect([answer.status, idsIn(answer).length], query).toEqual([200, count]);
      expect(answer.headers.get('x-total-count')).toBe('501');
      // Hydra has links to negative offsets here, which the contract asks not to copy.
      expect(answer.headers.get('link')).not.toContain('=-');
    }
  });

  test('14.6 #74 sizes of pages by token (§1.6) [v2+]', async () => {
    await upTo(501);
    for (const [query, count] of [
      ['', 100],
      ['?page_size=1000', 500],
      ['?page_size=-1', 100],
      ['?page_size=0', 100],
      ['?limit=3&offset=2', 100],
    ] as const) {
      const answer = await list('v2+', query);
      expect(idsIn(answer), query).toEqual(Array.from({ length: count }, (_, n) => idOf(n)));
      expect(answer.headers.has('x-total-count')).toBe(false);
    }
    expectRefusal(await list('v2+', '?page_size=x'), 'v2+', 400, CODES.malformed, 'page_size');
    // Hydra breaks off the connection on the first two (contract §1.6, do not copy).
    for (const token of ['AAAA', 'nonsense', '!', 'x'.repeat(200)]) {
      expectRefusal(await list('v2+', `?page_token=${token}`), 'v2+', 400, CODES.malformed);
    }
    const seen: string[] = [];
    for (let next: string | undefined = '?page_size=250'; next !== undefined; ) {
      const page: Answer = await list('v2+', next);
      seen.push(...idsIn(page));
      next = /<[^>]*(\?[^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 501 }, (_, n) => idOf(n)));
  });
});

// Hydra 1.7 has neither of these operations; un-prefixed paths have them as 1.11 does.
test.each(BOTH)('14.6 #75 a patch leaves the secret alone [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const before = (await get(generation, client.id)).json;
  const answer = await patch(generation, client.id, [{ op: 'replace', path: '/client_uri', value: 'http://x' }]);
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ ...before, client_uri: 'http://x', updated_at: expect.any(String) });
  expect((await get(generation, client.id)).json).toEqual(answer.json);
  expect((await clientCredentials(hydrant, client)).status).toBe(200);
});

// Hydra answers 500 to it, and by /client_id lets one client be written over another (§7.5, §16.2). It is the caller's mistake.
test.each(BOTH)('14.6 #76 a patch of the id [%s]', async (generation) => {
  const [client, other] = [await quickClient(hydrant), await quickClient(hydrant)];
  const before = [(await get(generation, client.id)).json, (await get(generation, other.id)).json];
  for (const path of ['/id', '/ID', '/client_id', '/Client_Id']) {
    for (const value of ['x', other.id]) {
      const answer = await patch(generation, client.id, [
        { op: 'replace', path: '/client_name', value: 'changed' },
        { op: 'replace', path, value },
      ]);
      expect(answer.status, path).toBe(400);
    }
  }
  expect([(await get(generation, client.id)).json, (await get(generation, other.id)).json]).toEqual(before);
  expect((await get('v2+', 'x')).status).toBe(404);
});

test.each(BOTH)('14.6 #77 lifespans are set, all at once [%s]', async (generation) => {
  const client = await quickClient(hydrant, {
    authorization_code_grant_id_token_lifespan: '2h',
    implicit_grant_access_token_lifespan: '3h',
  });
  const field = 'client_credentials_grant_access_token_lifespan';
  const set = (json: Body) => admin(hydrant, generation, 'PUT', `/clients/${client.id}/lifespans`, { json });
  const answer = await set({ [field]: '90m' });
  expect(answer.status).toBe(200);
  expect(answer.json).not.toHaveProperty('client_secret');
  const spans = Object.entries((await get('v2+', client.id)).json).filter(([name]) => name.endsWith('_lifespan'));
  expect(spans).toHaveLength(13);
  for (const [name, span] of spans) expect(span, name).toBe(name === field ? '1h30m0s' : null);
  expect(answer.json[field]).toBe('1h30m0s');
  expect((await clientCredentials(hydrant, client)).json.expires_in).toBe(5400);
  const error = { 'v1.7': CODES.plain, 'v2+': CODES.malformed }[generation];
  expectRefusal(await set({ [field]: 'soon' }), generation, 400, error, field);
  expect((await get(generation, client.id)).json[field]).toBe('1h30m0s');
});
