/** Public contract §17, rows 51 to 54: revocation (RFC 7009). */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { isActive, obtainTokens, refresh, type TestClient } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { givenA } from './cast.js';

const hydrant = sharedHydrant();

const revoke = (client: TestClient, token: string) =>
  send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token }, basic: [client.id, client.secret] });

const DONE = { status: 200, text: '' };

test('#51 a revoked access token takes its refresh token along', async () => {
  const client = await givenA(hydrant);
  const { accessToken, refreshToken } = await obtainTokens(hydrant, client);
  expect(await revoke(client, accessToken)).toMatchObject(DONE);
  expect(await isActive(hydrant, accessToken)).toBe(false);
  expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await revoke(client, accessToken)).toMatchObject(DONE);
});

test('#52 a token of another client is not touched, and nobody is told', async () => {
  const [client, other] = [await givenA(hydrant), await givenA(hydrant)];
  const { accessToken, refreshToken } = await obtainTokens(hydrant, client);
  for (const token of [accessToken, refreshToken]) expect(await revoke(other, token)).toMatchObject(DONE);
  expect(await isActive(hydrant, accessToken)).toBe(true);
  expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
});

test.each(['', 'nonsense', 'ory_at_nonsense.nonsense'])('#53 the token "%s" is as good as revoked', async (token) => {
  expect(await revoke(await givenA(hydrant), token)).toMatchObject(DONE);
});

test('#54 a wrong secret revokes nothing', async () => {
  const client = await givenA(hydrant);
  const { accessToken } = await obtainTokens(hydrant, client);
  const refused = await revoke({ ...client, secret: 'not the secret' }, accessToken);
  expect(refused).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  expect(refused.headers.has('www-authenticate')).toBe(false);
  expect(await isActive(hydrant, accessToken)).toBe(true);
});
