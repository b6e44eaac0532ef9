/** Resource indicators (RFC 8707): audiences by their standard name, at every endpoint where a grant begins or is used. */
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { approveDevice, askCodes, codesIn, DEVICE_SETTINGS, givenDeviceClient, poll } from '../support/device.js';
import {
  askToken,
  authorizationUrl,
  claimsOf,
  clientCredentials,
  givenClient,
  introspect,
  obtainCode,
  obtainTokens,
  type Params,
  redeem,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const hydrant = sharedHydrant({ settings: DEVICE_SETTINGS });

const [ORDERS, STOCK] = ['https://orders.example/', 'https://stock.example/'];
const AUDIENCE = { audience: [ORDERS, STOCK] };

const audienceOf = async (token: string) => (await introspect(hydrant, token)).aud;
const renew = (client: TestClient, refreshToken: string, more: Params = {}) =>
  askToken(hydrant, client, { grant_type: 'refresh_token', refresh_token: refreshToken, ...more });

test('what is asked for at the authorization endpoint is an audience to the consent app, and then granted', async () => {
  const client = await givenClient(hydrant, AUDIENCE);
  const { consentRequest, code } = await walk(hydrant, client, { params: { audience: STOCK, resource: ORDERS } });
  expect(consentRequest?.requested_access_token_audience).toEqual([STOCK, ORDERS]);
  expect(await audienceOf((await redeem(hydrant, client, code)).accessToken)).toEqual([STOCK, ORDERS]);
});

test('a repeated parameter asks for several', async () => {
  const client = await givenClient(hydrant, AUDIENCE);
  const url = authorizationUrl(hydrant, client, { resource: ORDERS });
  url.searchParams.append('resource', STOCK);
  const asked = await send(url);
  const challenge = asked.location?.searchParams.get('login_challenge') ?? '';
  const request = await send(`${hydrant.adminUrl}/admin/oauth2/auth/requests/login?login_challenge=${challenge}`);
  expect(request.json.requested_access_token_audience).toEqual([ORDERS, STOCK]);
});

test.each(['https://foreign.example/', 'orders', `${ORDERS}#part`])('%s is refused everywhere', async (resource) => {
  const client = await givenClient(hydrant, AUDIENCE);
  expect((await walk(hydrant, client, { params: { resource } })).params.error).toBe('invalid_target');
  const refused = { status: 400, error: 'invalid_target' };
  expect(await clientCredentials(hydrant, client, { resource })).toMatchObject(refused);
  const device = await givenDeviceClient(hydrant, AUDIENCE);
  expect(await askCodes(hydrant, device, { resource })).toMatchObject({
    status: 400,
    json: { error: 'invalid_target' },
  });

  // And costs neither code nor refresh token.
  const code = await obtainCode(hydrant, client, { params: { resource: ORDERS } });
  expect(await redeem(hydrant, client, code, { resource })).toMatchObject(refused);
  const { status, refreshToken } = await redeem(hydrant, client, code);
  expect(status).toBe(200);
  expect(await renew(client, refreshToken, { resource })).toMatchObject(refused);
  expect((await renew(client, refreshToken)).status).toBe(200);
});

test.each(['opaque', 'jwt'])('the token endpoint narrows one %s token, never the grant', async (strategy) => {
  const client = await givenClient(hydrant, { ...AUDIENCE, access_token_strategy: strategy });
  const code = await obtainCode(hydrant, client, { params: { audience: `${ORDERS} ${STOCK}` } });
  const first = await redeem(hydrant, client, code, { resource: ORDERS });
  expect(await audienceOf(first.accessToken)).toEqual([ORDERS]);
  if (strategy === 'jwt') expect(claimsOf(first.accessToken).aud).toEqual([ORDERS]);
  const second = await renew(client, first.refreshToken, { resource: STOCK });
  expect(await audienceOf(second.accessToken)).toEqual([STOCK]);
  expect(await audienceOf((await renew(client, second.refreshToken)).accessToken)).toEqual([ORDERS, STOCK]);
});

test('what was not granted cannot be had at the token endpoint, even where the client may ask for it', async () => {
  const client = await givenClient(hydrant, AUDIENCE);
  const code = await obtainCode(hydrant, client, { params: { resource: ORDERS } });
  expect(await redeem(hydrant, client, code, { resource: STOCK })).toMatchObject({ error: 'invalid_target' });
});

test('a repeated refresh gives the same token again, and none for another resource', async () => {
  const client = await givenClient(hydrant, AUDIENCE);
  const { refreshToken } = await obtainTokens(hydrant, client, { params: { audience: `${ORDERS} ${STOCK}` } });
  const first = await renew(client, refreshToken, { resource: ORDERS });
  expect((await renew(client, refreshToken, { resource: ORDERS })).accessToken).toBe(first.accessToken);
  expect(await renew(client, refreshToken, { resource: STOCK })).toMatchObject({ error: 'invalid_target' });
  expect(await renew(client, refreshToken)).toMatchObject({ error: 'invalid_target' });
  expect(await audienceOf(first.accessToken)).toEqual([ORDERS]);
});

test('client credentials and devices ask by either name', async () => {
  const client = await givenClient(hydrant, AUDIENCE);
  const { accessToken } = await clientCredentials(hydrant, client, { audience: STOCK, resource: ORDERS });
  expect(await audienceOf(accessToken)).toEqual([STOCK, ORDERS]);

  const device = await givenDeviceClient(hydrant, AUDIENCE);
  const codes = codesIn(
    await askCodes(hydrant, device, { scope: 'openid offline', audience: STOCK, resource: ORDERS }),
  );
  await approveDevice(hydrant, codes, { consent: { grant_access_token_audience: [STOCK, ORDERS] } });
  const tokens = await poll(hydrant, device, codes, { resource: ORDERS });
  expect(await audienceOf(tokens.accessToken)).toEqual([ORDERS]);
});
