/** Public contract §17, rows 1 to 9: who asks, and where the answer may go. */
import { describe, expect, test } from 'vitest';
import { sharedAsking } from './asking.js';
import { givenA } from './cast.js';

const { hydrant, ask } = await sharedAsking();

const REFUSED = { status: 302, at: 'error page', params: { error: 'invalid_request' }, flows: 0 };
const BEGUN = { status: 302, at: 'login app', flows: 1 };

test('#1 an unknown client ends at the error page, which does not get the state', async () => {
  const nobody = { id: 'nope', secret: '', redirectUri: '' };
  const refused = await ask(nobody, { state: '12345678', scope: '', nonce: '' });
  expect(refused).toMatchObject({ ...REFUSED, params: { error: 'invalid_client' } });
  expect(refused.params).not.toHaveProperty('state');
});

describe('of a client with https://a.example/cb', () => {
  test('#2 another path is refused', async () => {
    const refused = await ask(await givenA(hydrant), { redirect_uri: 'https://a.example/other' });
    expect(refused).toMatchObject(REFUSED);
    expect(refused.params).not.toHaveProperty('state');
  });

  test('#3 another letter case is refused', async () => {
    expect(await ask(await givenA(hydrant), { redirect_uri: 'HTTPS://A.example/CB' })).toMatchObject(REFUSED);
  });

  test('#4 none at all means the only one, as long as openid is not asked for', async () => {
    const begun = await ask(await givenA(hydrant), { redirect_uri: '', scope: 'photos.read' });
    expect(begun).toMatchObject(BEGUN);
  });

  test('#5 none at all is refused with openid', async () => {
    expect(await ask(await givenA(hydrant), { redirect_uri: '', scope: 'openid' })).toMatchObject(REFUSED);
  });
});

test('#6 a client with two redirect URIs has to say which', async () => {
  const client = await givenA(hydrant, { redirect_uris: ['https://a.example/cb', 'https://a.example/cb2'] });
  expect(await ask(client, { redirect_uri: '', scope: 'photos.read' })).toMatchObject(REFUSED);
  expect(await ask(client, { redirect_uri: 'https://a.example/cb2' })).toMatchObject(BEGUN);
});

describe('at the own machine of the person', () => {
  test('#7 any port of 127.0.0.1 is as good as the registered one', async () => {
    const client = await givenA(hydrant, { redirect_uris: ['http://127.0.0.1/cb'] });
    expect(await ask(client, { redirect_uri: 'http://127.0.0.1:51004/cb' })).toMatchObject(BEGUN);
  });

  test('#8 localhost is a name, so that its port has to be the registered one', async () => {
    const client = await givenA(hydrant, { redirect_uris: ['http://localhost/cb'] });
    expect(await ask(client, { redirect_uri: 'http://localhost:51004/cb' })).toMatchObject(REFUSED);
    expect(await ask(client, { redirect_uri: 'http://localhost/cb' })).toMatchObject(BEGUN);
  });

  test('#9 any port, but no other query', async () => {
    const client = await givenA(hydrant, { redirect_uris: ['http://127.0.0.1/cb'] });
    expect(await ask(client, { redirect_uri: 'http://127.0.0.1:51004/cb?x=1' })).toMatchObject(REFUSED);
  });
});
