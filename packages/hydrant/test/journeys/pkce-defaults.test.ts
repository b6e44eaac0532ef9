/** Who has to use PKCE by default, how, and what relaxes it (RFC 9700 §2.1.1). */
import { expect, test } from 'vitest';
import { givenClient, obtainCode, pkce, redeem } from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const hydrant = sharedHydrant();

test('a public client has to use PKCE, and reads which setting says so', async () => {
  const client = await givenClient(hydrant, { token_endpoint_auth_method: 'none' });
  await expect(obtainCode(hydrant, client)).rejects.toThrow(/enforced_for_public_clients/);
  const { params, verifier } = pkce();
  const code = await obtainCode(hydrant, client, { params });
  expect((await redeem(hydrant, client, code, { code_verifier: verifier })).status).toBe(200);
});

const open = sharedHydrant({
  settings: { OAUTH2_PKCE_ENFORCED_FOR_PUBLIC_CLIENTS: 'false', OAUTH2_PKCE_ALLOW_PLAIN: 'true' },
});

test('plain is for servers that allow it; elsewhere its refusal names the setting', async () => {
  const { verifier } = pkce();
  const plain = { params: { code_challenge: verifier, code_challenge_method: 'plain' } };
  await expect(obtainCode(hydrant, await givenClient(hydrant), plain)).rejects.toThrow(/oauth2\.pkce\.allow_plain/);
  const client = await givenClient(open, { token_endpoint_auth_method: 'none' });
  const code = await obtainCode(open, client, plain);
  expect((await redeem(open, client, code, { code_verifier: verifier })).status).toBe(200);
  expect((await redeem(open, client, await obtainCode(open, client))).status).toBe(200);
});
