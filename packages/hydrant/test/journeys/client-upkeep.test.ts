/** What operators change about clients while these are in use: single members, lifespans, their access tokens. */
import { describe, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { clockAt, SECOND } from '../support/clock.js';
import { clientCredentials, givenClient, isActive, obtainTokens, refresh } from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { startHydrant } from '../support/start-hydrant.js';

const hydrant = sharedHydrant();
/** Both forms of the admin API, on the same data. */
const PREFIXES = ['/admin', ''] as const;

describe.each(PREFIXES)('%s/clients/{id}', (prefix) => {
  const at = (id: string, rest = '') => `${hydrant.adminUrl}${prefix}/clients/${id}${rest}`;

  test('PATCH changes what it names; the secret goes on working until the patch has another', async () => {
    const client = await givenClient(hydrant);
    const patch = (json: unknown) => send(at(client.id), { method: 'PATCH', json });
    const patched = await patch([{ op: 'replace', path: '/client_uri', value: 'http://x.example' }]);
    expect(patched).toMatchObject({ status: 200, json: { client_id: client.id, client_uri: 'http://x.example' } });
    expect(patched.json).not.toHaveProperty('client_secret');
    expect((await clientCredentials(hydrant, client)).status).toBe(200);

    const secret = 'another secret';
    const renewed = await patch([{ op: 'replace', path: '/client_secret', value: secret }]);
    expect(renewed).toMatchObject({ status: 200, json: { client_secret: secret } });
    expect((await clientCredentials(hydrant, client)).status).toBe(401);
    expect((await clientCredentials(hydrant, { ...client, secret })).status).toBe(200);
  });

  test('PATCH of the id is refused and changes nothing; an unknown client is told before the body', async () => {
    const client = await givenClient(hydrant);
    const before = (await send(at(client.id))).json;
    for (const path of ['/id', '/client_id']) {
      const json = [{ op: 'replace', path, value: 'x' }];
      expect((await send(at(client.id), { method: 'PATCH', json })).status).toBe(400);
    }
    expect((await send(at(client.id))).json).toEqual(before);
    expect((await send(at('nobody'), { method: 'PATCH' })).status).toBe(404);
    expect((await send(at(client.id), { method: 'PATCH' })).status).toBe(400);
  });

  test('PUT of lifespans sets them all, and tokens follow', async () => {
    const client = await givenClient(hydrant);
    const set = (json: unknown) => send(at(client.id, '/lifespans'), { method: 'PUT', json });
    const field = 'client_credentials_grant_access_token_lifespan';
    expect(await set({ [field]: '90m' })).toMatchObject({ status: 200, json: { [field]: '1h30m0s' } });
    expect((await clientCredentials(hydrant, client)).json).toMatchObject({ expires_in: 5400 });
    const cleared = await set({ implicit_grant_id_token_lifespan: '1s' });
    expect(cleared.json?.[field] ?? null).toBeNull();
    expect((await clientCredentials(hydrant, client)).json).toMatchObject({ expires_in: 3600 });
    expect((await set({ [field]: 'soon' })).status).toBe(400);
    expect((await send(at('nobody', '/lifespans'), { method: 'PUT', json: {} })).status).toBe(404);
  });
});

test('lifespans that only Hydra 1.11 has are shown on its paths, and survive the other ones', async () => {
  const { id } = await givenClient(hydrant);
  const json = { password_grant_access_token_lifespan: '1h' };
  const older = `${hydrant.adminUrl}/clients/${id}`;
  const newer = `${hydrant.adminUrl}/admin/clients/${id}`;
  const shown = { password_grant_access_token_lifespan: '1h0m0s' };
  expect((await send(`${older}/lifespans`, { method: 'PUT', json })).json).toMatchObject(shown);
  await send(`${newer}/lifespans`, { method: 'PUT', json: {} });
  await send(newer, { method: 'PATCH', json: [{ op: 'replace', path: '/owner', value: 'o' }] });
  expect((await send(newer)).json).not.toHaveProperty('password_grant_access_token_lifespan');
  expect((await send(older)).json).toMatchObject({ ...shown, owner: 'o' });
});

describe.each(PREFIXES)('DELETE %s/oauth2/tokens', (prefix) => {
  const end = (adminUrl: string, query: string) =>
    send(`${adminUrl}${prefix}/oauth2/tokens${query}`, { method: 'DELETE' });

  test.each(['opaque', 'jwt'])(
    'ends the %s access tokens of that client up to now, and nothing else',
    async (strategy) => {
      const clock = clockAt();
      await using server = await startHydrant({ clock, settings: { STRATEGIES_ACCESS_TOKEN: strategy } });
      const [client, other] = [await givenClient(server), await givenClient(server)];
      const own = await clientCredentials(server, client);
      const tokens = await obtainTokens(server, client);
      const others = await clientCredentials(server, other);
      clock.advance(SECOND);
      expect((await end(server.adminUrl, `?client_id=${client.id}`)).status).toBe(204);
      for (const dead of [own.accessToken, tokens.accessToken]) expect(await isActive(server, dead)).toBe(false);
      const userinfo = await send(`${server.publicUrl}/userinfo`, {
        headers: { authorization: `Bearer ${tokens.accessToken}` },
      });
      expect(userinfo.status).toBe(401);
      expect(await isActive(server, tokens.refreshToken)).toBe(true);
      expect(await isActive(server, others.accessToken)).toBe(true);
      clock.advance(SECOND);
      expect(await isActive(server, (await refresh(server, client, tokens.refreshToken)).accessToken)).toBe(true);
      expect(await isActive(server, (await clientCredentials(server, client)).accessToken)).toBe(true);
      expect(await isActive(server, own.accessToken)).toBe(false);
    },
  );

  test('says nothing about unknown clients, and wants one named', async () => {
    expect((await end(hydrant.adminUrl, '?client_id=nobody')).status).toBe(204);
    for (const query of ['', '?client_id=']) {
      expect(await end(hydrant.adminUrl, query)).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
    }
  });
});
