import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

const CALLBACK = 'https://app.example.com/callback';
const REFUSED = { error: 'The request could not be authorized' };

let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant({
    settings: {
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      SERVE_PUBLIC_CORS_ENABLED: 'true',
      SERVE_PUBLIC_CORS_ALLOWED_ORIGINS: 'https://spa.example.com',
    },
  });
});

afterAll(() => hydrant.close());

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function call(method: string, url: string, options: { bearer?: string; body?: unknown } = {}): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers: {
      origin: 'https://spa.example.com',
      ...(options.bearer && { authorization: `Bearer ${options.bearer}` }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {}, headers: response.headers };
}

async function register(body: Record<string, unknown> = { redirect_uris: [CALLBACK] }) {
  const made = await call('POST', `${hydrant.publicUrl}/oauth2/register`, { body });
  expect(made.status).toBe(201);
  return { made, at: String(made.body.registration_client_uri), bearer: String(made.body.registration_access_token) };
}

describe('a client that registers itself', () => {
  test('is told where, by discovery and in the answer, and to keep it out of caches', async () => {
    const discovery = await call('GET', `${hydrant.publicUrl}/.well-known/openid-configuration`);
    expect(discovery.body.registration_endpoint).toBe(`${hydrant.publicUrl}/oauth2/register`);
    const { made, at } = await register();
    expect(at).toBe(`${hydrant.publicUrl}/oauth2/register/${made.body.client_id}`);
    expect(made.headers.get('location')).toBe(at);
    expect(made.headers.get('cache-control')).toContain('no-store');
    expect(made.headers.get('access-control-allow-origin')).toBe('https://spa.example.com');
  });

  test('reads no member without a value: no null, no empty text, no list that denies a default', async () => {
    const { made, at, bearer } = await register();
    const read = await call('GET', at, { bearer });
    const replaced = await call('PUT', at, { bearer, body: { redirect_uris: [CALLBACK] } });
    for (const { body } of [made, read, replaced]) {
      expect(Object.values(body).filter((value) => value === null || value === '')).toEqual([]);
      for (const name of ['grant_types', 'response_types', 'contacts', 'jwks', 'metadata', 'owner', 'logo_uri'])
        expect(body).not.toHaveProperty(name);
      expect(body).toMatchObject({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'client_secret_basic' });
    }
    expect(made.body).toMatchObject({ client_secret: expect.any(String), client_secret_expires_at: 0 });
    expect(read.body).not.toHaveProperty('client_secret');
  });

  test('gets tokens with what it was given', async () => {
    const { made } = await register({ grant_types: ['client_credentials'], scope: 'a' });
    const { client_id: id, client_secret: secret } = made.body;
    const response = await fetch(`${hydrant.publicUrl}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'a' }),
    });
    expect(response.status).toBe(200);
  });

  test('has a new token after each replacement; the first one no longer works', async () => {
    const { at, bearer } = await register();
    const replaced = await call('PUT', at, { bearer, body: { client_name: 'B', redirect_uris: [CALLBACK] } });
    expect(replaced).toMatchObject({ status: 200, body: { client_name: 'B' } });
    const next = String(replaced.body.registration_access_token);
    expect(next).not.toBe(bearer);
    expect(await call('GET', at, { bearer })).toMatchObject({ status: 401, body: REFUSED });
    expect(await call('GET', at, { bearer: next })).toMatchObject({ status: 200, body: { client_name: 'B' } });
    expect(await call('PUT', at, { bearer: next, body: { client_secret: 'long-enough' } })).toMatchObject({
      status: 403,
      body: { error: 'The requested action was forbidden' },
    });
    expect((await call('DELETE', at, { bearer: next })).status).toBe(204);
    expect(await call('GET', at, { bearer: next })).toMatchObject({ status: 401, body: REFUSED });
  });

  test('is refused alike for every reason, and the token counts in the header alone', async () => {
    const [{ at, bearer }, other] = [await register(), await register()];
    const unknown = `${hydrant.publicUrl}/oauth2/register/nobody`;
    const refusals = await Promise.all([
      call('GET', at),
      call('GET', `${at}?access_token=${bearer}`),
      call('GET', at, { bearer: other.bearer }),
      call('GET', unknown, { bearer }),
      call('PUT', unknown, { bearer, body: 'nonsense' }),
      call('DELETE', unknown, { bearer }),
    ]);
    expect(new Set(refusals.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(refusals[0]).toMatchObject({ status: 401, body: REFUSED });
  });

  test('a body that is no JSON object is a bad request', async () => {
    const response = await fetch(`${hydrant.publicUrl}/oauth2/register`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'The request was malformed or contained invalid parameters',
    });
  });
});

test('where it is not opened every path of it says so, and discovery does not name it', async () => {
  await using closed = await startHydrant();
  const error = 'The requested resource could not be found';
  for (const [method, path] of [
    ['POST', ''],
    ['GET', '/a'],
    ['PUT', '/a'],
    ['DELETE', '/a'],
  ] as const) {
    const url = `${closed.publicUrl}/oauth2/register${path}`;
    expect(await call(method, url, method === 'GET' ? {} : { body: {} })).toMatchObject({
      status: 404,
      body: { error },
    });
  }
  const discovery = await call('GET', `${closed.publicUrl}/.well-known/openid-configuration`);
  expect(discovery.body).not.toHaveProperty('registration_endpoint');
});

test('an operator’s lists restrict it, and its default audience is what resources are checked against', async () => {
  const prefix = 'OIDC_DYNAMIC_CLIENT_REGISTRATION';
  await using strict = await startHydrant({
    settings: {
      [`${prefix}_ENABLED`]: 'true',
      [`${prefix}_DEFAULT_AUDIENCE`]: 'https://api.example/',
      [`${prefix}_ALLOWED_GRANT_TYPES`]: 'client_credentials,authorization_code',
      [`${prefix}_ALLOWED_SCOPES`]: 'openid',
    },
  });
  const ask = (body: Record<string, unknown>) => call('POST', `${strict.publicUrl}/oauth2/register`, { body });
  expect(await ask({ grant_types: ['implicit'] })).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_client_metadata',
      error_description: expect.stringContaining('oidc.dynamic_client_registration.allowed_grant_types'),
    },
  });
  expect((await ask({ scope: 'openid offline' })).status).toBe(400);
  const { status, body } = await ask({ grant_types: ['client_credentials'] });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { scope: 'openid', audience: ['https://api.example/'] },
  });
  const response = await fetch(`${strict.publicUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${body.client_id}:${body.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: 'https://api.example/' }),
  });
  expect(response.status).toBe(200);
});
