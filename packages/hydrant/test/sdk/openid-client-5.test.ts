/** `openid-client` 5, unmodified: the release that most apps in the field still run, with its own way of every step. */
import { generateKeyPairSync } from 'node:crypto';
import { type BaseClient, type ClientMetadata, generators, Issuer, type TokenSet } from 'openid-client-5';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { adminCalls, createClient } from './support/admin-calls.js';
import { type Browser, openBrowser } from './support/browser.js';
import { walk, willingApp } from './support/login-app.js';

const callback = 'https://photos.example/callback';
const goodbye = 'https://photos.example/goodbye';
const scope = 'openid offline photos.read';

let hydrant: Hydrant;
beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

const app = (subject: string) =>
  willingApp(adminCalls(hydrant.adminUrl), {
    login: { subject, remember: true },
    consent: { session: { id_token: { nickname: 'Ada' } } },
  });

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const named = { kid: 'signer', alg: 'ES256', use: 'sig' };
const publicJwk = { ...publicKey.export({ format: 'jwk' }), ...named };
const privateJwk = { ...privateKey.export({ format: 'jwk' }), ...named };

type Method = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** Registers a client and gives the library's view of it; introspection is on the admin side, and so not in the metadata. */
async function relyingParty(method: Method): Promise<BaseClient> {
  const withKey = method === 'private_key_jwt';
  const { clientId, clientSecret } = await createClient(hydrant.adminUrl, {
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope,
    redirect_uris: [callback],
    post_logout_redirect_uris: [goodbye],
    token_endpoint_auth_method: method,
    ...(withKey && { token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [publicJwk] } }),
  });
  const discovered = await Issuer.discover(hydrant.publicUrl);
  const issuer = new Issuer({
    ...discovered.metadata,
    introspection_endpoint: `${hydrant.adminUrl}/admin/oauth2/introspect`,
  });
  const metadata: ClientMetadata = {
    client_id: clientId,
    ...(clientSecret && !withKey && { client_secret: clientSecret }),
    ...(withKey && { token_endpoint_auth_signing_alg: 'ES256' }),
    redirect_uris: [callback],
    response_types: ['code'],
    token_endpoint_auth_method: method,
  };
  return withKey ? new issuer.Client(metadata, { keys: [privateJwk] }) : new issuer.Client(metadata);
}

async function logIn(client: BaseClient, browser: Browser): Promise<TokenSet> {
  const checks = {
    state: generators.state(),
    nonce: generators.nonce(),
    code_verifier: generators.codeVerifier(),
    max_age: 3600,
  };
  const url = client.authorizationUrl({
    scope,
    state: checks.state,
    nonce: checks.nonce,
    max_age: checks.max_age,
    code_challenge: generators.codeChallenge(checks.code_verifier),
    code_challenge_method: 'S256',
  });
  const arrival = await walk(browser, url, app('ada'));
  return client.callback(callback, client.callbackParams(arrival.url.href), { ...checks, response_type: 'code' });
}

test('discovery gives an issuer whose answers carry `iss`', async () => {
  const { metadata } = await Issuer.discover(hydrant.publicUrl);
  expect(metadata).toMatchObject({
    issuer: hydrant.publicUrl,
    authorization_endpoint: `${hydrant.publicUrl}/oauth2/auth`,
    end_session_endpoint: `${hydrant.publicUrl}/oauth2/sessions/logout`,
    authorization_response_iss_parameter_supported: true,
  });
});

const methods: readonly Method[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

describe.each(methods)('a client with %s', (method) => {
  test('logs a person in, keeps the login fresh, and logs them out', async () => {
    const client = await relyingParty(method);
    const browser = openBrowser();
    const tokens = await logIn(client, browser);
    expect(tokens.scope).toBe(scope);
    expect(tokens.expired()).toBe(false);
    expect(tokens.claims()).toMatchObject({ sub: 'ada', nickname: 'Ada', iss: hydrant.publicUrl });
    expect(await client.userinfo(tokens)).toMatchObject({ sub: 'ada', nickname: 'Ada' });

    const refreshed = await client.refresh(tokens);
    expect(refreshed.claims()).toMatchObject({ sub: 'ada', auth_time: tokens.claims().auth_time });
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    const [access, refresh] = [refreshed.access_token ?? '', refreshed.refresh_token ?? ''];
    expect(await client.introspect(access)).toMatchObject({
      active: true,
      sub: 'ada',
      client_id: client.metadata.client_id,
      scope,
    });
    await client.revoke(refresh, 'refresh_token');
    for (const token of [access, refresh]) expect(await client.introspect(token)).toEqual({ active: false });
    await expect(client.refresh(refresh)).rejects.toMatchObject({ name: 'OPError', error: 'invalid_grant' });

    const logout = client.endSessionUrl({
      id_token_hint: tokens,
      post_logout_redirect_uri: goodbye,
      state: 'bye',
    });
    expect((await walk(browser, logout, app('ada'))).url.href).toBe(`${goodbye}?state=bye`);
    const state = generators.state();
    const silent = await walk(browser, client.authorizationUrl({ scope, state, prompt: 'none' }), app('ada'));
    const answer = client.callback(callback, client.callbackParams(silent.url.href), { state });
    await expect(answer).rejects.toMatchObject({ name: 'OPError', error: 'login_required' });
  });
});

test('a code goes once: the second try ends what the first one gave', async () => {
  const client = await relyingParty('client_secret_basic');
  const [state, code_verifier] = [generators.state(), generators.codeVerifier()];
  const code_challenge = generators.codeChallenge(code_verifier);
  const url = client.authorizationUrl({ scope: 'photos.read', state, code_challenge, code_challenge_method: 'S256' });
  const { url: back } = await walk(openBrowser(), url, app('ada'));
  const params = client.callbackParams(back.href);
  const tokens = await client.oauthCallback(callback, params, { state, code_verifier });
  const again = client.oauthCallback(callback, params, { state, code_verifier });
  await expect(again).rejects.toMatchObject({ name: 'OPError', error: 'invalid_grant' });
  expect(await client.introspect(tokens.access_token ?? '')).toEqual({ active: false });
});

test('a client gets tokens for itself, with a secret and with a key', async () => {
  for (const method of methods.filter((name) => name !== 'none')) {
    const client = await relyingParty(method);
    const tokens = await client.grant({ grant_type: 'client_credentials', scope: 'photos.read' });
    expect(tokens).toMatchObject({ scope: 'photos.read', token_type: 'bearer' });
    expect(await client.introspect(tokens.access_token ?? '')).toMatchObject({
      active: true,
      sub: client.metadata.client_id,
    });
  }
});
