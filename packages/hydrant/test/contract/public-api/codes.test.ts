/** Public contract §17, rows 34 to 43: client credentials, and codes in right and wrong hands. */
import { describe, expect, test } from 'vitest';
import {
  clientCredentials,
  introspect,
  isActive,
  obtainCode,
  obtainTokens,
  pkce,
  redeem,
  refresh,
} from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { givenA, givenP } from './cast.js';

const hydrant = sharedHydrant();

const INVALID_GRANT = { status: 400, error: 'invalid_grant', accessToken: '' };

describe('client credentials', () => {
  test('#34 are not for a client without credentials', async () => {
    expect(await clientCredentials(hydrant, await givenP(hydrant))).toMatchObject(INVALID_GRANT);
  });

  test('#35 give neither an ID token nor a refresh token, whatever the scope', async () => {
    const client = await givenA(hydrant);
    const { status, json, accessToken } = await clientCredentials(hydrant, client, { scope: 'openid offline' });
    expect(status).toBe(200);
    expect(Object.keys(json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(json.scope).toBe('openid offline');
    expect(await introspect(hydrant, accessToken)).toMatchObject({ active: true, sub: client.id });
  });
});

test('#36 a token lives an hour, and says so with a second of leeway', async () => {
  const client = await givenA(hydrant);
  const first = await obtainTokens(hydrant, client);
  const answers = [first, await refresh(hydrant, client, first.refreshToken), await clientCredentials(hydrant, client)];
  for (const { json } of answers) {
    expect(Number.isInteger(json.expires_in)).toBe(true);
    expect(json.expires_in).toBeGreaterThanOrEqual(3598);
    expect(json.expires_in).toBeLessThanOrEqual(3600);
    expect(json.token_type).toBe('bearer');
  }
});

describe('a code', () => {
  test('#37 of another client is refused, and not used up', async () => {
    const [client, other] = [await givenA(hydrant), await givenA(hydrant)];
    const code = await obtainCode(hydrant, client);
    expect(await redeem(hydrant, other, code)).toMatchObject(INVALID_GRANT);
    expect((await redeem(hydrant, client, code)).status).toBe(200);
  });

  test('#38 with another redirect URI is refused, and not used up', async () => {
    const client = await givenA(hydrant);
    const code = await obtainCode(hydrant, client);
    const elsewhere = { redirect_uri: 'https://a.example/other' };
    expect(await redeem(hydrant, client, code, elsewhere)).toMatchObject(INVALID_GRANT);
    expect((await redeem(hydrant, client, code)).status).toBe(200);
  });

  test('#39 that comes again ends what it gave', async () => {
    const client = await givenA(hydrant);
    const code = await obtainCode(hydrant, client);
    const first = await redeem(hydrant, client, code);
    expect(await isActive(hydrant, first.accessToken)).toBe(true);
    expect(await redeem(hydrant, client, code)).toMatchObject(INVALID_GRANT);
    expect(await isActive(hydrant, first.accessToken)).toBe(false);
    expect(await refresh(hydrant, client, first.refreshToken)).toMatchObject(INVALID_GRANT);
  });

  test('#43 gives no refresh token to a client that may not refresh', async () => {
    const client = await givenA(hydrant, { grant_types: ['authorization_code'] });
    const { json } = await obtainTokens(hydrant, client, { params: { scope: 'openid offline' } });
    expect(json.scope).toBe('openid offline');
    expect(json).not.toHaveProperty('refresh_token');
  });
});

describe('PKCE', () => {
  const { params, verifier } = pkce();

  /**
   * Hydra forgets the challenge at the first wrong verifier and then takes the code without one, where PKCE is not
   * enforced. Hydrant burns the code (RFC 7636 §7.1), so the third try fails as well.
   */
  test('#40 a wrong verifier burns the code', async () => {
    const client = await givenA(hydrant);
    const code = await obtainCode(hydrant, client, { params });
    const wrong = { code_verifier: 'another-verifier-of-more-than-forty-three-characters' };
    expect(await redeem(hydrant, client, code, wrong)).toMatchObject(INVALID_GRANT);
    expect(await redeem(hydrant, client, code, { code_verifier: verifier })).toMatchObject(INVALID_GRANT);
    expect(await redeem(hydrant, client, code)).toMatchObject(INVALID_GRANT);

    const another = await obtainCode(hydrant, client, { params });
    expect((await redeem(hydrant, client, another, { code_verifier: verifier })).status).toBe(200);
  });

  test('#41 a verifier without a challenge before it is refused', async () => {
    const client = await givenA(hydrant);
    const code = await obtainCode(hydrant, client);
    expect(await redeem(hydrant, client, code, { code_verifier: verifier })).toMatchObject(INVALID_GRANT);
  });

  test('#42 a verifier of 42 characters is too short, even where it fits', async () => {
    const client = await givenA(hydrant);
    const [short, long] = [pkce('a'.repeat(42)), pkce('a'.repeat(43))];
    const code = await obtainCode(hydrant, client, { params: short.params });
    expect(await redeem(hydrant, client, code, { code_verifier: short.verifier })).toMatchObject(INVALID_GRANT);
    const another = await obtainCode(hydrant, client, { params: long.params });
    expect((await redeem(hydrant, client, another, { code_verifier: long.verifier })).status).toBe(200);
  });
});
