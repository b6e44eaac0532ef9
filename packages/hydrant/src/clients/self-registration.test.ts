import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { openStore, type SqlStore } from '../sql/index.js';
import { SECOND_GENERATION } from './generations.js';
import { type ClientOperations, type ClientOperationsParts, createClientOperations } from './register.js';
import { createSelfRegistration, type SelfRegistration } from './self-registration.js';

const ring = createSecretRing(['a-system-secret-of-tests-0001']);
const REFUSED = { code: 'The request could not be authorized', status: 401 };

let store: SqlStore;
let registration: SelfRegistration;
let operators: ClientOperations;
let parts: ClientOperationsParts;

beforeEach(async () => {
  const clock = { now: () => Date.parse('2030-01-01T00:00:00Z') };
  store = await openStore({ dsn: 'memory', ring, clock });
  parts = {
    store,
    ring,
    random: systemRandom,
    clock,
    fetch: { get: async () => ({ status: 200, body: '[]' }), check: async () => {} },
    rules: { subjectTypes: ['public'], defaultScope: ['openid'] },
    verifier: { forget: () => {} },
    events: { clientChanged() {} },
  };
  registration = createSelfRegistration(parts);
  operators = createClientOperations(parts);
});

afterEach(() => store.close());

async function register(body: Record<string, unknown> = {}): Promise<{ id: string; token: string }> {
  const { client, registrationToken = '' } = await registration.create(body);
  return { id: client.id, token: registrationToken };
}

describe('registering', () => {
  test('id, secret and token are of the server’s making, and only digests are kept', async () => {
    const made = await registration.create({ client_id: 'mine', client_name: 'A' });
    expect(made.client.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.secret).toMatch(/^[A-Za-z0-9_.~-]{26}$/);
    expect(made.registrationToken).toMatch(/^[\w-]{43}$/);
    const kept = JSON.stringify(await store.clients.find(made.client.id));
    for (const secret of [made.secret, made.registrationToken]) expect(kept).not.toContain(secret);
    expect(await store.clients.find('mine')).toBeUndefined();
  });

  test('a public client gets no secret', async () => {
    expect(await registration.create({ token_endpoint_auth_method: 'none' })).not.toHaveProperty('secret');
  });

  test.each([
    [{ client_secret: 'long-enough' }, 'The request was malformed or contained invalid parameters'],
    [{ Client_Secret: 'long-enough' }, 'The request was malformed or contained invalid parameters'],
    [{ access_token_strategy: 'jwt' }, 'The request was malformed or contained invalid parameters'],
    [{ metadata: { a: 1 } }, 'invalid_client_metadata'],
    [{ metadata: 'text' }, 'invalid_client_metadata'],
    [{ skip_consent: true }, 'invalid_request'],
    [{ skip_logout_consent: true }, 'invalid_request'],
    [{ redirect_uris: ['https://a.example/#x'] }, 'invalid_redirect_uri'],
    [{ scope: ['a'] }, 'The request was malformed or contained invalid parameters'],
  ])('%o is refused', async (body, code) => {
    await expect(registration.create(body)).rejects.toMatchObject({ code, status: 400 });
    expect(await store.clients.count({})).toBe(0);
  });

  test.each([
    { metadata: {} },
    { metadata: null },
    { skip_consent: false, skip_logout_consent: false, client_secret: '' },
  ])('%o says nothing', async (body) => {
    await expect(registration.create(body)).resolves.toBeDefined();
  });
});

describe('without its token', () => {
  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['wrong', 'A'.repeat(43)],
  ])('nothing is told or done: %s', async (_, token) => {
    const { id } = await register();
    for (const name of [id, 'nobody', '']) {
      await expect(registration.read(name, token)).rejects.toMatchObject(REFUSED);
      await expect(registration.replace(name, token, () => ({}))).rejects.toMatchObject(REFUSED);
      await expect(registration.delete(name, token)).rejects.toMatchObject(REFUSED);
    }
    expect(await store.clients.find(id)).toMatchObject({ revision: 0 });
  });

  test('nor with the token of another client, nor of one whose token an operator ended', async () => {
    const [mine, other] = [await register(), await register()];
    await expect(registration.read(mine.id, other.token)).rejects.toMatchObject(REFUSED);
    await operators.replace(mine.id, {}, SECOND_GENERATION);
    await expect(registration.read(mine.id, mine.token)).rejects.toMatchObject(REFUSED);
  });

  test('the body is not looked at', async () => {
    let asked = false;
    const body = () => {
      asked = true;
      return {};
    };
    await expect(registration.replace('nobody', 'x', body)).rejects.toMatchObject(REFUSED);
    expect(asked).toBe(false);
  });
});

