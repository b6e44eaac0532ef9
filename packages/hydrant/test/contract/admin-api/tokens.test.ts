/** §14.8 of the admin contract: introspection, upkeep of tokens, trusted issuers, health. */
import { beforeAll, expect, test } from 'vitest';
import { givenSigner, type TestSigner } from '../../support/assertion.js';
import { type Request, send } from '../../support/browser.js';
import { clockAt, DAY, MINUTE } from '../../support/clock.js';
import { claimsOf, clientCredentials, isActive, obtainTokens, refresh } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { temporaryDatabase } from '../../support/temporary-database.js';
import { admin, BOTH, CODES, expectRefusal, fresh, type Generation, quickClient } from './admin-side.js';

const hydrant = sharedHydrant({
  settings: {
    OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
    OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'a salt of the tests',
  },
});

const ISSUERS = '/trust/grants/jwt-bearer/issuers';

const introspect = (generation: Generation, form: Readonly<Record<string, string>>) =>
  admin(hydrant, generation, 'POST', '/oauth2/introspect', { form });

test.each(BOTH)('14.8 #89 what introspection says of a token [%s]', async (generation) => {
  const client = await quickClient(hydrant, { audience: ['https://api.example'] });
  const issued = await clientCredentials(hydrant, client);
  const answer = await introspect(generation, { token: issued.accessToken });
  expect(answer.headers.get('content-type')?.toLowerCase()).toBe('application/json;charset=utf-8');
  const { json } = answer;
  expect(json).toMatchObject({ active: true, client_id: client.id, sub: client.id });
  // Both in whole seconds, of which the end is rounded up: a token lives at least as long as it is said to.
  expect([3600, 3601]).toContain(Number(json.exp) - Number(json.iat));
  if (generation === 'v1.7') {
    expect(json).toMatchObject({ token_type: 'access_token', iss: `${hydrant.publicUrl}/` });
    for (const name of ['token_use', 'nbf', 'aud', 'ext', 'username']) expect(json).not.toHaveProperty(name);
  } else {
    const second = { token_type: 'Bearer', token_use: 'access_token', nbf: json.iat, aud: [], iss: hydrant.publicUrl };
    expect(json).toMatchObject(second);
  }
  const { refreshToken } = await obtainTokens(hydrant, client);
  const refreshing = (await introspect(generation, { token: refreshToken })).json;
  expect(refreshing).toMatchObject(
    { 'v1.7': { token_type: 'refresh_token' }, 'v2+': { token_type: 'Bearer', token_use: 'refresh_token' } }[
      generation
    ],
  );
});

test.each(BOTH)('14.8 #90 a token is inactive for a scope that it does not cover [%s]', async (generation) => {
  const client = await quickClient(hydrant, { scope: 'foo.* baz' });
  const { accessToken: token } = await clientCredentials(hydrant, client, { scope: 'foo.* baz' });
  for (const scope of ['foo.bar', 'foo.bar baz', 'foo.bar  foo.x ', '']) {
    expect((await introspect(generation, { token, scope })).json.active, scope).toBe(true);
  }
  for (const scope of ['bar', 'foo', 'foo.bar bar']) {
    const answer = await introspect(generation, { token, scope });
    expect([answer.status, answer.json], scope).toEqual([200, { active: false }]);
  }
});

test.each(BOTH)('14.8 #91 what never was a token, or is none any more [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const used = (await obtainTokens(hydrant, client)).refreshToken;
  const { accessToken: left } = await refresh(hydrant, client, used);
  const basic = [client.id, client.secret] as const;
  await send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token: left }, basic });
  for (const form of [{ token: 'garbage' }, { token: '' }, { other: 'field' }, { token: left }]) {
    const answer = await introspect(generation, { ...form });
    expect([answer.status, answer.json]).toEqual([200, { active: false }]);
  }
});

