/** Public contract §17, rows 55 to 60: userinfo. */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { clientCredentials, isActive, obtainTokens } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { givenA } from './cast.js';

const hydrant = sharedHydrant();

const userinfo = (bearer?: string) => send(`${hydrant.publicUrl}/userinfo`, bearer === undefined ? {} : { bearer });

test('#55 nothing without a token', async () => {
  const refused = await userinfo();
  expect(refused).toMatchObject({ status: 401, json: { error: 'request_unauthorized' } });
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="request_unauthorized",error_description="/);
});

/**
 * The row is about tokens of Hydra's form, with 43 characters before the dot. Hydrant's own have 40, and there an altered
 * one is invalid like any other, with 401 (RFC 6750 §3.1): no client can have learned another answer for them.
 */
test('#56 a token whose random part was altered has a wrong signature', async () => {
  const { accessToken } = await obtainTokens(hydrant, await givenA(hydrant));
  const [random = '', signature = ''] = accessToken.replace('ory_at_', '').split('.');
  for (const form of [`${'A'.repeat(43)}.${signature}`, `ory_at_${'A'.repeat(43)}.${signature}`]) {
    const refused = await userinfo(form);
    expect(refused).toMatchObject({ status: 400, json: { error: 'token_signature_mismatch' } });
    expect(refused.headers.has('www-authenticate')).toBe(false);
  }
  const altered = await userinfo(`ory_at_${random.slice(0, -1)}${random.endsWith('A') ? 'Q' : 'A'}.${signature}`);
  expect(altered).toMatchObject({ status: 401, json: { error: 'request_unauthorized' } });
  expect((await userinfo(accessToken)).status).toBe(200);
});

test('#57 a refresh token is no access token', async () => {
  const { refreshToken } = await obtainTokens(hydrant, await givenA(hydrant));
  const refused = await userinfo(refreshToken);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
  expect(await isActive(hydrant, refreshToken)).toBe(true);
});

test('#58 openid is not needed; where there is no person there is no sub', async () => {
  const client = await givenA(hydrant);
  const plain = await obtainTokens(hydrant, client, { params: { scope: 'photos.read' } });
  expect(await userinfo(plain.accessToken)).toMatchObject({ status: 200, json: { sub: 'alice' } });
  const machine = await userinfo((await clientCredentials(hydrant, client)).accessToken);
  expect(machine.status).toBe(200);
  expect(machine.json).not.toHaveProperty('sub');
});

test('#59 the token may stand in the query', async () => {
  const { accessToken } = await obtainTokens(hydrant, await givenA(hydrant));
  const answer = await send(`${hydrant.publicUrl}/userinfo?access_token=${encodeURIComponent(accessToken)}`);
  expect(answer).toMatchObject({ status: 200, json: { sub: 'alice' } });
});

test('#60 aud is shown, sid is not', async () => {
  const client = await givenA(hydrant);
  const { accessToken } = await obtainTokens(hydrant, client);
  const { json } = await userinfo(accessToken);
  expect(json).toMatchObject({ aud: [client.id], iss: hydrant.publicUrl });
  expect(Object.keys(json)).toEqual(expect.arrayContaining(['sub', 'aud', 'iss', 'iat', 'rat', 'auth_time']));
  for (const gone of ['sid', 'nonce', 'at_hash', 'c_hash', 'exp', 'jti']) expect(json).not.toHaveProperty(gone);
});
