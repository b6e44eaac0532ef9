/** `@modelcontextprotocol/sdk`, unmodified: a client that knows nothing but the address of a resource. */
import { auth, discoverAuthorizationServerMetadata } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { adminCalls } from './support/admin-calls.js';
import { openBrowser } from './support/browser.js';
import { walk, willingApp } from './support/login-app.js';
import { type McpClient, mcpClient } from './support/mcp-client.js';
import { startProtectedResource } from './support/protected-resource.js';

const scopes = ['offline_access', 'photos.read'];
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' } as const;

let hydrant: Hydrant;
beforeAll(async () => {
  hydrant = await startHydrant({ settings: { OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' } });
});
afterAll(() => hydrant.close());

/** Goes where the SDK sent the browser; the address that the browser comes back with. */
async function inBrowser({ kept }: McpClient): Promise<URLSearchParams> {
  const app = willingApp(adminCalls(hydrant.adminUrl), { login: { subject: 'ada' } });
  const { url } = await walk(openBrowser(), kept.authorization ?? '', app);
  return url.searchParams;
}

async function introspected(token: string | undefined): Promise<unknown> {
  const body = new URLSearchParams({ token: token ?? '' });
  const answer = await fetch(`${hydrant.adminUrl}/admin/oauth2/introspect`, { method: 'POST', body });
  return answer.json();
}

test('from a 401 to an answer: discovery, registration, PKCE, a token for the resource alone; refreshed until it is withdrawn', async () => {
  await using resource = await startProtectedResource(hydrant, { scopes });
  const serverUrl = resource.url;
  const client = mcpClient({ audience: [serverUrl, 'https://other.example'] });
  const { kept, provider } = client;
  const transport = new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: provider });
  const messages: unknown[] = [];
  transport.onmessage = (message) => messages.push(message);
  await transport.start();
  await expect(transport.send(ping)).rejects.toThrow('Unauthorized');

  expect(kept.client).toMatchObject({ client_name: 'Photo assistant', token_endpoint_auth_method: 'none' });
  expect(kept.client).not.toHaveProperty('client_secret');
  expect(Object.fromEntries(kept.authorization?.searchParams ?? [])).toMatchObject({
    client_id: kept.client?.client_id,
    code_challenge_method: 'S256',
    resource: serverUrl,
    scope: scopes.join(' '),
  });
  const answer = await inBrowser(client);
  expect(Object.fromEntries(answer)).toMatchObject({ state: 'a-state-of-its-own', iss: hydrant.publicUrl });
  await transport.finishAuth(answer.get('code') ?? '');
  const first = kept.tokens;
  const forResource = { active: true, sub: 'ada', client_id: kept.client?.client_id, aud: [serverUrl] };
  expect(await introspected(first?.access_token)).toMatchObject({ ...forResource, scope: scopes.join(' ') });
  await transport.send(ping);
  await expect.poll(() => messages).toEqual([{ jsonrpc: '2.0', id: 1, result: { sub: 'ada' } }]);
  await transport.close();

  expect(await auth(provider, { serverUrl })).toBe('AUTHORIZED');
  expect(kept.tokens?.refresh_token).not.toBe(first?.refresh_token);
  expect(await introspected(kept.tokens?.access_token)).toMatchObject(forResource);

  // Once the consent is withdrawn the SDK starts anew: its refresh token is refused as RFC 6749 §5.2 has it.
  const consents = `${hydrant.adminUrl}/admin/oauth2/auth/sessions/consent?subject=ada&client=${kept.client?.client_id}`;
  expect((await fetch(consents, { method: 'DELETE' })).status).toBe(204);
  const refused = kept.tokens;
  expect(await auth(provider, { serverUrl })).toBe('REDIRECT');
  expect(kept.tokens).toBeUndefined();
  expect(await introspected(refused?.access_token)).toEqual({ active: false });
});

test('a client that did not register the resource is told so, and gets there once the operator says yes', async () => {
  await using resource = await startProtectedResource(hydrant, { scopes });
  const serverUrl = resource.url;
  const client = mcpClient();
  expect(await auth(client.provider, { serverUrl })).toBe('REDIRECT');
  expect((await inBrowser(client)).get('error')).toBe('invalid_target');

  const body = JSON.stringify([{ op: 'add', path: '/audience', value: [serverUrl] }]);
  const patched = await fetch(`${hydrant.adminUrl}/admin/clients/${client.kept.client?.client_id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json-patch+json' },
    body,
  });
  expect(patched.status).toBe(200);
  expect(await auth(client.provider, { serverUrl })).toBe('REDIRECT');
  const authorizationCode = (await inBrowser(client)).get('code') ?? '';
  expect(await auth(client.provider, { serverUrl, authorizationCode })).toBe('AUTHORIZED');
  expect(await introspected(client.kept.tokens?.access_token)).toMatchObject({ active: true, aud: [serverUrl] });
});

test('a wrong verifier gives the SDK an error, and no token', async () => {
  await using resource = await startProtectedResource(hydrant, { scopes });
  const serverUrl = resource.url;
  const client = mcpClient({ audience: [serverUrl] });
  await auth(client.provider, { serverUrl });
  const authorizationCode = (await inBrowser(client)).get('code') ?? '';
  client.kept.verifier = 'w'.repeat(43);
  const exchange = auth(client.provider, { serverUrl, authorizationCode });
  await expect(exchange).rejects.toMatchObject({ errorCode: 'invalid_grant' });
  expect(client.kept.tokens).toBeUndefined();
});

test('an issuer with a path is found behind the well-known one, and another path is nobody', async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const issuer = `${origin}/t1`;
  const settings = { URLS_SELF_ISSUER: issuer, URLS_SELF_PUBLIC: issuer, SERVE_PUBLIC_PORT: String(port) };
  await using _ = await startHydrant({ settings });
  const asked: string[] = [];
  const fetchFn = (url: string | URL, init?: RequestInit) => {
    asked.push(new URL(url).pathname);
    return fetch(url, init);
  };
  expect(await discoverAuthorizationServerMetadata(issuer, { fetchFn })).toMatchObject({
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
  });
  expect(asked).toEqual(['/.well-known/oauth-authorization-server/t1']);
  const openid = await fetch(`${origin}/.well-known/openid-configuration/t1`);
  expect(await openid.json()).toMatchObject({ issuer });
  expect(await discoverAuthorizationServerMetadata(`${origin}/t2`)).toBeUndefined();
});
