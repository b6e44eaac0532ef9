/** `simple-oauth2`, unmodified: it knows neither OpenID Connect nor PKCE, only addresses and a secret. */
import { AuthorizationCode, ClientCredentials, type ModuleOptions } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { adminCalls, createClient } from './support/admin-calls.js';
import { openBrowser } from './support/browser.js';
import { walk, willingApp } from './support/login-app.js';

const callback = 'https://photos.example/callback';
const scope = 'offline photos.read';

let hydrant: Hydrant;
beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

interface Way {
  readonly authorizationMethod: 'header' | 'body';
  readonly registered: string;
}
const ways: readonly Way[] = [
  { authorizationMethod: 'header', registered: 'client_secret_basic' },
  { authorizationMethod: 'body', registered: 'client_secret_post' },
];

async function settings({ authorizationMethod, registered }: Way): Promise<ModuleOptions> {
  const { clientId, clientSecret } = await createClient(hydrant.adminUrl, {
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope,
    redirect_uris: [callback],
    token_endpoint_auth_method: registered,
  });
  return {
    client: { id: clientId, secret: clientSecret },
    auth: {
      tokenHost: hydrant.publicUrl,
      tokenPath: '/oauth2/token',
      revokePath: '/oauth2/revoke',
    },
    options: { authorizationMethod },
    // RFC 7009 §2.2 has no body in the answer to a revocation, and Hydra gives it no type; the library's default asks for one.
    http: { json: true },
  };
}

/** The client for a person's login; the schema of the one for itself knows no address of the browser's. */
async function codeClient(way: Way): Promise<{ client: AuthorizationCode; clientId: string }> {
  const options = await settings(way);
  const auth = { ...options.auth, authorizePath: '/oauth2/auth' };
  return { client: new AuthorizationCode({ ...options, auth }), clientId: options.client.id };
}

/** What the server thinks of a token; the library does not ask. */
async function introspected(token: unknown): Promise<unknown> {
  const body = new URLSearchParams({ token: String(token) });
  const answer = await fetch(`${hydrant.adminUrl}/admin/oauth2/introspect`, { method: 'POST', body });
  return answer.json();
}

/** Logs a person in up to the code. */
async function codeFrom(client: AuthorizationCode): Promise<string> {
  const start = client.authorizeURL({ redirect_uri: callback, scope, state: 'a-state-of-its-own' });
  const app = willingApp(adminCalls(hydrant.adminUrl), { login: { subject: 'ada' } });
  const { url } = await walk(openBrowser(), start, app);
  expect(url.searchParams.get('state')).toBe('a-state-of-its-own');
  return url.searchParams.get('code') ?? '';
}

describe.each(ways)('a secret in the $authorizationMethod', (way) => {
  test('a person logs in; the token is refreshed, and then revoked with all that belongs to it', async () => {
    const { client, clientId } = await codeClient(way);
    const code = await codeFrom(client);
    const first = await client.getToken({ code, redirect_uri: callback, scope });
    expect(first.token).toMatchObject({ token_type: 'bearer', scope });
    expect(first.expired()).toBe(false);
    expect(await introspected(first.token.access_token)).toMatchObject({
      active: true,
      sub: 'ada',
      client_id: clientId,
      scope,
    });

    const second = await first.refresh();
    expect(second.token.refresh_token).not.toBe(first.token.refresh_token);
    expect(await introspected(second.token.access_token)).toMatchObject({ active: true, sub: 'ada', scope });

    // As an app does that wrote its token down and was started again.
    const restored = client.createToken(JSON.parse(JSON.stringify(second)));
    await restored.revokeAll();
    for (const token of [restored.token.access_token, restored.token.refresh_token]) {
      expect(await introspected(token)).toEqual({ active: false });
    }
    await expect(restored.refresh()).rejects.toMatchObject({
      output: { statusCode: 400 },
      data: { payload: { error: 'invalid_grant' } },
    });
  });

  test('revoking the access token alone ends its refresh token too, as in Hydra', async () => {
    const { client } = await codeClient(way);
    const token = await client.getToken({ code: await codeFrom(client), redirect_uri: callback });
    await token.revoke('access_token');
    expect(await introspected(token.token.access_token)).toEqual({ active: false });
    expect(await introspected(token.token.refresh_token)).toEqual({ active: false });
  });

  test('a client gets a token for itself', async () => {
    const options = await settings(way);
    const { token } = await new ClientCredentials(options).getToken({ scope: 'photos.read' });
    expect(token).toMatchObject({ token_type: 'bearer', scope: 'photos.read' });
    expect(await introspected(token.access_token)).toMatchObject({ active: true, sub: options.client.id });
  });

  test('a wrong secret is refused with 401', async () => {
    const options = await settings(way);
    const wrong = { ...options, client: { ...options.client, secret: 'not-the-secret' } };
    await expect(new ClientCredentials(wrong).getToken({})).rejects.toMatchObject({
      output: { statusCode: 401 },
      data: { payload: { error: 'invalid_client' } },
    });
  });
});