test.each(BOTH)('14.8 #92 introspection of no form [%s]', async (generation) => {
  const form = 'application/x-www-form-urlencoded';
  const requests: readonly Request[] = [
    {},
    { headers: { 'content-type': form } },
    { json: { token: 'x' } },
    { body: 'token=x', headers: { 'content-type': 'text/plain' } },
    { body: 'not multipart', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
  ];
  for (const request of requests) {
    const answer = await admin(hydrant, generation, 'POST', '/oauth2/introspect', request);
    expect([answer.status, answer.json.error], answer.text).toEqual([400, 'invalid_request']);
    const members = ['error', 'error_description'];
    // The OAuth form of a refusal, which has no request_id in either generation.
    if (generation === 'v1.7') members.push('error_hint', 'status_code');
    expect(Object.keys(answer.json)).toEqual(members);
  }
});

test.each(BOTH)('14.8 #93 the subject that a pairwise client does not know [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant, { subject_type: 'pairwise' }), fresh('alice')];
  const { idToken, accessToken } = await obtainTokens(hydrant, client, { login: { subject } });
  const known = claimsOf(idToken).sub;
  expect(known).not.toBe(subject);
  const { json } = await introspect(generation, { token: accessToken });
  expect(json).toMatchObject({ sub: subject, obfuscated_subject: known });
  const open = await obtainTokens(hydrant, await quickClient(hydrant), { login: { subject } });
  const other = (await introspect(generation, { token: open.accessToken })).json;
  expect(other.sub).toBe(subject);
  expect(other).not.toHaveProperty('obfuscated_subject');
});

test('14.8 #94 a flush deletes what is over and old enough, and nothing that lives [v1.7]', async () => {
  await using database = await temporaryDatabase();
  const clock = clockAt();
  await using server = await startHydrant({ clock, settings: { DSN: database.dsn } });
  const client = await quickClient(server);
  const issue = async () => (await clientCredentials(server, client)).accessToken;
  const c = await issue();
  clock.advance(59 * MINUTE);
  const b = await issue();
  clock.advance(61 * MINUTE);
  const a = await issue();
  expect(await Promise.all([a, b, c].map((token) => isActive(server, token)))).toEqual([true, false, false]);
  for (const [before, left] of [
    [DAY, 3],
    [90 * MINUTE, 2],
    [0, 1],
  ] as const) {
    const notAfter = new Date(clock.now() - before).toISOString();
    const answer = await admin(server, 'v1.7', 'POST', '/oauth2/flush', { json: { notAfter } });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await database.count('token')).toBe(left);
  }
  const later = new Date(clock.now() + DAY).toISOString();
  await admin(server, 'v1.7', 'POST', '/oauth2/flush', { json: { notAfter: later } });
  expect(await isActive(server, a)).toBe(true);
});

// Hydra 1.7 answers 500 to a body that it cannot use; it is the caller's mistake (§16.2).
test.each(BOTH)('14.8 #95 a flush without a body [%s]', async (generation) => {
  const flush = (request: Request = {}) => admin(hydrant, generation, 'POST', '/oauth2/flush', request);
  if (generation === 'v2+') {
    // The operation went with 2.0.
    expect((await flush({ json: {} })).status).toBe(404);
    return;
  }
  for (const request of [{}, { body: '{' }, { json: { notAfter: 'yesterday' } }, { json: { notAfter: 7 } }]) {
    expectRefusal(await flush(request), generation, 400, CODES.plain);
  }
  expect((await flush({ json: {} })).status).toBe(204);
});

// Hydra 1.7 has no such operation; un-prefixed paths have it as 1.11 does.
test.each(BOTH)('14.8 #96 the access tokens of a client [%s]', async (generation) => {
  const end = (query: string) => admin(hydrant, generation, 'DELETE', `/oauth2/tokens${query}`);
  const answer = await end('?client_id=nobody');
  expect([answer.status, answer.text]).toEqual([204, '']);
  for (const query of ['', '?client_id=']) {
    expectRefusal(await end(query), generation, 400, CODES.parameter, 'client_id');
  }
  const [client, other] = [await quickClient(hydrant), await quickClient(hydrant)];
  const [tokens, others] = [await obtainTokens(hydrant, client), await obtainTokens(hydrant, other)];
  expect((await end(`?client_id=${client.id}`)).status).toBe(204);
  const all = [tokens.accessToken, tokens.refreshToken, others.accessToken];
  expect(await Promise.all(all.map((token) => isActive(hydrant, token)))).toEqual([false, true, true]);
});

