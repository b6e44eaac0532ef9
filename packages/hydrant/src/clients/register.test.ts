import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyClientSecret } from '../crypto/client-secret.js';
import { generateJwk } from '../crypto/jwk.js';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { FetchFailure } from '../hooks/guarded-fetch.js';
import { openStore, type SqlStore } from '../sql/index.js';
import { FIRST_GENERATION, SECOND_GENERATION } from './generations.js';
import { type ClientOperations, createClientOperations } from './register.js';

const ring = createSecretRing(['a-system-secret-of-tests-0001']);
const START = Date.parse('2030-01-01T00:00:00.250Z');

let now: number;
let store: SqlStore;
let clients: ClientOperations;
let forgotten: string[];
/** What the outside world answers by URL; anything else cannot be reached. */
let documents: Record<string, string>;

beforeEach(async () => {
  now = START;
  forgotten = [];
  documents = {};
  const clock = { now: () => now };
  store = await openStore({ dsn: 'memory', ring, clock });
  clients = createClientOperations({
    store,
    ring,
    random: systemRandom,
    clock,
    fetch: {
      async get(url) {
        const body = documents[url];
        if (body === undefined) throw new FetchFailure('The host refused the connection.');
        return { status: 200, body };
      },
      async check(url) {
        if (url.includes('10.0.0.1')) throw new FetchFailure('The address belongs to a private network.');
      },
    },
    rules: { subjectTypes: ['public', 'pairwise'], defaultScope: ['offline_access', 'offline', 'openid'] },
    verifier: { forget: (id) => forgotten.push(id) },
    events: { clientChanged() {} },
  });
});

afterEach(() => store.close());

const create = (body: Record<string, unknown>) => clients.create(body, SECOND_GENERATION);
const hashOf = async (id: string): Promise<string> => (await store.clients.find(id))?.secrets[0]?.hash ?? '';

