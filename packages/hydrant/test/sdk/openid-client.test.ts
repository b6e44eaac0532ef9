/** `openid-client` 6, unmodified: what a relying party does, from discovery to logout. */
import { generateKeyPairSync } from 'node:crypto';
import * as client from 'openid-client';
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

const registration = {
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
  scope,
  redirect_uris: [callback],
  post_logout_redirect_uris: [goodbye],
};

/** The library's view of the server: plain http is allowed, for this is a test, and signatures are checked by the published keys. */
function discover(clientId: string, auth: client.ClientAuth): Promise<client.Configuration> {
  const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] };
  return client.discovery(new URL(hydrant.publicUrl), clientId, undefined, auth, options);
}

/** The same with the introspection endpoint, which stands on the admin side and is therefore not in the metadata. */
function withIntrospection(config: client.Configuration, auth: client.ClientAuth): client.Configuration {
  const introspection_endpoint = `${hydrant.adminUrl}/admin/oauth2/introspect`;
  const server = Object.assign({}, config.serverMetadata(), { introspection_endpoint });
  const extended = new client.Configuration(server, config.clientMetadata().client_id, undefined, auth);
  client.allowInsecureRequests(extended);
  return extended;
}

const app = (subject: string) =>
  willingApp(adminCalls(hydrant.adminUrl), {
    login: { subject, remember: true },
    consent: { session: { id_token: { nickname: 'Ada' } } },
  });

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

async function logIn(config: client.Configuration, browser: Browser, subject: string): Promise<Tokens> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    max_age: '3600',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const arrival = await walk(browser, url, app(subject));
  return client.authorizationCodeGrant(config, arrival.url, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    maxAge: 3600,
    idTokenExpected: true,
  });
}

const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...signer.publicKey.export({ format: 'jwk' }), kid: 'signer', alg: 'ES256', use: 'sig' };

async function privateKeyJwt(): Promise<client.ClientAuth> {
  const pkcs8 = signer.privateKey.export({ format: 'der', type: 'pkcs8' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  return client.PrivateKeyJwt({
    key: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    kid: 'signer',
  });
}

interface Kind {
  readonly method: string;
  readonly metadata?: object;
  readonly auth: (secret: string) => client.ClientAuth | Promise<client.ClientAuth>;
}

const kinds: readonly Kind[] = [
  { method: 'client_secret_basic', auth: client.ClientSecretBasic },
  { method: 'client_secret_post', auth: client.ClientSecretPost },
  {
    method: 'private_key_jwt',
    metadata: { token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [jwk] } },
    auth: privateKeyJwt,
  },
  { method: 'none', auth: client.None },
];

describe.each(kinds)('a client with $method', ({ method, metadata, auth }) => {
  async function register(): Promise<{ config: client.Configuration; authentication: client.ClientAuth }> {
    const { clientId, clientSecret } = await createClient(hydrant.adminUrl, {
      ...registration,
      ...metadata,
      token_endpoint_auth_method: method,
    });
    const authentication = await auth(clientSecret);
    return { config: await discover(clientId, authentication), authentication };
  }

  test('logs a person in, keeps the login fresh, and logs them out', async () => {
    const { config, authentication } = await register();
    const browser = openBrowser();
    const tokens = await logIn(config, browser, 'ada');
    expect(tokens.scope).toBe(scope);
    expect(tokens.claims()).toMatchObject({ sub: 'ada', nickname: 'Ada', iss: hydrant.publicUrl });
    expect(await client.fetchUserInfo(config, tokens.access_token, 'ada')).toMatchObject({ nickname: 'Ada' });

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.claims()).toMatchObject({ sub: 'ada', auth_time: tokens.claims()?.auth_time });
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);

    const inspecting = withIntrospection(config, authentication);
    expect(await client.tokenIntrospection(inspecting, refreshed.access_token)).toMatchObject({
      active: true,
      sub: 'ada',
      client_id: config.clientMetadata().client_id,
      scope,
    });
    await client.tokenRevocation(config, refreshed.refresh_token ?? '');
    for (const token of [refreshed.access_token, refreshed.refresh_token ?? '']) {
      expect(await client.tokenIntrospection(inspecting, token)).toEqual({ active: false });
    }

    const logout = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: goodbye,
      state: 'bye',
    });
    expect((await walk(browser, logout, app('ada'))).url.href).toBe(`${goodbye}?state=bye`);
    const silent = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope,
      state: 's'.repeat(16),
      prompt: 'none',
    });
    expect((await walk(browser, silent, app('ada'))).url.searchParams.get('error')).toBe('login_required');
  });

  test('a code without its verifier gives nothing', async () => {
    const { config } = await register();
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope,
      state: 'a-state-of-its-own',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const arrival = await walk(openBrowser(), url, app('ada'));
    const exchange = client.authorizationCodeGrant(config, arrival.url, {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: 'a-state-of-its-own',
    });
    await expect(exchange).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

test('a client gets tokens for itself, with a secret and with a key', async () => {
  for (const { method, metadata, auth } of kinds.filter(({ method }) => method !== 'none')) {
    const body = { ...registration, ...metadata, token_endpoint_auth_method: method };
    const { clientId, clientSecret } = await createClient(hydrant.adminUrl, body);
    const config = await discover(clientId, await auth(clientSecret));
    const tokens = await client.clientCredentialsGrant(config, { scope: 'photos.read' });
    expect(tokens).toMatchObject({ scope: 'photos.read', token_type: 'bearer' });
  }
});

test('a refusal at the login reaches the library as an error of the authorization response', async () => {
  const { clientId, clientSecret } = await createClient(hydrant.adminUrl, registration);
  const config = await discover(clientId, client.ClientSecretBasic(clientSecret));
  const calls = adminCalls(hydrant.adminUrl);
  const refusing = {
    ...app('ada'),
    login: (challenge: string) => calls.rejectLogin(challenge, { error: 'access_denied' }),
  };
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, { redirect_uri: callback, scope, state });
  const arrival = await walk(openBrowser(), url, refusing);
  const answer = client.authorizationCodeGrant(config, arrival.url, { expectedState: state });
  await expect(answer).rejects.toMatchObject({ name: 'AuthorizationResponseError', error: 'access_denied' });
});
