/**
 * What is looked up by is as long as the smallest database takes it, on every engine alike: longer ones are refused, the answer says
 * which field it is, and no row comes of it. The longest go all the way.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LABEL_BYTES, NAME_BYTES, SUBJECT_BYTES, SUBJECT_CHARACTERS } from '../../src/protocol/storable.js';
import { givenSigner, type TestSigner } from '../support/assertion.js';
import { openBrowser, type Request, send } from '../support/browser.js';
import { approveDevice, givenDeviceClient, obtainCodes, poll } from '../support/device.js';
import { sendInVain } from '../support/refusal.js';
import {
  askToken,
  authorizationUrl,
  challengeIn,
  claimsOf,
  givenClient,
  introspect,
  obtainCode,
  obtainTokens,
  redeem,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { type TemporaryDatabase, temporaryDatabase } from '../support/temporary-database.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ISSUERS = '/trust/grants/jwt-bearer/issuers';
const ISSUER = 'https://issuer.example/';

const database: TemporaryDatabase = await temporaryDatabase();
let hydrant: Hydrant;
let client: TestClient;
let signer: TestSigner;

beforeAll(async () => {
  hydrant = await startHydrant({
    settings: {
      DSN: database.dsn,
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
      OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'some-salt-value',
    },
  });
  signer = await givenSigner();
  client = await givenClient(hydrant, {
    client_id: 'known',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER],
  });
  const trust = { issuer: ISSUER, allow_any_subject: true, jwk: signer.jwk, expires_at: '2099-01-01T00:00:00Z' };
  expect((await send(`${hydrant.adminUrl}/admin${ISSUERS}`, { json: trust })).status).toBe(201);
});

afterAll(async () => {
  await hydrant.close();
  await database[Symbol.asyncDispose]();
});

const refused = (url: string | URL, request?: Request) => sendInVain(database, url, request);

async function challenge(): Promise<string> {
  return challengeIn(await openBrowser().get(authorizationUrl(hydrant, client)), 'login');
}

function claims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const aud = `${hydrant.publicUrl}/oauth2/token`;
  return { iss: ISSUER, sub: 'alice', aud, iat: now, exp: now + 300, jti: `jti-${Math.random()}` };
}

const DROP = '💧';
/** As long as a subject may be, in characters and in bytes. */
const SUBJECT = DROP.repeat(SUBJECT_CHARACTERS);
const TOO_LONG = 'x'.repeat(NAME_BYTES + 1);
/** Few enough characters, but too many bytes. */
const TOO_WIDE = 'ä'.repeat(NAME_BYTES / 2 + 1);

