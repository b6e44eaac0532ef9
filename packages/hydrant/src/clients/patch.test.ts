import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyClientSecret } from '../crypto/client-secret.js';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { openStore, type SqlStore } from '../sql/index.js';
import { FIRST_GENERATION, SECOND_GENERATION } from './generations.js';
import { type ClientOperations, type ClientOperationsParts, createClientOperations } from './register.js';

const ring = createSecretRing(['a-system-secret-of-tests-0001']);
const START = Date.parse('2030-01-01T00:00:00.250Z');

let now: number;
let store: SqlStore;
let parts: ClientOperationsParts;
let clients: ClientOperations;
let forgotten: string[];

beforeEach(async () => {
  now = START;
  forgotten = [];
  const clock = { now: () => now };
  store = await openStore({ dsn: 'memory', ring, clock });
  parts = {
    store,
    ring,
    random: systemRandom,
    clock,
    fetch: { get: async () => ({ status: 404, body: '' }), check: async () => {} },
    rules: { subjectTypes: ['public'], defaultScope: ['openid'] },
    verifier: { forget: (id) => forgotten.push(id) },
    events: { clientChanged() {} },
  };
  clients = createClientOperations(parts);
});

afterEach(() => store.close());

const create = (body: Record<string, unknown>) => clients.create(body, SECOND_GENERATION);
const hashOf = async (id: string): Promise<string> => (await store.clients.find(id))?.secrets[0]?.hash ?? '';

describe('patching', () => {
  const replaceOf = (path: string, value: unknown) => [{ op: 'replace', path, value }];
  const patch = (document: unknown, generation = SECOND_GENERATION) => clients.patch('a', document, generation);

  test('what the patch leaves alone stays, the secret too, and the document has every field', async () => {
    const { client } = await create({
      client_id: 'a',
      client_secret: 'chosen',
      contacts: ['one@a.example'],
      metadata: { deep: { kept: true, '': 0 } },
      client_credentials_grant_access_token_lifespan: '90m',
    });
    now += 60_000;
    const patched = await patch([
      { op: 'add', path: '/contacts/-', value: 'two@a.example' },
      { op: 'add', path: '/request_uris/0', value: 'https://a.example/request' },
      { op: 'replace', path: '/metadata/deep/made/up', value: 1 },
    ]);
    expect(patched).not.toHaveProperty('secret');
    expect(patched.client).toEqual({
      ...client,
      metadata: {
        ...client.metadata,
        contacts: ['one@a.example', 'two@a.example'],
        request_uris: ['https://a.example/request'],
        metadata: { deep: { kept: true, '': 0, made: { up: 1 } } },
      },
      registrationToken: null,
      updatedAt: START - 250 + 60_000,
    });
    expect(await clients.get('a')).toEqual({ ...patched.client, revision: 1 });
    expect(forgotten).toEqual([]);
  });

  test('a new secret is stretched, shown once, and the old one forgotten', async () => {
    await create({ client_id: 'a', client_secret: 'old-secret' });
    expect((await patch(replaceOf('/client_secret', 'new-secret'))).secret).toBe('new-secret');
    expect(await verifyClientSecret(await hashOf('a'), 'new-secret', ring)).toBe(true);
    expect(forgotten).toEqual(['a']);
    await expect(patch(replaceOf('/client_secret', 'short'))).rejects.toMatchObject({
      code: 'invalid_client_metadata',
    });
    expect(await patch(replaceOf('/client_secret', ''))).not.toHaveProperty('secret');
    expect(await verifyClientSecret(await hashOf('a'), 'new-secret', ring)).toBe(true);
  });

  test.each([
    ...['/id', '/client_id', '/CLIENT_ID', '/created_at', '/updated_at', '/client_secret_expires_at'],
    ...['/registration_access_token', '/registration_client_uri', '/client_id/x', ''],
  ])('%j is not the patch’s to change', async (path) => {
    await create({ client_id: 'a' });
    await create({ client_id: 'b' });
    const before = await clients.get('a');
    for (const generation of [SECOND_GENERATION, FIRST_GENERATION]) {
      await expect(patch(replaceOf(path, 'b'), generation)).rejects.toMatchObject({ status: 400 });
    }
    await expect(patch([{ op: 'move', from: path, path: '/owner' }], FIRST_GENERATION)).rejects.toMatchObject({
      status: 400,
    });
    expect(await clients.get('a')).toEqual(before);
    expect((await clients.get('b'))?.metadata.owner).toBe('');
  });

  test('neither hash nor digest can be copied into sight', async () => {
    await create({ client_id: 'a', client_secret: 'chosen' });
    const copy = (from: string) => patch([{ op: 'copy', from, path: '/metadata' }], FIRST_GENERATION);
    expect((await copy('/client_secret')).client.metadata.metadata).toBe('');
    for (const from of ['/secrets', '/registrationToken', '/registration_access_token'])
      await expect(copy(from)).rejects.toMatchObject({ status: 400 });
  });

  test('the result is checked as a replacement is, in the words of each generation', async () => {
    await create({ client_id: 'a' });
    const bad = replaceOf('/redirect_uris', ['https://a.example/#x']);
    await expect(patch(bad)).rejects.toMatchObject({ code: 'invalid_redirect_uri', status: 400 });
    await expect(patch(bad, FIRST_GENERATION)).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
    await expect(patch(replaceOf('/scope', ['a']))).rejects.toMatchObject({ status: 400 });
    expect((await clients.get('a'))?.revision).toBe(0);
  });

  test('each generation has its operations, its leniency and its fields', async () => {
    const { client } = await create({ client_id: 'a', skip_consent: true });
    const test = [{ op: 'test', path: '/skip_consent', value: true }];
    await expect(patch(test)).rejects.toMatchObject({ status: 400 });
    await expect(patch(test, FIRST_GENERATION)).resolves.toBeDefined();
    await expect(patch(replaceOf('/metadata/new', 1), FIRST_GENERATION)).rejects.toMatchObject({ code: 'error' });
    const spans = replaceOf('/password_grant_access_token_lifespan', '1h');
    const older = await patch([...spans, ...replaceOf('/skip_consent', false)], FIRST_GENERATION);
    expect(older.client.metadata).toMatchObject({ skip_consent: true, password_grant_access_token_lifespan: 3600e3 });
    expect(older.client.registrationToken).toBe(client.registrationToken);
    const newer = await patch(replaceOf('/password_grant_access_token_lifespan', '2h'));
    expect(newer.client.metadata.password_grant_access_token_lifespan).toBe(3600e3);
    expect(newer.client.registrationToken).toBeNull();
  });

  test('an unknown client is told before a bad patch', async () => {
    await expect(patch('nonsense')).rejects.toMatchObject({ status: 404 });
  });

  test('of many patches at once none is lost', async () => {
    await create({ client_id: 'a' });
    const names = Array.from({ length: 30 }, (_, at) => `name-${at}`);
    await Promise.all(names.map((name) => patch([{ op: 'add', path: '/contacts/-', value: name }])));
    expect((await clients.get('a'))?.metadata.contacts.toSorted()).toEqual(names.toSorted());
  });
});

