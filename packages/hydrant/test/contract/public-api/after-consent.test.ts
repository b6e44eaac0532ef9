/** Public contract §17, rows 21 to 26: what is told only once login and consent are over, and what success looks like. */
import { describe, expect, test } from 'vitest';
import { isActive, obtainCode, obtainTokens, pkce, redeem, walk } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { BEHIND_PROXY, givenA, givenImplicit, openBrowserBeyondProxy, PUBLIC_ADDRESS } from './cast.js';
import { landing } from './landing.js';

const hydrant = sharedHydrant();

test('#21 a plain code challenge is refused after login and consent', async () => {
  const client = await givenA(hydrant);
  const params = { code_challenge: pkce().verifier, code_challenge_method: 'plain' };
  const { loginRequest, consentRequest, answer } = await walk(hydrant, client, { params });
  expect([loginRequest?.skip, consentRequest?.skip]).toEqual([false, false]);
  expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'invalid_request' } });
  expect(landing(answer).params).not.toHaveProperty('code');
});

test('#22 a client without the code grant gets a code that it cannot redeem', async () => {
  const client = await givenA(hydrant, { grant_types: ['client_credentials'] });
  const code = await obtainCode(hydrant, client);
  expect(await redeem(hydrant, client, code)).toMatchObject({ status: 400, error: 'unauthorized_client' });
});

describe('the nonce', () => {
  const params = { response_type: 'id_token' };

  test('#23 is needed for an ID token from here', async () => {
    const client = await givenImplicit(hydrant);
    const { consentRequest, answer } = await walk(hydrant, client, { params: { ...params, nonce: '' } });
    expect(consentRequest).toBeDefined();
    expect(landing(answer)).toMatchObject({
      at: client.redirectUri,
      place: 'fragment',
      params: { error: 'invalid_request' },
    });
  });

  test('#24 of four characters is refused here, or where the code is redeemed', async () => {
    const implicit = await givenImplicit(hydrant);
    const { consentRequest, answer } = await walk(hydrant, implicit, { params: { ...params, nonce: '1234' } });
    expect(consentRequest).toBeDefined();
    expect(landing(answer)).toMatchObject({ place: 'fragment', params: { error: 'insufficient_entropy' } });

    const client = await givenA(hydrant);
    const code = await obtainCode(hydrant, client, { params: { nonce: '1234' } });
    const redeemed = await redeem(hydrant, client, code);
    expect(redeemed).toMatchObject({ status: 400, error: 'insufficient_entropy', accessToken: '' });
    const tokens = await obtainTokens(hydrant, client, { params: { nonce: '12345678' } });
    expect(await isActive(hydrant, tokens.accessToken)).toBe(true);
  });
});

describe('#25 a redirect over plain http to another machine', () => {
  const metadata = { redirect_uris: ['http://rp.example/cb'] };

  test('gets its code in development mode', async () => {
    const client = await givenA(hydrant, metadata);
    expect((await redeem(hydrant, client, await obtainCode(hydrant, client))).status).toBe(200);
  });

  test('gets a refusal elsewhere, after login and consent', async () => {
    await using hydrant = await startHydrant({ settings: BEHIND_PROXY });
    const client = await givenA(hydrant, metadata);
    const browser = openBrowserBeyondProxy(hydrant);
    const { consentRequest, answer } = await walk(hydrant, client, { browser });
    expect(consentRequest).toBeDefined();
    expect(landing(answer)).toMatchObject({ at: 'http://rp.example/cb', params: { error: 'invalid_request' } });
    expect(landing(answer).params).not.toHaveProperty('code');

    const secure = await givenA(hydrant);
    const allowed = landing((await walk(hydrant, secure, { browser })).answer);
    expect(allowed).toMatchObject({ at: secure.redirectUri, params: { iss: PUBLIC_ADDRESS } });
    expect((await redeem(hydrant, secure, allowed.params.code ?? '')).status).toBe(200);
  });
});

/** Hydra sends the first three. Hydrant adds `iss` to every authorization response (RFC 9207): docs/decisions/0011. */
test('#26 success is code, scope, state and iss, with a space as +', async () => {
  const client = await givenA(hydrant);
  const { answer } = await walk(hydrant, client, { params: { scope: 'openid photos.read' } });
  const { status, at, place, params } = landing(answer);
  expect({ status, at, place }).toEqual({ status: 303, at: client.redirectUri, place: 'query' });
  expect(params).toEqual({
    code: expect.stringMatching(/^ory_ac_/),
    scope: 'openid photos.read',
    state: 'a-state-that-is-long-enough',
    iss: hydrant.publicUrl,
  });
  expect(answer.location?.search).toMatch(/[?&]scope=openid\+photos\.read(&|$)/);
  expect(answer.headers.get('cache-control')).toContain('no-store');
});
