/** Where Hydra is unsafe and Hydrant is not: one short test for each, found by recording real servers. */
import { compactVerify, createLocalJWKSet } from 'jose';
import { describe, expect, test } from 'vitest';
import { givenSigner } from '../support/assertion.js';
import { send } from '../support/browser.js';
import { clockAt, MINUTE, SECOND } from '../support/clock.js';
import { approveDevice, DEVICE_SETTINGS, givenDeviceClient, obtainCodes, poll } from '../support/device.js';
import {
  askToken,
  givenClient,
  obtainCode,
  obtainTokens,
  pkce,
  redeem,
  refresh,
  type TokenAnswer,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const clock = clockAt();
const hydrant = sharedHydrant({ clock, settings: DEVICE_SETTINGS });

const REFUSED = { status: 400, error: 'invalid_grant', accessToken: '', refreshToken: '' };

// Hydra forgets the challenge at a wrong verifier, and the next try needs none.
test('a wrong PKCE verifier burns the code, for right verifiers and for none', async () => {
  const client = await givenClient(hydrant);
  const { params, verifier } = pkce();
  for (const second of [{}, { code_verifier: verifier }]) {
    const code = await obtainCode(hydrant, client, { params });
    const wrong = { code_verifier: `${verifier}-not` };
    expect(await redeem(hydrant, client, code, wrong)).toMatchObject(REFUSED);
    expect(await redeem(hydrant, client, code, second)).toMatchObject(REFUSED);
  }
});

describe('assertions of a trusted issuer', () => {
  const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const now = () => Math.floor(clock.now() / 1000);

  /** Trusts an issuer for ten minutes and returns what asks for tokens with its assertion. */
  async function givenIssuer(issuer: string): Promise<(claims?: Record<string, unknown>) => Promise<TokenAnswer>> {
    const client = await givenClient(hydrant, { grant_types: [GRANT] });
    const signer = await givenSigner(`key of ${issuer}`);
    const expires = new Date(clock.now() + 10 * MINUTE).toISOString();
    const json = { issuer, subject: 'alice', scope: ['openid'], jwk: signer.jwk, expires_at: expires };
    expect((await send(`${hydrant.adminUrl}/admin/trust/grants/jwt-bearer/issuers`, { json })).status).toBe(201);
    let made = 0;
    return async (claims = {}) => {
      const aud = `${hydrant.publicUrl}/oauth2/token`;
      const usual = { iss: issuer, sub: 'alice', aud, iat: now(), exp: now() + 300, jti: `${issuer} ${++made}` };
      return askToken(hydrant, client, { grant_type: GRANT, assertion: await signer.sign({ ...usual, ...claims }) });
    };
  }

  // Hydra goes on giving tokens.
  test('are good for nothing once the trust has expired', async () => {
    const ask = await givenIssuer('https://short-lived.example');
    expect((await ask()).status).toBe(200);
    clock.advance(10 * MINUTE);
    expect(await ask()).toMatchObject(REFUSED);
  });

  // Hydra answers 500.
  test('that have expired, or are not valid yet, are the mistake of whoever sends them', async () => {
    const ask = await givenIssuer('https://out-of-time.example');
    for (const claims of [
      { exp: now() - 1 },
      { iat: now() - 3600, exp: now() - 1800 },
      { nbf: now() + 3600, exp: now() + 7200 },
      { iat: now() + 3600, nbf: now() + 3600, exp: now() + 7200 },
    ])
      expect(await ask(claims), JSON.stringify(claims)).toMatchObject(REFUSED);
    expect((await ask()).status).toBe(200);
  });

  test('of a client about itself as well', async () => {
    const signer = await givenSigner('own key', 'ES256');
    const client = await givenClient(hydrant, {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [signer.jwk] },
    });
    const ask = async (jti: string, claims: Record<string, unknown>) =>
      askToken(
        hydrant,
        { ...client, secret: '' },
        {
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await signer.sign({
            iss: client.id,
            sub: client.id,
            aud: hydrant.publicUrl,
            jti,
            ...claims,
          }),
        },
      );
    expect(await ask('expired', { exp: now() - 1 })).toMatchObject({ status: 401, error: 'invalid_client' });
    const early = await ask('early', { nbf: now() + 3600, exp: now() + 7200 });
    expect(early).toMatchObject({ status: 401, error: 'invalid_client' });
    expect((await ask('right', { exp: now() + 60 })).status).toBe(200);
  });
});

// Hydra keeps it waiting until its code expires.
test.each(['login', 'consent'] as const)('a device that is refused at the %s is told', async (where) => {
  const client = await givenDeviceClient(hydrant);
  const codes = await obtainCodes(hydrant, client);
  expect((await poll(hydrant, client, codes)).error).toBe('authorization_pending');
  await approveDevice(hydrant, codes, { [where]: { error: 'access_denied' } });
  clock.advance(10 * SECOND);
  expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'access_denied' });
});

// Hydra signs with the new key and writes the name of the old one.
test('what is refreshed after a rotation names the key that signed it', async () => {
  const client = await givenClient(hydrant, { access_token_strategy: 'jwt' });
  const first = await obtainTokens(hydrant, client);
  await expectSigned(first);
  for (const set of ['hydra.openid.id-token', 'hydra.jwt.access-token']) {
    const rotated = await send(`${hydrant.adminUrl}/admin/keys/${set}`, {
      json: { alg: 'RS256', use: 'sig', kid: '' },
    });
    expect(rotated.status, rotated.text).toBe(201);
  }
  const next = await refresh(hydrant, client, first.refreshToken);
  await expectSigned(next);
  expect(kidOf(next.idToken)).not.toBe(kidOf(first.idToken));
  expect(kidOf(next.accessToken)).not.toBe(kidOf(first.accessToken));
  // The old ones still verify.
  await expectSigned(first);
});

/** Verifies the ID token and the access token with the key that each names. */
async function expectSigned({ idToken, accessToken }: TokenAnswer): Promise<void> {
  const keys = createLocalJWKSet(JSON.parse((await send(`${hydrant.publicUrl}/.well-known/jwks.json`)).text));
  for (const token of [idToken, accessToken])
    await compactVerify(token, keys).catch((error: Error) => expect.fail(`${kidOf(token)}: ${error.message}`));
}

function kidOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
}

// Hydra's handler dies of some, and the connection with it.
test.each(['', '/admin'])(
  'whatever is sent as the token of a page, there is an answer (%s/clients)',
  async (prefix) => {
    const tokens = ['AAAA', 'nonsense', '!', '%00', '%ff', '=', '..', 'x'.repeat(5_000), 'eyJwYWdlIjoiLTEifQ'];
    for (const token of tokens) {
      const { status } = await send(`${hydrant.adminUrl}${prefix}/clients?page_token=${token}&page_size=1`);
      // The first generation knows no such parameter, but nothing that no database could store.
      expect(status, token).toBe(prefix === '' && token !== '%00' ? 200 : 400);
    }
  },
);

// Hydra sends the browser from `/` to `/`.
test('at the root there is nothing, and no redirect to it', async () => {
  for (const url of [hydrant.publicUrl, hydrant.adminUrl]) {
    for (const path of ['/', '//', '/?', '/?a=b']) {
      const { status, location } = await send(url + path);
      expect([status, location], url + path).toEqual([404, undefined]);
    }
  }
});