test('a change that another process overtakes begins anew from what that made of the client', async () => {
  await create({ client_id: 'a' });
  let overtaken = 0;
  const slow: typeof store.clients = {
    ...store.clients,
    async update(client) {
      const now = await store.clients.find('a');
      if (now && overtaken++ < 3)
        await store.clients.update({ ...now, metadata: { ...now.metadata, owner: `o${overtaken}` } });
      return store.clients.update(client);
    },
  };
  const there = createClientOperations({ ...parts, store: { clients: slow } });
  const patched = await there.patch('a', [{ op: 'add', path: '/contacts/-', value: 'c' }], SECOND_GENERATION);
  expect(patched.client.metadata).toMatchObject({ owner: 'o3', contacts: ['c'] });
  overtaken = Number.NEGATIVE_INFINITY;
  await expect(there.patch('a', [], SECOND_GENERATION)).rejects.toMatchObject({ status: 409 });
});

describe('lifespans', () => {
  const set = (body: Record<string, unknown>, generation = SECOND_GENERATION) =>
    clients.setLifespans('a', body, generation);

  test('those that are left out are cleared, nothing else changes, and the client keeps its own say', async () => {
    const { client } = await create({ client_id: 'a', client_name: 'A', implicit_grant_id_token_lifespan: '1s' });
    const changed = await set({ Client_Credentials_Grant_Access_Token_Lifespan: '90m', client_name: 1 });
    expect(changed).toEqual({
      ...client,
      metadata: {
        ...client.metadata,
        client_credentials_grant_access_token_lifespan: 5_400_000,
        implicit_grant_id_token_lifespan: null,
      },
    });
  });

  test('each generation clears its own only', async () => {
    await create({ client_id: 'a' });
    await set({ password_grant_refresh_token_lifespan: '1h', device_authorization_grant_id_token_lifespan: '2h' });
    expect((await clients.get('a'))?.metadata.password_grant_refresh_token_lifespan).toBeNull();
    await set(
      { password_grant_refresh_token_lifespan: '1h', jwt_bearer_grant_access_token_lifespan: '3h' },
      FIRST_GENERATION,
    );
    expect((await clients.get('a'))?.metadata).toMatchObject({
      device_authorization_grant_id_token_lifespan: 7_200_000,
      password_grant_refresh_token_lifespan: 3_600_000,
      jwt_bearer_grant_access_token_lifespan: 10_800_000,
    });
    await set({});
    expect((await clients.get('a'))?.metadata).toMatchObject({
      device_authorization_grant_id_token_lifespan: null,
      password_grant_refresh_token_lifespan: 3_600_000,
      jwt_bearer_grant_access_token_lifespan: null,
    });
  });

  test('what is no duration is refused, an unknown client before it', async () => {
    const bad = { implicit_grant_id_token_lifespan: 'soon' };
    await expect(set(bad)).rejects.toMatchObject({ status: 404 });
    await create({ client_id: 'a' });
    await expect(set(bad)).rejects.toMatchObject({ status: 400 });
    await expect(set(bad, FIRST_GENERATION)).rejects.toMatchObject({ code: 'error', status: 400 });
  });
});