let signer: TestSigner;
beforeAll(async () => {
  signer = await givenSigner();
});

const trusted = (more: Readonly<Record<string, unknown>> = {}) => ({
  issuer: fresh('https://issuer.example/'),
  subject: 'alice',
  jwk: signer.jwk,
  expires_at: '2035-01-01T00:00:00Z',
  ...more,
});

/** How many issuers of this name are trusted. */
async function countOf(generation: Generation, issuer: string): Promise<number> {
  const answer = await admin(hydrant, generation, 'GET', `${ISSUERS}?issuer=${encodeURIComponent(issuer)}`);
  return JSON.parse(answer.text).length;
}

// Hydra 1.7 has no trusted issuers; un-prefixed paths have them as 1.11 does.
test.each(BOTH)('14.8 #97 an issuer for one person and for all [%s]', async (generation) => {
  for (const members of [
    { allow_any_subject: true },
    { subject: '' },
    { issuer: '' },
    { expires_at: undefined },
    { jwk: { ...signer.jwk, kid: '' } },
  ]) {
    const json = trusted(members);
    const answer = await admin(hydrant, generation, 'POST', ISSUERS, { json });
    expectRefusal(answer, generation, 400, 'missing_required_parameter');
    expect(await countOf(generation, json.issuer)).toBe(0);
  }
});

test.each(BOTH)('14.8 #98 an issuer that is trusted already [%s]', async (generation) => {
  const json = trusted();
  const first = await admin(hydrant, generation, 'POST', ISSUERS, { json });
  expect(first.status, first.text).toBe(201);
  const again = await admin(hydrant, generation, 'POST', ISSUERS, { json: { ...json, scope: ['more'] } });
  expectRefusal(again, generation, 409, CODES.exists);
  const { json: kept } = await admin(hydrant, generation, 'GET', `${ISSUERS}/${first.json.id}`);
  expect(kept).toMatchObject({ issuer: json.issuer, scope: [] });
  expect(await countOf(generation, json.issuer)).toBe(1);
  const other = await admin(hydrant, generation, 'POST', ISSUERS, { json: { ...json, subject: 'bob' } });
  expect(other.status).toBe(201);
});

test.each(BOTH)('14.8 #99 the id of an issuer that is no UUID [%s]', async (generation) => {
  const [status, error] = { 'v1.7': [404, CODES.noRow] as const, 'v2+': [400, CODES.malformed] as const }[generation];
  for (const method of ['GET', 'DELETE']) {
    expectRefusal(await admin(hydrant, generation, method, `${ISSUERS}/not-a-uuid`), generation, status, error);
    const unknown = await admin(hydrant, generation, method, `${ISSUERS}/00000000-0000-4000-8000-000000000000`);
    expectRefusal(unknown, generation, 404, CODES.noRow);
  }
});

test('14.8 #100 health without a database [v1.7, v2+]', async () => {
  await using server = await startHydrant();
  for (const generation of BOTH) {
    expect((await admin(server, generation, 'GET', '/health/ready')).json).toEqual({ status: 'ok' });
  }
  await server.store.close();
  for (const generation of BOTH) {
    const alive = await admin(server, generation, 'GET', '/health/alive');
    expect([alive.status, alive.json]).toEqual([200, { status: 'ok' }]);
  }
  const first = await admin(server, 'v1.7', 'GET', '/health/ready');
  expect([first.status, first.json]).toEqual([503, { errors: { database: expect.stringMatching(/./) } }]);
  // Hydra 26 has the shape of its other errors.
  expectRefusal(await admin(server, 'v2+', 'GET', '/health/ready'), 'v2+', 503, CODES.plain);
  // The public side does not say why (§12).
  const open = await send(`${server.publicUrl}/health/ready`);
  expectRefusal(open, 'v2+', 503, CODES.plain);
  expect(open.text).not.toContain(String(Object.values(first.json.errors ?? {})[0]));
});