describe('lengths', () => {
  test.each([
    ['client_id', NAME_BYTES],
    ['client_name', LABEL_BYTES],
    ['owner', LABEL_BYTES],
  ])('%s has at most %d bytes', async (field, bytes) => {
    for (const [path, error] of [
      ['/admin/clients', 'invalid_client_metadata'],
      ['/clients', 'invalid_request'],
    ] as const) {
      for (const text of ['x'.repeat(bytes + 1), 'ä'.repeat(bytes / 2 + 1)]) {
        const answer = await refused(hydrant.adminUrl + path, { json: { [field]: text } });
        expect([path, answer.status, answer.json.error]).toEqual([path, 400, error]);
        expect(answer.text).toContain(`The field ${field} must have at most ${bytes} bytes`);
      }
    }
    const longest = `${'ä'.repeat((bytes - 2) / 2)}${'x'.repeat(bytes % 2 === 0 ? 2 : 3)}`;
    expect(Buffer.byteLength(longest)).toBe(bytes);
    const taken = await send(`${hydrant.adminUrl}/admin/clients`, { json: { [field]: longest } });
    expect([taken.status, taken.json[field]]).toEqual([201, longest]);
    const listed = new URLSearchParams({ [field]: longest });
    const found = await send(`${hydrant.adminUrl}/admin/clients?${listed}`);
    expect(found.text).toContain(String(taken.json.client_id));
  });

  test('a patch, a replacement and a registration are no way around', async () => {
    const json = { owner: 'x'.repeat(LABEL_BYTES + 1) };
    const patch = [{ op: 'replace', path: '/owner', value: json.owner }];
    const url = `${hydrant.adminUrl}/admin/clients/known`;
    for (const answer of [
      await refused(url, { method: 'PATCH', json: patch }),
      await refused(url, { method: 'PUT', json }),
      await refused(`${hydrant.publicUrl}/oauth2/register`, { json }),
    ]) {
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata']);
      expect(answer.text).toContain('The field owner must have');
    }
  });

  test.each(['/admin/keys', '/keys'])('%s: sets and kids', async (path) => {
    const url = hydrant.adminUrl + path;
    for (const name of [TOO_LONG, TOO_WIDE]) {
      const answers = [
        await refused(`${url}/${encodeURIComponent(name)}`, { json: { alg: 'RS256', kid: 'k' } }),
        await refused(`${url}/a-set`, { json: { alg: 'RS256', kid: name } }),
        await refused(`${url}/a-set`, { method: 'PUT', json: { keys: [{ ...signer.jwk, kid: name }] } }),
        await refused(`${url}/a-set/k`, { method: 'PUT', json: { ...signer.jwk, kid: name } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
      expect(answers[0]?.text).toContain('the name of the set');
      for (const { text } of answers.slice(1)) expect(text).toContain('the name of the kid');
    }
    const longest = 'x'.repeat(NAME_BYTES);
    const made = await send(`${url}/${longest}/x`, { method: 'PUT', json: { ...signer.jwk, kid: longest } });
    expect(made.status).toBe(200);
    expect((await send(`${url}/${longest}/${longest}`)).status).toBe(200);
  });

  test.each([`/admin${ISSUERS}`, ISSUERS])('%s', async (path) => {
    const trust = { issuer: ISSUER, subject: 'alice', jwk: signer.jwk, expires_at: '2099-01-01T00:00:00Z' };
    for (const [member, wrong] of [
      ['issuer', { issuer: TOO_LONG }],
      ['issuer', { issuer: TOO_WIDE }],
      ['subject', { subject: SUBJECT + DROP }],
      ['kid of the jwk', { jwk: { ...signer.jwk, kid: TOO_WIDE } }],
    ] as const) {
      const answer = await refused(hydrant.adminUrl + path, { json: { ...trust, ...wrong } });
      expect([answer.status, answer.json.error]).toEqual([400, 'error']);
      expect(answer.text).toContain(`The member ${member} has to be a text of at most`);
    }
  });

  test.each(['subject', 'force_subject_identifier'])('a login app: %s', async (field) => {
    const json = { subject: 'alice', [field]: SUBJECT + DROP };
    for (const path of ['/admin/oauth2', '/oauth2']) {
      const url = `${hydrant.adminUrl}${path}/auth/requests/login/accept?login_challenge=${await challenge()}`;
      const answer = await refused(url, { method: 'PUT', json });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(`The field '${field}' must have at most 255 characters`);
    }
  });

  test('the sub of an assertion', async () => {
    const ask = async (sub: string) =>
      askToken(hydrant, client, { grant_type: JWT_BEARER, assertion: await signer.sign({ ...claims(), sub }) });
    const before = await database.rows();
    const answer = await ask(SUBJECT + DROP);
    expect([answer.status, answer.error]).toEqual([400, 'invalid_grant']);
    expect(answer.text).toContain('The assertion has a sub of more than 255 characters');
    expect(await database.rows()).toEqual(before);
    expect((await introspect(hydrant, (await ask(SUBJECT)).accessToken)).sub).toBe(SUBJECT);
  });
});

describe('the longest subject', () => {
  test('goes all the way', async () => {
    expect(Buffer.byteLength(SUBJECT)).toBe(SUBJECT_BYTES);
    const subject = { subject: SUBJECT, remember: true };
    const { browser, code } = await walk(hydrant, client, { login: subject, consent: { remember: true } });
    const tokens = await redeem(hydrant, client, code);
    expect(claimsOf(tokens.idToken).sub).toBe(SUBJECT);
    expect((await introspect(hydrant, tokens.accessToken)).sub).toBe(SUBJECT);
    const again = await walk(hydrant, client, { browser, params: { id_token_hint: tokens.idToken } });
    expect([again.loginRequest?.skip, again.loginRequest?.subject]).toEqual([true, SUBJECT]);

    const query = new URLSearchParams({ subject: SUBJECT, all: 'true' });
    const sessions = `${hydrant.adminUrl}/admin/oauth2/auth/sessions`;
    expect((await send(`${sessions}/consent?${query}`)).text).toContain(SUBJECT);
    expect((await send(`${sessions}/consent?${query}`, { method: 'DELETE' })).status).toBe(204);
    expect((await introspect(hydrant, tokens.accessToken)).active).toBe(false);
    expect((await send(`${sessions}/login?${query}`, { method: 'DELETE' })).status).toBe(204);
    expect((await walk(hydrant, client, { browser })).loginRequest?.skip).toBe(false);
  });

  test('is remembered under the longest identifier at the client with the longest id', async () => {
    const id = 'x'.repeat(NAME_BYTES);
    const pairwise = await givenClient(hydrant, { client_id: `p${id.slice(1)}`, subject_type: 'pairwise' });
    const forced = '水'.repeat(SUBJECT_CHARACTERS);
    const login = { subject: SUBJECT, force_subject_identifier: forced };
    expect(claimsOf((await obtainTokens(hydrant, pairwise, { login })).idToken).sub).toBe(forced);
    const code = await obtainCode(hydrant, pairwise, { login: { subject: SUBJECT } });
    expect(claimsOf((await redeem(hydrant, pairwise, code)).idToken).sub).toBe(forced);
  });

  test('logs in a device', async () => {
    const device = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, device);
    await approveDevice(hydrant, codes, { login: { subject: SUBJECT } });
    expect(claimsOf((await poll(hydrant, device, codes)).idToken).sub).toBe(SUBJECT);
  });
});
