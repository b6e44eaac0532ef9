/** §14.1 of the admin contract: what every operation has in common. */
import { expect, test } from 'vitest';
import { adminEndpoints } from '../../../src/http/admin/index.js';
import { legacyPaths } from '../../../src/http/legacy/index.js';
import { send } from '../../support/browser.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import {
  admin,
  atLogin,
  BOTH,
  CODES,
  decideAs,
  expectRefusal,
  fresh,
  nextOf,
  quickClient,
  read,
} from './admin-side.js';

const hydrant = sharedHydrant();

test('14.1 #1 a refusal repeats X-Request-Id, and has an empty one without [v1.7]', async () => {
  const path = '/oauth2/auth/requests/login?login_challenge=nobody';
  const named = await admin(hydrant, 'v1.7', 'GET', path, { headers: { 'x-request-id': 'abc' } });
  expect(named).toMatchObject({ status: 404, json: { request_id: 'abc' } });
  expect(await admin(hydrant, 'v1.7', 'GET', path)).toMatchObject({ status: 404, json: { request_id: '' } });
});

test('14.1 #2 a refusal has exactly error and error_description [v2+]', async () => {
  const { id } = await quickClient(hydrant);
  const refusals = [
    [404, 'GET', '/oauth2/auth/requests/login?login_challenge=nobody'],
    [400, 'GET', '/oauth2/auth/requests/consent'],
    [400, 'PUT', '/oauth2/auth/requests/device/accept'],
    [404, 'PUT', '/oauth2/auth/requests/logout/reject?logout_challenge=nobody'],
    [400, 'DELETE', '/oauth2/auth/sessions/login'],
    [409, 'POST', '/clients', { client_id: id }],
    [400, 'POST', '/clients', { redirect_uris: ['nowhere'] }],
    [404, 'GET', '/clients/nobody'],
    [400, 'GET', '/clients?page_token=nonsense'],
    [404, 'GET', '/keys/nowhere'],
    [400, 'POST', '/keys/somewhere', { alg: 'HS256' }],
    [400, 'DELETE', '/oauth2/tokens'],
    [400, 'POST', '/trust/grants/jwt-bearer/issuers', {}],
  ] as const;
  for (const [status, method, path, json] of refusals) {
    // The header that the first generation repeats changes nothing here.
    const headers = { 'x-request-id': 'abc' };
    const answer = await admin(hydrant, 'v2+', method, path, { headers, ...(json && { json }) });
    expect(Object.keys(answer.json), `${method} ${path}`).toEqual(['error', 'error_description']);
    expect(answer.status, `${method} ${path}`).toBe(status);
  }
});

test.each(BOTH)('14.1 #3 an unknown member of a login decision [%s]', async (generation) => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const answer = await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'a', foo: 1 });
  if (generation === 'v2+') {
    expect((await browser.get(nextOf(answer))).location?.searchParams.has('consent_challenge')).toBe(true);
    return;
  }
  // Hydra: the body says 500 under a 400; the contract lists it among what need not be copied, the recordings have it so.
  expectRefusal(answer, 'v1.7', 400, CODES.plain);
  expect(answer.json.status_code).toBe(500);
  expect(answer.json.error_debug).toContain('foo');
  // Nothing was decided.
  nextOf(await decideAs(hydrant, 'v1.7', 'accept login', challenge, { subject: 'a' }));
});

test.each(BOTH)('14.1 #4 a login decision without a body [%s]', async (generation) => {
  const { challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const error = { 'v1.7': CODES.plain, 'v2+': CODES.parameter }[generation];
  for (const verb of ['accept login', 'reject login'] as const) {
    expectRefusal(await decideAs(hydrant, generation, verb, challenge), generation, 400, error);
  }
  nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'a' }));
});

// Hydra 1.7 answers 500, which the contract leaves open (§16.2): a mistake of the caller is a 4xx.
test.each(BOTH)('14.1 #5 a client whose JSON breaks off [%s]', async (generation) => {
  const answer = await admin(hydrant, generation, 'POST', '/clients', { body: '{' });
  const error = { 'v1.7': CODES.plain, 'v2+': CODES.malformed }[generation];
  expectRefusal(answer, generation, 400, error);
});

test('14.1 #6 an unknown path is told in JSON with nothing but error [v1.7]', async () => {
  const answer = await admin(hydrant, 'v1.7', 'GET', '/nope');
  expect(answer.status).toBe(404);
  expect(Object.keys(answer.json)).toEqual(['error']);
  // Under /admin it is plain text (§1.2).
  const second = await admin(hydrant, 'v2+', 'GET', '/nope');
  expect([second.status, second.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
});

test.each(BOTH)('14.1 #7 a known path with another method [%s]', async (generation) => {
  const answer = await admin(hydrant, generation, 'GET', '/oauth2/introspect');
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')?.split(', ')).toContain('POST');
});

// Hydra 26 answers both alike. Hydrant has the first generation on the un-prefixed path (contract §16.1): the data are the
// same, the form is that of the path.
test('14.1 #8 with and without /admin the same clients are listed [v2+]', async () => {
  const { id } = await quickClient(hydrant, { client_name: 'listed', skip_consent: true });
  const [first, second] = [
    await admin(hydrant, 'v1.7', 'GET', '/clients'),
    await admin(hydrant, 'v2+', 'GET', '/clients'),
  ];
  const ids = (text: string) => JSON.parse(text).map((client: { client_id: string }) => client.client_id);
  expect(ids(first.text)).toContain(id);
  expect(ids(first.text)).toEqual(ids(second.text));
  expect(first.headers.get('x-total-count')).toBe(String(ids(first.text).length));
  expect(second.headers.has('x-total-count')).toBe(false);
  // Where the generations say the same, so do the paths.
  for (const path of ['/version', '/health/alive', '/health/ready']) {
    const answers = await Promise.all(BOTH.map((generation) => admin(hydrant, generation, 'GET', path)));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(2).fill([200, answers[0]?.text]));
  }
});

test('14.1 #9 no operation asks for credentials [v1.7, v2+]', async () => {
  const operations = [
    ...adminEndpoints.map(({ method, path }) => ({ method, path })),
    ...legacyPaths.map(({ path, endpoint }) => ({ method: endpoint.method, path })),
  ];
  expect(operations.length).toBeGreaterThan(60);
  for (const { method, path } of operations) {
    const id = fresh('there');
    expect((await admin(hydrant, 'v2+', 'POST', '/clients', { json: { client_id: id } })).status).toBe(201);
    const { status } = await send(`${hydrant.adminUrl}${path.replaceAll(/:\w+/g, id)}`, { method });
    expect([401, 403], `${method} ${path}`).not.toContain(status);
    expect(status, `${method} ${path}`).toBeLessThan(500);
  }
});

test.each(BOTH)('14.1 a refusal is JSON without charset, an answer JSON with one [%s]', async (generation) => {
  const { challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const type = async (asked: string) => (await read(hydrant, generation, 'login', asked)).headers.get('content-type');
  expect(await type(challenge)).toBe('application/json; charset=utf-8');
  expect(await type('nobody')).toBe('application/json');
});
