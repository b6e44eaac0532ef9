/** What a hint has to say before anybody is asked about a logout: RP-Initiated Logout 1.0 §2. */
import { importJWK, type JWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { claimsOf, givenClient, redeem, walk } from '../support/relying-party.js';
import { startHydrant } from '../support/start-hydrant.js';

test('a hint that the server signed, but for another issuer, session or time, logs nobody out', async () => {
  await using hydrant = await startHydrant();
  const client = await givenClient(hydrant);
  const { browser, code } = await walk(hydrant, client, { login: { remember: true } });
  const own = claimsOf((await redeem(hydrant, client, code)).idToken);
  const { json } = await send(`${hydrant.adminUrl}/admin/keys/hydra.openid.id-token`);
  const [jwk = { kty: 'RSA' }] = json.keys as JWK[];
  const key = await importJWK(jwk, 'RS256');
  const logout = async (claims: Record<string, unknown>) => {
    const hint = await new SignJWT({ ...own, ...claims })
      .setProtectedHeader({ alg: 'RS256', ...(jwk.kid && { kid: jwk.kid }) })
      .sign(key);
    const { location } = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${hint}`);
    return location?.pathname === '/logout' ? 'asked' : location?.searchParams.get('error');
  };

  const wrong = {
    iss: 'https://other.example.com',
    iat: Math.floor(Date.now() / 1000) + 3600,
    sid: '',
    sub: '',
    aud: ['nobody'],
  };
  for (const [claim, value] of Object.entries(wrong)) {
    expect([claim, await logout({ [claim]: value })]).toEqual([claim, 'invalid_request']);
  }
  // The same claims, all of them right: an expired hint is as good as any other.
  expect(await logout({ exp: 1 })).toBe('asked');
  expect((await walk(hydrant, client, { browser })).loginRequest?.skip).toBe(true);
});
