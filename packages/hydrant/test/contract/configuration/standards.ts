/** Settings by which newer standards are turned on, or what they ask for is relaxed. */
import { expect } from 'vitest';
import { send } from '../../support/browser.js';
import { claimsOf, clientCredentials, givenClient, obtainCode, pkce, redeem } from '../../support/relying-party.js';
import { type Effect, served } from './effect.js';

const REGISTRATION = 'oidc.dynamic_client_registration';

/** One list that restricts registration: the first body is registered, the second refused by the name of the setting. */
function restricts(
  list: string,
  allowed: string,
  good: Readonly<Record<string, unknown>>,
  bad: Readonly<Record<string, unknown>>,
): Effect {
  return served(
    `clients may register by themselves what ${list} has`,
    { [`${REGISTRATION}.enabled`]: 'true', [`${REGISTRATION}.${list}`]: allowed },
    async (hydrant) => {
      const url = `${hydrant.publicUrl}/oauth2/register`;
      expect((await send(url, { json: good })).status).toBe(201);
      const refused = await send(url, { json: bad });
      expect(refused).toMatchObject({ status: 400, json: { error: 'invalid_client_metadata' } });
      expect(refused.json.error_description).toContain(`${REGISTRATION}.${list}`);
    },
    { beside: [`${REGISTRATION}.enabled`] },
  );
}

export const standards: readonly Effect[] = [
  served(
    'JWT access tokens have the form of RFC 9068',
    { 'strategies.jwt.profile': 'rfc9068', 'strategies.access_token': 'jwt' },
    async (hydrant) => {
      const { accessToken } = await clientCredentials(hydrant, await givenClient(hydrant), { scope: 'profile' });
      const header: unknown = JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString());
      expect(header).toMatchObject({ typ: 'at+jwt' });
      expect(claimsOf(accessToken)).toMatchObject({ scope: 'profile', aud: [hydrant.publicUrl] });
    },
    { beside: ['strategies.access_token'] },
  ),
  served('the PKCE method plain will do', { 'oauth2.pkce.allow_plain': 'true' }, async (hydrant) => {
    const client = await givenClient(hydrant);
    const { verifier } = pkce();
    const params = { code_challenge: verifier, code_challenge_method: 'plain' };
    const code = await obtainCode(hydrant, client, { params });
    expect((await redeem(hydrant, client, code, { code_verifier: verifier })).status).toBe(200);
  }),
  served(
    'clients that register themselves have this audience if they name none',
    { [`${REGISTRATION}.enabled`]: 'true', [`${REGISTRATION}.default_audience`]: 'https://api.example/' },
    async (hydrant) => {
      const made = await send(`${hydrant.publicUrl}/oauth2/register`, { json: {} });
      const byAdmin = await send(`${hydrant.adminUrl}/admin/clients`, { json: {} });
      expect([made.json.audience, byAdmin.json.audience]).toEqual([['https://api.example/'], []]);
    },
    { beside: [`${REGISTRATION}.enabled`] },
  ),
  restricts(
    'allowed_grant_types',
    'client_credentials',
    { grant_types: ['client_credentials'] },
    { grant_types: ['client_credentials', 'implicit'] },
  ),
  restricts(
    'allowed_response_types',
    'code,code id_token',
    { response_types: ['id_token code'] },
    { response_types: ['token'] },
  ),
  restricts('allowed_scopes', 'openid,photos', { scope: 'photos' }, { scope: 'photos offline' }),
  restricts(
    'allowed_audiences',
    'https://a.example/',
    { audience: ['https://a.example/'] },
    { audience: ['https://b.example/'] },
  ),
  restricts(
    'allowed_token_endpoint_auth_methods',
    'none',
    { token_endpoint_auth_method: 'none' },
    { token_endpoint_auth_method: 'client_secret_post' },
  ),
];
