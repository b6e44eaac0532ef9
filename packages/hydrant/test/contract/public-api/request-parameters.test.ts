/** Public contract §17, rows 10 to 20: what an authorization request says, checked before anybody logs in. */
import { describe, expect, test } from 'vitest';
import { givenSigner } from '../../support/assertion.js';
import { openBrowser } from '../../support/browser.js';
import { authorizationUrl, challengeIn, decide, redeem } from '../../support/relying-party.js';
import { sharedAsking } from './asking.js';
import { givenA } from './cast.js';
import { landing } from './landing.js';

const { hydrant, ask } = await sharedAsking();

/** Straight to the client, without a login. */
function atClient(error: string) {
  return { status: 303, at: 'https://a.example/cb', place: 'query', params: { error }, flows: 0 };
}

const BEGUN = { status: 302, at: 'login app', flows: 1 };

describe('the state', () => {
  test('#10 of seven characters is refused, and repeated all the same', async () => {
    const refused = await ask(await givenA(hydrant), { state: '1234567' });
    expect(refused).toMatchObject(atClient('invalid_state'));
    expect(refused.params.state).toBe('1234567');
  });

  test('#11 that is missing is refused, and repeated empty', async () => {
    const refused = await ask(await givenA(hydrant), { state: '' });
    expect(refused).toMatchObject(atClient('invalid_state'));
    expect(refused.params.state).toBe('');
  });
});

test('#12 photos.* stands for everything below photos, and not for photos', async () => {
  const client = await givenA(hydrant);
  expect(await ask(client, { scope: 'photos.read.all' })).toMatchObject(BEGUN);
  expect(await ask(client, { scope: 'photos' })).toMatchObject(atClient('invalid_scope'));
});

describe('the response type', () => {
  // The default place of this type is the fragment, but what was not registered has no place of its own.
  test('#13 that the client does not have is refused in the query', async () => {
    const client = await givenA(hydrant);
    expect(await ask(client, { response_type: 'token' })).toMatchObject(atClient('unsupported_response_type'));
  });

  test('#14 that is missing is unsupported, not an invalid request', async () => {
    const client = await givenA(hydrant);
    expect(await ask(client, { response_type: '' })).toMatchObject(atClient('unsupported_response_type'));
  });

  test('#15 is a set: the order of its words does not count', async () => {
    const client = await givenA(hydrant, { response_types: ['code id_token'] });
    expect(await ask(client, { response_type: 'id_token code' })).toMatchObject(BEGUN);
    expect(await ask(client, { response_type: 'code' })).toMatchObject(atClient('unsupported_response_type'));
  });
});

test('#16 registration by parameter is refused', async () => {
  const client = await givenA(hydrant);
  expect(await ask(client, { registration: '{}' })).toMatchObject(atClient('registration_not_supported'));
});

test('#17 an audience that the client did not register is refused', async () => {
  const asked = { audience: 'https://api.example/' };
  expect(await ask(await givenA(hydrant), asked)).toMatchObject(atClient('invalid_request'));
  const registered = await givenA(hydrant, { audience: ['https://api.example/'] });
  expect(await ask(registered, asked)).toMatchObject(BEGUN);
});

test('#18 claims are ignored', async () => {
  expect(await ask(await givenA(hydrant), { claims: '{"id_token":{}}' })).toMatchObject(BEGUN);
});

test('#19 a request object counts with openid alone; a bad one ends at the error page', async () => {
  const keyless = await givenA(hydrant);
  const { jwk } = await givenSigner('a-key', 'RS256');
  const keyed = await givenA(hydrant, { jwks: { keys: [jwk] } });
  const [plain, openid] = [
    { request: 'garbage', scope: 'photos.read' },
    { request: 'garbage', scope: 'openid' },
  ];
  expect(await ask(keyless, plain)).toMatchObject(BEGUN);
  expect(await ask(keyed, plain)).toMatchObject(BEGUN);
  const at = { status: 302, at: 'error page', flows: 0 };
  expect(await ask(keyless, openid)).toMatchObject({ ...at, params: { error: 'invalid_request' } });
  expect(await ask(keyed, openid)).toMatchObject({ ...at, params: { error: 'invalid_request_object' } });
});

/**
 * Hydra forgets the body, and shows `invalid_client` on the error page once the login is done. OpenID Connect Core
 * §3.1.2.1 wants both methods to work, so Hydrant keeps what was posted and goes on to the end.
 */
test('#20 a request by POST is remembered with its body', async () => {
  const client = await givenA(hydrant);
  const browser = openBrowser();
  const { searchParams } = authorizationUrl(hydrant, client);
  const asked = await browser.post(`${hydrant.publicUrl}/oauth2/auth`, Object.fromEntries(searchParams));
  expect(landing(asked)).toMatchObject({ status: 302, at: 'login app' });
  const next = await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' });
  const loggedIn = await browser.get(next);
  expect(landing(loggedIn)).toMatchObject({ status: 302, at: 'consent app' });
  const grant = { grant_scope: ['openid'] };
  const end = await browser.get(await decide(hydrant, 'consent', challengeIn(loggedIn, 'consent'), grant));
  expect(landing(end)).toMatchObject({ status: 303, at: client.redirectUri });
  expect((await redeem(hydrant, client, landing(end).params.code ?? '')).status).toBe(200);
});
