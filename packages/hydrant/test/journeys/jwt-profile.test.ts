/** JWT access tokens in the form of RFC 9068, where the operator wants it. */
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import {
  claimsOf,
  clientCredentials,
  givenClient,
  introspect,
  isActive,
  obtainTokens,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const hydrant = sharedHydrant({
  settings: { STRATEGIES_ACCESS_TOKEN: 'jwt', STRATEGIES_JWT_PROFILE: 'rfc9068', STRATEGIES_JWT_SCOPE_CLAIM: 'list' },
});
const usual = sharedHydrant({ settings: { STRATEGIES_ACCESS_TOKEN: 'jwt' } });

const API = 'https://api.example/';
const typeOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).typ;

test('a token of a login has the type, the claims and the login', async () => {
  const client = await givenClient(hydrant, { audience: [API] });
  const login = { acr: 'urn:example:strong', amr: ['pwd', 'otp'] };
  const { accessToken } = await obtainTokens(hydrant, client, { params: { resource: API }, login });
  expect(typeOf(accessToken)).toBe('at+jwt');
  const claims = claimsOf(accessToken);
  expect(claims).toMatchObject({
    ...{ iss: hydrant.publicUrl, sub: 'alice', client_id: client.id, aud: [API], scope: 'openid offline', ...login },
    ...{ exp: expect.any(Number), iat: expect.any(Number), auth_time: expect.any(Number), jti: expect.any(String) },
  });
  expect(claims).not.toHaveProperty('scp');
  expect(await introspect(hydrant, accessToken)).toMatchObject({ active: true, aud: [API], client_id: client.id });
});

test('without an audience it is for the issuer, whose userinfo takes it', async () => {
  const { accessToken } = await obtainTokens(hydrant, await givenClient(hydrant));
  expect(claimsOf(accessToken).aud).toEqual([hydrant.publicUrl]);
  const { json } = await send(`${hydrant.publicUrl}/userinfo`, { bearer: accessToken });
  expect(json.sub).toBe('alice');
});

test('a client alone is its own subject, and has no login', async () => {
  const client = await givenClient(hydrant);
  const { accessToken } = await clientCredentials(hydrant, client);
  expect(claimsOf(accessToken)).toMatchObject({ sub: client.id, client_id: client.id });
  for (const name of ['auth_time', 'acr', 'amr', 'scope']) expect(claimsOf(accessToken)).not.toHaveProperty(name);
  expect(await isActive(hydrant, accessToken)).toBe(true);
});

test('by default the form is Hydra’s', async () => {
  const { accessToken } = await obtainTokens(usual, await givenClient(usual));
  expect(typeOf(accessToken)).toBe('JWT');
  expect(claimsOf(accessToken)).toMatchObject({ aud: [], scp: ['openid', 'offline'], ext: {} });
  expect(claimsOf(accessToken)).not.toHaveProperty('auth_time');
});
