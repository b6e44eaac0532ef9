/** `oauth4webapi`, unmodified: each step of a client by hand, and its checks of every answer. */
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { adminCalls, createClient } from './support/admin-calls.js';
import { openBrowser } from './support/browser.js';
import { walk, willingApp } from './support/login-app.js';

const callback = 'https://photos.example/callback';
const goodbye = 'https://photos.example/goodbye';
const scope = 'openid offline photos.read';
const insecure = { [oauth.allowInsecureRequests]: true };

let hydrant: Hydrant;
beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

async function discover(algorithm: 'oidc' | 'oauth2'): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(hydrant.publicUrl);
  const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
}

test.each(['oidc', 'oauth2'] as const)('discovery by %s', async (algorithm) => {
  expect(await discover(algorithm)).toMatchObject({
    issuer: hydrant.publicUrl,
    code_challenge_methods_supported: expect.arrayContaining(['S256']),
    authorization_endpoint: `${hydrant.publicUrl}/oauth2/auth`,
    revocation_endpoint: `${hydrant.publicUrl}/oauth2/revoke`,
    end_session_endpoint: `${hydrant.publicUrl}/oauth2/sessions/logout`,
  });
});

test.each(['client_secret_basic', 'none'])('a client with %s goes all the way', async (method) => {
  const { clientId, clientSecret } = await createClient(hydrant.adminUrl, {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope,
    redirect_uris: [callback],
    post_logout_redirect_uris: [goodbye],
    token_endpoint_auth_method: method,
  });
  const server = {
    ...(await discover('oidc')),
    // On the admin side, and therefore not in the metadata.
    introspection_endpoint: `${hydrant.adminUrl}/admin/oauth2/introspect`,
  };
  const client: oauth.Client = { client_id: clientId };
  const auth = method === 'none' ? oauth.None() : oauth.ClientSecretBasic(clientSecret);
  const browser = openBrowser();
  const app = willingApp(adminCalls(hydrant.adminUrl), { login: { subject: 'ada', remember: true } });

  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const start = new URL(server.authorization_endpoint ?? '');
  start.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: callback,
    scope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const arrival = await walk(browser, start, app);
  const answer = oauth.validateAuthResponse(server, client, arrival.url, state);

  const exchange = () =>
    oauth.authorizationCodeGrantRequest(server, client, auth, answer, callback, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, await exchange(), {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: 'ada', aud: [clientId] });

  const userInfo = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
  expect(await oauth.processUserInfoResponse(server, client, 'ada', userInfo)).toMatchObject({ sub: 'ada' });

  const refresh = await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token ?? '', insecure);
  const refreshed = await oauth.processRefreshTokenResponse(server, client, refresh);
  await oauth.validateApplicationLevelSignature(server, refresh, insecure);
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);

  const introspect = async (token: string) =>
    oauth.processIntrospectionResponse(
      server,
      client,
      await oauth.introspectionRequest(server, client, auth, token, insecure),
    );
  expect(await introspect(refreshed.access_token)).toMatchObject({ active: true, sub: 'ada', client_id: clientId });
  const revocation = await oauth.revocationRequest(server, client, auth, refreshed.refresh_token ?? '', insecure);
  await oauth.processRevocationResponse(revocation);
  expect(await introspect(refreshed.access_token)).toEqual({ active: false });

  // The code a second time.
  const again = oauth.processAuthorizationCodeResponse(server, client, await exchange());
  await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });

  const logout = new URL(server.end_session_endpoint ?? '');
  const hint = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: goodbye, state: 'bye' };
  logout.search = new URLSearchParams(hint).toString();
  expect(browser.cookies()).toContainEqual(expect.stringMatching(/session/));
  expect((await walk(browser, logout, app)).url.href).toBe(`${goodbye}?state=bye`);
  expect(browser.cookies()).not.toContainEqual(expect.stringMatching(/session/));
});