describe('replacing', () => {
  test('takes the place of what was, and the token is another one from then on', async () => {
    const { id, token } = await register({ client_name: 'A', contacts: ['c'] });
    const secrets = (await store.clients.find(id))?.secrets;
    const replaced = await registration.replace(id, token, () => ({ client_id: 'other', client_name: 'B' }));
    expect(replaced.client).toMatchObject({ id, secrets, metadata: { client_name: 'B', contacts: [] } });
    expect(replaced).not.toHaveProperty('secret');
    await expect(registration.read(id, token)).rejects.toMatchObject(REFUSED);
    expect(await registration.read(id, replaced.registrationToken)).toMatchObject({ id });
  });

  test('of two at once with the same token one wins, and the token that it was given works', async () => {
    const { id, token } = await register();
    const outcomes = await Promise.allSettled(
      ['A', 'B', 'C'].map((name) => registration.replace(id, token, () => ({ client_name: name }))),
    );
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    for (const lost of outcomes.filter(({ status }) => status === 'rejected'))
      expect(lost).toMatchObject({ reason: REFUSED });
    const now = await registration.read(id, won[0]?.registrationToken);
    expect(now.metadata.client_name).toBe(won[0]?.client.metadata.client_name);
  });

  test('a refused body leaves everything as it was, the token too', async () => {
    const { id, token } = await register({ client_name: 'A' });
    const replace = (body: Record<string, unknown>) => registration.replace(id, token, () => body);
    await expect(replace({ client_secret: 'long-enough' })).rejects.toMatchObject({
      code: 'The requested action was forbidden',
      status: 403,
    });
    await expect(replace({ metadata: { a: 1 } })).rejects.toMatchObject({ code: 'invalid_client_metadata' });
    await expect(replace({ access_token_strategy: 'jwt' })).rejects.toMatchObject({ status: 400 });
    await expect(replace({ skip_consent: true })).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await registration.read(id, token)).metadata.client_name).toBe('A');
  });

  test('what the operator set stays, and may be repeated', async () => {
    const { client, registrationToken } = await operators.create(
      { client_id: 'a', metadata: { note: 1 }, access_token_strategy: 'jwt', skip_consent: true, client_name: 'A' },
      SECOND_GENERATION,
    );
    const body = { client_name: 'B', access_token_strategy: 'JWT', skip_consent: true };
    const first = await registration.replace('a', registrationToken, () => body);
    const second = await registration.replace('a', first.registrationToken, () => ({}));
    for (const replaced of [first, second]) {
      const { metadata, access_token_strategy, skip_consent } = client.metadata;
      expect(replaced.client.metadata).toMatchObject({ metadata, access_token_strategy, skip_consent });
    }
    expect(second.client.metadata.client_name).toBe('');
  });
});

test('deleting ends the client and its token', async () => {
  const { id, token } = await register();
  await registration.delete(id, token);
  expect(await store.clients.find(id)).toBeUndefined();
  await expect(registration.delete(id, token)).rejects.toMatchObject(REFUSED);
});

describe('what the operator restricts', () => {
  const strict = () =>
    createSelfRegistration(parts, {
      defaultAudience: ['https://api.example/'],
      grantTypes: ['authorization_code', 'refresh_token'],
      responseTypes: ['code', 'code id_token'],
      scopes: ['openid', 'photos'],
      audiences: ['https://other.example/'],
      authMethods: ['none', 'client_secret_basic'],
    });

  test.each([
    ['grant_types', ['client_credentials'], 'allowed_grant_types'],
    ['response_types', ['token'], 'allowed_response_types'],
    ['scope', 'openid admin', 'allowed_scopes'],
    ['scope', '*', 'allowed_scopes'],
    ['audience', ['https://foreign.example/'], 'allowed_audiences'],
    ['token_endpoint_auth_method', 'client_secret_post', 'allowed_token_endpoint_auth_methods'],
  ])('%s %j is refused by name of field and setting', async (field, value, setting) => {
    const refused = {
      code: 'invalid_client_metadata',
      status: 400,
      hint: expect.stringMatching(new RegExp(`field ${field} .* oidc\\.dynamic_client_registration\\.${setting} `)),
    };
    await expect(strict().create({ [field]: value })).rejects.toMatchObject(refused);
    expect(await store.clients.count({})).toBe(0);
    const { id, token } = await register();
    await expect(strict().replace(id, token, () => ({ [field]: value }))).rejects.toMatchObject(refused);
    // The refusal has not cost the token.
    expect((await registration.read(id, token)).id).toBe(id);
  });

  test('what is allowed is registered, whatever order it is written in', async () => {
    const body = {
      ...{ grant_types: ['refresh_token'], response_types: ['id_token code'], scope: 'photos' },
      ...{ audience: ['https://other.example/'], token_endpoint_auth_method: 'none' },
    };
    expect((await strict().create(body)).client.metadata).toMatchObject(body);
  });

  test('a client that says nothing gets what it may have', async () => {
    const { client } = await strict().create({});
    expect(client.metadata).toMatchObject({ scope: 'openid', audience: ['https://api.example/'], grant_types: [] });
    const codeless = createSelfRegistration(parts, { defaultAudience: [], grantTypes: ['client_credentials'] });
    await expect(codeless.create({})).rejects.toMatchObject({ code: 'invalid_client_metadata' });
  });

  test('what an operator gave the client it may repeat', async () => {
    const { id, token } = await register({ scope: 'openid admin', grant_types: ['client_credentials'] });
    const repeated = { scope: 'admin', grant_types: ['client_credentials'] };
    expect((await strict().replace(id, token, () => repeated)).client.metadata).toMatchObject(repeated);
  });
});
