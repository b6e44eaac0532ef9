/** Public contract §17, rows 61 to 64, 71 and 72: the issuer, its keys, and what becomes of tokens made with them. */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import {
  claimsOf,
  clientCredentials,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
} from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { temporaryDatabase } from '../../support/temporary-database.js';
import { BEHIND_PROXY, givenA, openBrowserBeyondProxy, PUBLIC_ADDRESS } from './cast.js';

const hydrant = sharedHydrant();

const userinfoStatus = async (server: Pick<Hydrant, 'publicUrl'>, bearer: string) =>
  (await send(`${server.publicUrl}/userinfo`, { bearer })).status;

test.each([PUBLIC_ADDRESS, `${PUBLIC_ADDRESS}/`])('#61 the issuer %s is used as it is written', async (issuer) => {
  await using hydrant = await startHydrant({ settings: { ...BEHIND_PROXY, URLS_SELF_ISSUER: issuer } });
  for (const document of ['openid-configuration', 'oauth-authorization-server']) {
    const { json } = await send(`${hydrant.publicUrl}/.well-known/${document}`);
    expect(json).toMatchObject({ issuer, token_endpoint: `${PUBLIC_ADDRESS}/oauth2/token` });
  }
  const client = await givenA(hydrant);
  const browser = openBrowserBeyondProxy(hydrant);
  const { idToken } = await redeem(hydrant, client, await obtainCode(hydrant, client, { browser }));
  expect(claimsOf(idToken).iss).toBe(issuer);
});

test('#62 the keys of both sets are published, and nothing private of them', async () => {
  const published = keysIn((await send(`${hydrant.publicUrl}/.well-known/jwks.json`)).json);
  const sets = ['hydra.openid.id-token', 'hydra.jwt.access-token'];
  const kids = await Promise.all(
    sets.map(async (set) => keysIn((await send(`${hydrant.adminUrl}/admin/keys/${set}`)).json).map(({ kid }) => kid)),
  );
  expect(kids.map(({ length }) => length)).toEqual([1, 1]);
  expect(published.map(({ kid }) => kid).sort()).toEqual(kids.flat().sort());
  for (const key of published) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

function keysIn({ keys }: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  return Array.isArray(keys) ? keys.map((key) => ({ ...key })) : [];
}

test('#63 #64 a JWT access token says what was granted, and dies before it expires when it is revoked', async () => {
  await using hydrant = await startHydrant({ settings: { STRATEGIES_ACCESS_TOKEN: 'jwt' } });
  const client = await givenA(hydrant);
  const { accessToken } = await obtainTokens(hydrant, client);
  expect(claimsOf(accessToken)).toMatchObject({
    iss: hydrant.publicUrl,
    sub: 'alice',
    client_id: client.id,
    aud: [],
    scp: ['openid', 'offline'],
    ext: {},
  });
  expect(await userinfoStatus(hydrant, accessToken)).toBe(200);
  const basic = [client.id, client.secret] as const;
  expect((await send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token: accessToken }, basic })).status).toBe(200);
  expect(await userinfoStatus(hydrant, accessToken)).toBe(401);
  expect(await isActive(hydrant, accessToken)).toBe(false);
});

test('#71 secrets.system: all entries verify, the first signs', async () => {
  const [older, newer] = ['the-older-secret-of-these-tests-alone', 'the-newer-secret-of-these-tests-alone'];
  await using database = await temporaryDatabase();
  const startWith = (...secrets: string[]) =>
    startHydrant({ settings: { DSN: database.dsn, SECRETS_SYSTEM: secrets.join(',') } });

  const before = await startWith(older);
  const client = await givenA(before);
  const old = await obtainTokens(before, client);
  const code = await obtainCode(before, client);
  await before.close();

  const during = await startWith(newer, older);
  expect(await isActive(during, old.accessToken)).toBe(true);
  expect((await redeem(during, client, code)).status).toBe(200);
  const next = await refresh(during, client, old.refreshToken);
  expect(next.status).toBe(200);
  const machine = await clientCredentials(during, client);
  await during.close();

  // Whoever has the older secret alone cannot read what was made since.
  await using alone = await startWith(older);
  for (const { accessToken } of [next, machine]) expect(await isActive(alone, accessToken)).toBe(false);
  expect(await isActive(alone, (await clientCredentials(alone, client)).accessToken)).toBe(true);
});

test('#72 a deleted client takes its access tokens along', async () => {
  const client = await givenA(hydrant);
  const { accessToken } = await obtainTokens(hydrant, client);
  expect(await userinfoStatus(hydrant, accessToken)).toBe(200);
  expect((await send(`${hydrant.adminUrl}/admin/clients/${client.id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await userinfoStatus(hydrant, accessToken)).toBe(401);
  expect(await isActive(hydrant, accessToken)).toBe(false);
});
