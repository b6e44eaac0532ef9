/** Native apps (RFC 8252): the field that says that a client is one, and the port that it may then choose. */
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { givenClient, obtainCode, pkce, redeem, walk } from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const hydrant = sharedHydrant();

const LOCALHOST = 'http://localhost/callback';
const ANY_PORT = 'http://localhost:51004/callback';
const app = { redirect_uris: [LOCALHOST], token_endpoint_auth_method: 'none' };

test('a native client gets its code at any port of localhost, others do not', async () => {
  const { params, verifier } = pkce();
  const asking = { ...params, redirect_uri: ANY_PORT };
  const client = await givenClient(hydrant, { ...app, application_type: 'native' });
  const code = await obtainCode(hydrant, client, { params: asking });
  const sent = { code_verifier: verifier, redirect_uri: ANY_PORT };
  expect((await redeem(hydrant, client, code, sent)).status).toBe(200);

  const { answer } = await walk(hydrant, await givenClient(hydrant, app), { params: asking });
  expect(answer.location?.searchParams.get('error_description')).toContain('application_type native');
});

test('the field is kept, shown where it is set, patched, and left alone by those who do not know it', async () => {
  const { id } = await givenClient(hydrant, app);
  const [newer, older] = [`${hydrant.adminUrl}/admin/clients/${id}`, `${hydrant.adminUrl}/clients/${id}`];
  for (const url of [newer, older]) expect((await send(url)).json).not.toHaveProperty('application_type');

  const patch = [{ op: 'replace', path: '/application_type', value: 'native' }];
  expect((await send(newer, { method: 'PATCH', json: patch })).json.application_type).toBe('native');
  const { application_type: _type, ...rest } = (await send(older)).json;
  expect((await send(older, { method: 'PUT', json: rest })).status).toBe(200);
  for (const url of [newer, older]) expect((await send(url)).json.application_type).toBe('native');
});

test('other types are refused', async () => {
  const json = { ...app, application_type: 'desktop' };
  expect(await send(`${hydrant.adminUrl}/admin/clients`, { json })).toMatchObject({
    status: 400,
    json: { error: 'invalid_client_metadata', error_description: expect.stringContaining('native or web') },
  });
});