describe('creating', () => {
  test('nothing at all makes a confidential client with a generated secret and a whole second of birth', async () => {
    const { client, secret } = await create({});
    expect(secret).toMatch(/^[A-Za-z0-9_.~-]{26}$/);
    expect(client.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(client.metadata).toMatchObject({ scope: 'offline_access offline openid', subject_type: 'public' });
    expect(client).toMatchObject({ bornAt: START, createdAt: START - 250, updatedAt: START - 250 });
    expect(await store.clients.find(client.id)).toEqual(client);
    expect(await verifyClientSecret(await hashOf(client.id), secret ?? '', ring)).toBe(true);
  });

  test('a chosen secret is stretched and never stored in clear', async () => {
    const { secret } = await create({ client_id: 'a', client_secret: 'chosen' });
    expect(secret).toBe('chosen');
    expect(await hashOf('a')).toMatch(/^\$scrypt\$/);
    expect(JSON.stringify(await store.clients.find('a'))).not.toContain('chosen');
  });

  test('a public client has a secret that nobody sees', async () => {
    const made = await create({ client_id: 'a', token_endpoint_auth_method: 'none', client_secret: 'longenough' });
    expect(made).not.toHaveProperty('secret');
    expect(await hashOf('a')).not.toBe('');
  });

  test('an id is taken once', async () => {
    await create({ client_id: 'a', client_name: 'first' });
    await expect(create({ client_id: 'a', client_name: 'second' })).rejects.toMatchObject({ status: 409 });
    expect((await clients.get('a'))?.metadata.client_name).toBe('first');
  });

  test('a registration access token is given by the second generation only, and kept as a digest', async () => {
    const { client, registrationToken } = await create({});
    expect(registrationToken).toMatch(/^[\w-]{43}$/);
    expect(client.registrationToken).not.toContain(registrationToken);
    const older = await clients.create({}, FIRST_GENERATION);
    expect(older).not.toHaveProperty('registrationToken');
    expect(older.client.registrationToken).toBeNull();
  });

  test.each([
    ['short secret', { client_secret: '12345' }, 'invalid_client_metadata', 'invalid_request'],
    ['fragment', { redirect_uris: ['https://a.example/#x'] }, 'invalid_redirect_uri', 'invalid_request'],
    ['wrong type', { scope: ['a'] }, 'The request was malformed or contained invalid parameters', 'error'],
    [
      'no key',
      { jwks: { keys: [{ kty: 'RSA' }] } },
      'The request was malformed or contained invalid parameters',
      'error',
    ],
    [
      'symmetric key',
      { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
      'invalid_client_metadata',
      'invalid_request',
    ],
    ['endless id', { client_id: 'x'.repeat(256) }, 'invalid_client_metadata', 'invalid_request'],
  ])('%s is refused in the words of each generation', async (_, body, second, first) => {
    await expect(create(body)).rejects.toMatchObject({ code: second, status: 400 });
    await expect(clients.create(body, FIRST_GENERATION)).rejects.toMatchObject({ code: first, status: 400 });
    expect(await clients.count({})).toBe(0);
  });

  test('the first generation passes over what only newer servers know', async () => {
    const body = { access_token_strategy: 'bogus', skip_consent: true, tos_uri: 'javascript:alert(1)' };
    const { client } = await clients.create(body, FIRST_GENERATION);
    expect(client.metadata).toMatchObject({ access_token_strategy: '', skip_consent: false, tos_uri: body.tos_uri });
    await expect(create({ tos_uri: body.tos_uri })).rejects.toMatchObject({ code: 'invalid_client_metadata' });
    await expect(create({ access_token_strategy: 'bogus' })).rejects.toMatchObject({ code: 'invalid_client_metadata' });
  });

  test('of the keys of a client only public members are kept', async () => {
    const key = await generateJwk('ES256', 'k', 'sig');
    const { client } = await create({ jwks: { keys: [key] } });
    const { d: _d, ...half } = key;
    expect(client.metadata.jwks).toEqual({ keys: [half] });
  });
});

describe('addresses that the server will call', () => {
  const sector = 'https://a.example/sector.json';
  const uris = ['https://a.example/cb', 'https://b.example/cb'];

  test('the sector document lists every redirect URI', async () => {
    documents[sector] = JSON.stringify(uris);
    await expect(create({ redirect_uris: uris, sector_identifier_uri: sector })).resolves.toBeDefined();
  });

  test.each([
    ['one is missing', JSON.stringify(uris.slice(1))],
    ['no list', JSON.stringify({ uris })],
    ['empty', '[]'],
    ['no JSON', 'https://a.example/cb'],
    ['not to be had', undefined],
  ])('a sector document that is wrong is refused: %s', async (_, document) => {
    if (document !== undefined) documents[sector] = document;
    const refused = create({ redirect_uris: uris, sector_identifier_uri: sector });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_client_metadata' });
  });

  test.each([
    { jwks_uri: 'https://10.0.0.1/' },
    { backchannel_logout_uri: 'https://10.0.0.1/' },
    { request_uris: ['https://a.example/', 'https://10.0.0.1/#hash'] },
  ])('%o is checked', async (body) => {
    await expect(create(body)).rejects.toMatchObject({ code: 'invalid_client_metadata' });
  });
});

describe('replacing', () => {
  test('what the body leaves out goes back to its default, the secret stays', async () => {
    const { client } = await create({ client_id: 'a', client_secret: 'chosen', client_name: 'x', contacts: ['c'] });
    now += 60_000;
    const replaced = await clients.replace('a', { client_id: 'b', owner: 'o' }, SECOND_GENERATION);
    expect(replaced).not.toHaveProperty('secret');
    expect(replaced.client).toMatchObject({
      id: 'a',
      bornAt: START,
      metadata: { client_name: '', owner: 'o', contacts: [] },
    });
    expect(replaced.client.secrets).toEqual(client.secrets);
    expect(forgotten).toEqual([]);
  });

  test('a new secret takes the place of the old one and is shown once', async () => {
    await create({ client_id: 'a', client_secret: 'old-secret' });
    const { secret } = await clients.replace('a', { client_secret: 'new-secret' }, SECOND_GENERATION);
    expect(secret).toBe('new-secret');
    expect(await verifyClientSecret(await hashOf('a'), 'new-secret', ring)).toBe(true);
    expect(await verifyClientSecret(await hashOf('a'), 'old-secret', ring)).toBe(false);
    expect(forgotten).toEqual(['a']);
  });

  test('created_at: shown as the body has it, stored so by the first generation only', async () => {
    await create({ client_id: 'a' });
    const body = { created_at: '2001-01-01T00:00:00Z' };
    const wanted = Date.parse(body.created_at);
    expect((await clients.replace('a', body, SECOND_GENERATION)).client.createdAt).toBe(wanted);
    expect((await clients.get('a'))?.createdAt).toBe(START - 250);
    await clients.replace('a', body, FIRST_GENERATION);
    expect((await clients.get('a'))?.createdAt).toBe(wanted);
    now += 60_000;
    await clients.replace('a', {}, FIRST_GENERATION);
    expect((await clients.get('a'))?.createdAt).toBe(START - 250 + 60_000);
  });

  test('the first generation leaves what it does not know as it is, and the token of the client stops working', async () => {
    const { client } = await create({ client_id: 'a', skip_consent: true, access_token_strategy: 'JWT' });
    expect(client.registrationToken).not.toBeNull();
    const replaced = await clients.replace('a', { client_name: 'x' }, FIRST_GENERATION);
    expect(replaced.client.metadata).toMatchObject({
      client_name: 'x',
      skip_consent: true,
      access_token_strategy: 'jwt',
    });
    expect((await clients.get('a'))?.registrationToken).toBeNull();
  });

  test('a bad body is refused before an unknown id', async () => {
    await expect(clients.replace('a', { redirect_uris: ['foo'] }, SECOND_GENERATION)).rejects.toMatchObject({
      status: 400,
    });
    await expect(clients.replace('a', {}, SECOND_GENERATION)).rejects.toMatchObject({ status: 404 });
  });
});

test('a replacement by the second generation keeps the lifespans that only the first one has', async () => {
  await create({ client_id: 'a' });
  await clients.setLifespans('a', { password_grant_access_token_lifespan: '1h' }, FIRST_GENERATION);
  await clients.replace('a', {}, SECOND_GENERATION);
  expect((await clients.get('a'))?.metadata.password_grant_access_token_lifespan).toBe(3_600_000);
});

test('access tokens are revoked up to now, for a client that exists', async () => {
  await create({ client_id: 'a' });
  now += 5;
  await clients.revokeAccessTokens('a');
  await clients.revokeAccessTokens('nobody');
  expect((await clients.get('a'))?.accessTokensRevokedAt).toBe(START + 5);
});

test('deleting says whether there was one', async () => {
  await create({ client_id: 'a' });
  expect(await clients.delete('a')).toBe(true);
  expect(await clients.delete('a')).toBe(false);
  expect(await clients.get('a')).toBeUndefined();
});

test('lists are in the order of ids and can be narrowed', async () => {
  for (const id of ['c', 'a', 'b']) await create({ client_id: id, owner: id === 'a' ? 'x' : 'y' });
  const ids = async (query: Parameters<ClientOperations['list']>[0]) => (await clients.list(query)).map(({ id }) => id);
  expect(await ids({ limit: 2 })).toEqual(['a', 'b']);
  expect(await ids({ limit: 2, after: 'a' })).toEqual(['b', 'c']);
  expect(await ids({ limit: 9, owner: 'y' })).toEqual(['b', 'c']);
  expect(await clients.count({ owner: 'y' })).toBe(2);
});
