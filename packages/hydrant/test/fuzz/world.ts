/** What lives on a server while it is fuzzed: clients, keys, issuers, challenges and tokens of every kind. */
import { expect } from 'vitest';
import { givenSigner } from '../support/assertion.js';
import { openBrowser, send } from '../support/browser.js';
import { givenDeviceClient, obtainCodes, visitDevicePage } from '../support/device.js';
import {
  authorizationUrl,
  challengeIn,
  decide,
  givenClient,
  obtainCode,
  obtainTokens,
  type TestClient,
} from '../support/relying-party.js';
import type { Hydrant } from '../support/start-hydrant.js';
import { type Known, MARK } from './samples.js';

export interface World {
  readonly known: Known;
  /** Secrets that this world was given; no log line may have one. */
  readonly secrets: readonly string[];
}

/** Makes a fresh world: what the last one had may be deleted, used up or replaced by now. */
export async function aWorld(hydrant: Hydrant): Promise<World> {
  const { adminUrl, publicUrl } = hydrant;
  const client = await givenClient(hydrant, { client_secret: `${MARK}-of-a-client`, grant_types: GRANTS });
  const device = await givenDeviceClient(hydrant);
  const browser = openBrowser();
  const { accessToken, refreshToken, idToken } = await obtainTokens(hydrant, client, {
    browser,
    login: { remember: true },
  });
  const code = await obtainCode(hydrant, client);
  const codes = await obtainCodes(hydrant, device);
  const set = `set-of-${client.id}`;
  const keys = await send(`${adminUrl}/admin/keys/${set}`, { json: { alg: 'ES256', kid: 'a-key', use: 'sig' } });
  expect(keys.status, keys.text).toBe(201);
  const { jwk } = await givenSigner(`key-of-${client.id}`);
  const issuer = await send(`${adminUrl}/admin/trust/grants/jwt-bearer/issuers`, {
    json: {
      issuer: `https://${client.id}.example`,
      subject: 'alice',
      scope: ['a'],
      jwk,
      expires_at: '2040-01-01T00:00:00Z',
    },
  });
  expect(issuer.status, issuer.text).toBe(201);
  const registered = await send(`${publicUrl}/oauth2/register`, {
    json: { redirect_uris: ['https://app.example/cb'] },
  });
  expect(registered.status, registered.text).toBe(201);
  const bearer = String(registered.json.registration_access_token);
  const challenges = await pending(hydrant, client);
  const logout = await browser.get(`${publicUrl}/oauth2/sessions/logout?id_token_hint=${idToken}`);
  const challenge = {
    ...challenges,
    logout_challenge: [logout.location?.searchParams.get('logout_challenge') ?? ''],
    device_challenge: [await visitDevicePage(hydrant)],
  };
  const secrets = [accessToken, refreshToken, idToken, code, codes.deviceCode, codes.userCode, bearer];
  return {
    known: {
      ...challenge,
      client_id: [client.id, client.id, device.id, String(registered.json.client_id)],
      registered_id: [String(registered.json.client_id)],
      client: [client.id],
      issuer_id: [String(issuer.json.id)],
      set: [set, set, 'hydra.openid.id-token'],
      kid: ['a-key', 'public:a-key', 'private:a-key'],
      subject: ['alice', 'nobody'],
      grant_type: GRANTS,
      redirect_uri: [client.redirectUri],
      scope: ['openid offline', 'openid'],
      code: [code],
      token: [accessToken, refreshToken],
      access_token: [accessToken],
      refresh_token: [refreshToken],
      id_token_hint: [idToken],
      device_code: [codes.deviceCode],
      user_code: [codes.userCode],
      registration: [bearer],
      basic: [`${client.id}:${encodeURIComponent(client.secret)}`, `${client.id}:${MARK}`],
      alg: ['ES256', 'EdDSA'],
      redirect_uris: [['https://app.example/cb']],
      jwk: [jwk],
      kty: [jwk.kty],
      crv: [jwk.crv],
      x: [jwk.x],
      expires_at: ['2040-01-01T00:00:00Z'],
      page_size: ['1', '2'],
      limit: ['1', '2'],
    },
    secrets: [...secrets, ...browser.jar.values(), ...Object.values(challenge).flat()].filter((one) => one.length > 5),
  };
}

const GRANTS = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
];

async function pending(hydrant: Hydrant, client: TestClient) {
  const login = challengeIn(await openBrowser().get(authorizationUrl(hydrant, client)), 'login');
  const browser = openBrowser();
  const first = challengeIn(await browser.get(authorizationUrl(hydrant, client)), 'login');
  const consent = challengeIn(
    await browser.get(await decide(hydrant, 'login', first, { subject: 'alice' })),
    'consent',
  );
  return { login_challenge: [login], consent_challenge: [consent] };
}
