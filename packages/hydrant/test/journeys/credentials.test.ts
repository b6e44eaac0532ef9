/** Verifiable credentials of the claims about a person (draft 00). */
import { expect, test } from 'vitest';
import { givenSigner } from '../support/assertion.js';
import { type Answer, send } from '../support/browser.js';
import { clockAt, HOUR, MINUTE } from '../support/clock.js';
import {
  claimsOf,
  clientCredentials,
  givenClient,
  obtainTokens,
  refresh,
  type TokenAnswer,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { startHydrant } from '../support/start-hydrant.js';

const SCOPE = 'openid offline userinfo_credential_draft_00';
const TYPES = ['VerifiableCredential', 'UserInfoCredential'];
const clock = clockAt();
const hydrant = sharedHydrant({ clock });
type Server = typeof hydrant;

async function givenTokens(server: Server = hydrant, metadata: Record<string, unknown> = {}): Promise<TokenAnswer> {
  const client = await givenClient(server, { scope: SCOPE, ...metadata });
  return obtainTokens(server, client, {
    params: { scope: SCOPE },
    consent: { session: { id_token: { email: 'al@example.com' } } },
  });
}

async function proofOf(nonce: unknown, alg = 'ES256', header: Record<string, unknown> = {}) {
  const holder = await givenSigner('', alg);
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = holder.jwk;
  const typ = 'openid4vci-proof+jwt';
  const iat = Math.floor(clock.now() / 1000);
  const jwt = await holder.sign({ aud: hydrant.publicUrl, iat, nonce }, { typ, kid: undefined, jwk, ...header });
  return { jwk, proof: { proof_type: 'jwt', jwt } };
}

function ask(bearer: string, body: Record<string, unknown>, server: Server = hydrant): Promise<Answer> {
  return send(`${server.publicUrl}/credentials`, { bearer, json: { format: 'jwt_vc_json', types: TYPES, ...body } });
}

test.each(['ES256', 'EdDSA', 'RS256', 'PS384'])(
  'a credential speaks of the person to the holder of the key (%s)',
  async (alg) => {
    const tokens = await givenTokens();
    expect(tokens.json.c_nonce_expires_in_draft_00).toBe(3600);
    const { jwk, proof } = await proofOf(tokens.json.c_nonce_draft_00, alg);
    const { status, json } = await ask(tokens.accessToken, { proof });
    expect([status, json.format]).toEqual([200, 'jwt_vc_json']);
    const credential = claimsOf(String(json.credential_draft_00));
    const id = String(credential.sub);
    expect(JSON.parse(Buffer.from(id.replace('did:jwk:', ''), 'base64url').toString())).toEqual(jwk);
    expect(credential).toMatchObject({ iss: hydrant.publicUrl, exp: Number(credential.iat) + 3600 });
    expect(credential.vc).toEqual({
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      type: TYPES,
      credentialSubject: { id, sub: 'alice', sid: claimsOf(tokens.idToken).sid, email: 'al@example.com' },
    });
  },
);

test('claims can take the place neither of the subject nor of the key', async () => {
  const client = await givenClient(hydrant, { scope: SCOPE });
  const session = { id_token: { id: 'did:jwk:mallory', sub: 'mallory' } };
  const tokens = await obtainTokens(hydrant, client, { params: { scope: SCOPE }, consent: { session } });
  const { proof } = await proofOf(tokens.json.c_nonce_draft_00);
  const credential = claimsOf(String((await ask(tokens.accessToken, { proof })).json.credential_draft_00));
  expect(credential.vc).toMatchObject({ credentialSubject: { sub: 'alice', id: credential.sub } });
});

test('without a proof there is a nonce for it, as good as the first', async () => {
  const tokens = await givenTokens();
  const { status, json } = await ask(tokens.accessToken, {});
  expect([status, json.error, json.format, json.c_nonce_expires_in]).toEqual([400, 'missing_proof', 'jwt_vc', 3600]);
  expect(json.c_nonce).not.toBe(tokens.json.c_nonce_draft_00);
  for (const nonce of [json.c_nonce, tokens.json.c_nonce_draft_00])
    expect((await ask(tokens.accessToken, { proof: (await proofOf(nonce)).proof })).status).toBe(200);
});

test('refreshed tokens have a nonce of their own', async () => {
  const client = await givenClient(hydrant, { scope: SCOPE });
  const tokens = await obtainTokens(hydrant, client, { params: { scope: SCOPE } });
  const refreshed = await refresh(hydrant, client, tokens.refreshToken);
  const { proof: old } = await proofOf(tokens.json.c_nonce_draft_00);
  expect((await ask(refreshed.accessToken, { proof: old })).json.error).toBe('invalid_request');
  const { proof } = await proofOf(refreshed.json.c_nonce_draft_00);
  expect((await ask(refreshed.accessToken, { proof })).status).toBe(200);
});

test('a nonce lives as long as the setting says', async () => {
  await using brief = await startHydrant({ clock, settings: { TTL_VC_NONCE: '5m', TTL_ACCESS_TOKEN: '2h' } });
  const tokens = await givenTokens(brief);
  expect(tokens.json.c_nonce_expires_in_draft_00).toBe(300);
  const { proof } = await proofOf(tokens.json.c_nonce_draft_00);
  expect((await ask(tokens.accessToken, { proof }, brief)).status).toBe(200);
  clock.advance(5 * MINUTE);
  expect((await ask(tokens.accessToken, { proof }, brief)).json.error).toBe('invalid_request');
});

test('a proof that proves nothing is refused', async () => {
  const tokens = await givenTokens();
  const nonce = tokens.json.c_nonce_draft_00;
  const other = await givenTokens();
  const stranger = await proofOf(nonce);
  const { proof: good } = await proofOf(nonce);
  const [header, claims] = good.jwt.split('.');
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', jwk: stranger.jwk })).toString('base64url');
  for (const proof of [
    (await proofOf('nonsense')).proof,
    (await proofOf(undefined)).proof,
    (await proofOf(other.json.c_nonce_draft_00)).proof,
    (await proofOf(nonce, 'ES256', { jwk: stranger.jwk })).proof,
    (await proofOf(nonce, 'ES256', { jwk: undefined })).proof,
    (await proofOf(nonce, 'ES256', { jwk: { kty: 'oct', k: 'AAAA' } })).proof,
    { ...good, proof_type: 'cwt' },
    { proof_type: 'jwt' },
    { proof_type: 'jwt', jwt: 'nonsense' },
    { proof_type: 'jwt', jwt: `${header}.${claims}.AAAA` },
    { proof_type: 'jwt', jwt: `${unsigned}.${claims}.` },
    'nonsense',
  ])
    expect(await ask(tokens.accessToken, { proof })).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
  expect((await ask(tokens.accessToken, { proof: good, format: 'ldp_vc' })).json.error).toBe('invalid_request');
  expect((await ask(tokens.accessToken, { proof: good })).status).toBe(200);
});

test('only a living access token with both scopes will do, and no nonce is told for another', async () => {
  const tokens = await givenTokens();
  const { proof } = await proofOf(tokens.json.c_nonce_draft_00);
  for (const bearer of ['nonsense', tokens.refreshToken, tokens.idToken])
    expect((await ask(bearer, { proof })).status).toBe(401);
  expect((await send(`${hydrant.publicUrl}/credentials`, { json: {} })).status).toBe(401);
  const client = await givenClient(hydrant);
  const plain = await obtainTokens(hydrant, client);
  expect(plain.json).not.toHaveProperty('c_nonce_draft_00');
  const answer = await ask(plain.accessToken, {});
  expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
  expect(answer.json).not.toHaveProperty('c_nonce');
  const own = await clientCredentials(hydrant, await givenClient(hydrant, { scope: SCOPE }), { scope: SCOPE });
  expect((await ask(own.accessToken, { proof })).status).toBe(403);
  clock.advance(HOUR);
  expect((await ask(tokens.accessToken, { proof })).status).toBe(401);
});

test('a body that is no JSON is refused, after the token', async () => {
  const tokens = await givenTokens();
  const broken = (bearer: string) => send(`${hydrant.publicUrl}/credentials`, { bearer, body: '{' });
  expect(await broken(tokens.accessToken)).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
  expect((await broken('nonsense')).status).toBe(401);
});
