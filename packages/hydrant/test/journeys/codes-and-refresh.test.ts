/** Codes, refresh tokens and what ends them. */
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { clockAt, SECOND } from '../support/clock.js';
import {
  clientCredentials,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  pkce,
  redeem,
  refresh,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { startHydrant } from '../support/start-hydrant.js';

const hydrant = sharedHydrant();
type Server = typeof hydrant;

const SECOND_SECRET = 'the second secret of the client';

/** A PUT replaces the whole client. */
async function replaceClient(hydrant: Server, { id }: TestClient, changes: Record<string, unknown>): Promise<void> {
  const url = `${hydrant.adminUrl}/admin/clients/${id}`;
  const { json } = await send(url);
  expect((await send(url, { method: 'PUT', json: { ...json, ...changes } })).status).toBe(200);
}

test('a code that is redeemed again ends everything that it gave', async () => {
  const client = await givenClient(hydrant);
  const code = await obtainCode(hydrant, client);
  const first = await redeem(hydrant, client, code);
  const later = await refresh(hydrant, client, first.refreshToken);
  expect(await isActive(hydrant, later.accessToken)).toBe(true);

  expect(await redeem(hydrant, client, code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  for (const token of [first.accessToken, later.accessToken, later.refreshToken])
    expect(await isActive(hydrant, token)).toBe(false);
  expect(await refresh(hydrant, client, later.refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test('a used code ends its tokens whoever shows it', async () => {
  const [client, thief] = [await givenClient(hydrant), await givenClient(hydrant)];
  const code = await obtainCode(hydrant, client);
  const { accessToken } = await redeem(hydrant, client, code);
  expect(await redeem(hydrant, thief, code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await isActive(hydrant, accessToken)).toBe(false);
});

test('a code is good for its own client and redirect URI alone, and a mistake does not cost it', async () => {
  const [client, other] = [await givenClient(hydrant), await givenClient(hydrant)];
  const code = await obtainCode(hydrant, client);
  expect(await redeem(hydrant, other, code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  const elsewhere = { redirect_uri: 'http://127.0.0.1:1/elsewhere' };
  expect(await redeem(hydrant, client, code, elsewhere)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect((await redeem(hydrant, client, code)).status).toBe(200);
});

test('a wrong PKCE verifier burns the code', async () => {
  const client = await givenClient(hydrant, { token_endpoint_auth_method: 'none' });
  const { params, verifier } = pkce();
  const code = await obtainCode(hydrant, client, { params });
  const guess = { code_verifier: 'another-verifier-of-more-than-forty-three-characters' };
  expect(await redeem(hydrant, client, code, guess)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await redeem(hydrant, client, code, { code_verifier: verifier })).toMatchObject({ error: 'invalid_grant' });

  const another = await obtainCode(hydrant, client, { params });
  expect((await redeem(hydrant, client, another, { code_verifier: verifier })).status).toBe(200);
});

test('a refresh token that comes back after its grace ends the family', async () => {
  const clock = clockAt();
  await using hydrant = await startHydrant({ clock });
  const client = await givenClient(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client);
  const next = await refresh(hydrant, client, refreshToken);

  clock.advance(9 * SECOND);
  const again = await refresh(hydrant, client, refreshToken);
  expect([again.refreshToken, again.accessToken]).toEqual([next.refreshToken, next.accessToken]);

  clock.advance(2 * SECOND);
  expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await isActive(hydrant, next.accessToken)).toBe(false);
  expect(await refresh(hydrant, client, next.refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test('a spent refresh token in the hands of another client ends the family, grace or not', async () => {
  const [client, thief] = [await givenClient(hydrant), await givenClient(hydrant)];
  const { refreshToken } = await obtainTokens(hydrant, client);
  const next = await refresh(hydrant, client, refreshToken);
  expect(await refresh(hydrant, thief, refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await isActive(hydrant, next.accessToken)).toBe(false);
});

test('a refresh ends the access token before it', async () => {
  const client = await givenClient(hydrant);
  const first = await obtainTokens(hydrant, client);
  const next = await refresh(hydrant, client, first.refreshToken);
  expect(await isActive(hydrant, first.accessToken)).toBe(false);
  expect(await isActive(hydrant, next.accessToken)).toBe(true);
});

test.each(['opaque', 'jwt'])('a revoked %s access token is inactive, and so is all that came with it', async (kind) => {
  await using hydrant = await startHydrant({ settings: { STRATEGIES_ACCESS_TOKEN: kind } });
  const [client, other] = [await givenClient(hydrant), await givenClient(hydrant)];
  const { accessToken, refreshToken } = await obtainTokens(hydrant, client);
  const machine = await clientCredentials(hydrant, client);
  expect(accessToken.split('.').length).toBe(kind === 'jwt' ? 3 : 2);
  const revoke = (token: string, { id, secret } = client) =>
    send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token }, basic: [id, secret] });

  expect((await revoke(accessToken, other)).status).toBe(200);
  expect(await isActive(hydrant, accessToken)).toBe(true);

  expect((await revoke(accessToken)).status).toBe(200);
  expect(await isActive(hydrant, accessToken)).toBe(false);
  expect(await isActive(hydrant, refreshToken)).toBe(false);
  expect((await send(`${hydrant.publicUrl}/userinfo`, { bearer: accessToken })).status).toBe(401);

  expect(await isActive(hydrant, machine.accessToken)).toBe(true);
  expect((await revoke(machine.accessToken)).status).toBe(200);
  expect(await isActive(hydrant, machine.accessToken)).toBe(false);
});

test('withdrawing a consent ends its tokens', async () => {
  const client = await givenClient(hydrant);
  const { accessToken, refreshToken } = await obtainTokens(hydrant, client);
  const url = `${hydrant.adminUrl}/admin/oauth2/auth/sessions/consent?subject=alice&client=${client.id}`;
  expect((await send(url, { method: 'DELETE' })).status).toBe(204);
  expect(await isActive(hydrant, accessToken)).toBe(false);
  expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test.each(['opaque', 'jwt'])('what a deleted client had (%s) is dead, even when its id comes back', async (kind) => {
  await using hydrant = await startHydrant({ settings: { STRATEGIES_ACCESS_TOKEN: kind } });
  const client = await givenClient(hydrant, { client_id: 'phoenix' });
  const tokens = await obtainTokens(hydrant, client);
  const machine = await clientCredentials(hydrant, client);
  const code = await obtainCode(hydrant, client);
  expect((await send(`${hydrant.adminUrl}/admin/clients/phoenix`, { method: 'DELETE' })).status).toBe(204);
  const again = await givenClient(hydrant, { client_id: 'phoenix' });

  for (const token of [tokens.accessToken, tokens.refreshToken, machine.accessToken])
    expect(await isActive(hydrant, token)).toBe(false);
  expect(await refresh(hydrant, again, tokens.refreshToken)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect(await redeem(hydrant, again, code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  expect((await obtainTokens(hydrant, again)).status).toBe(200);
});

test('a login that waits while its client is deleted and made again does not finish as that of the new one', async () => {
  const client = await givenClient(hydrant, { client_id: 'phoenix' });
  const { browser, answer } = await walk(hydrant, client, { login: { remember: true } });
  expect(answer.status).toBe(303);
  await send(`${hydrant.adminUrl}/admin/clients/phoenix`, { method: 'DELETE' });
  await givenClient(hydrant, { client_id: 'phoenix' });
  const next = await walk(hydrant, client, { browser });
  expect(next.loginRequest).toMatchObject({ skip: true });
  expect(next.consentRequest).toMatchObject({ skip: false });
});

test('a changed secret counts at once, and the old one never again', async () => {
  const client = await givenClient(hydrant);
  expect((await clientCredentials(hydrant, client)).status).toBe(200);
  await replaceClient(hydrant, client, { client_secret: SECOND_SECRET });
  expect(await clientCredentials(hydrant, client)).toMatchObject({ status: 401, error: 'invalid_client' });
  expect((await clientCredentials(hydrant, { ...client, secret: SECOND_SECRET })).status).toBe(200);
});

test('a scope that the client lost is not refreshed', async () => {
  const client = await givenClient(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client, { params: { scope: 'openid offline email' } });
  await replaceClient(hydrant, client, { scope: 'openid offline' });
  expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 400, error: 'invalid_scope' });
});

test('tokens carry what was granted, not what was asked for', async () => {
  const client = await givenClient(hydrant);
  const answer = await obtainTokens(hydrant, client, {
    params: { scope: 'openid offline profile email' },
    consent: { grant_scope: ['openid', 'email'] },
  });
  expect(answer.json.scope).toBe('openid email');
  expect(answer.refreshToken).toBe('');
});
