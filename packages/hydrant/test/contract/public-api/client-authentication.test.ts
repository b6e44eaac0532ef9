/** Public contract §17, rows 27 to 33 and 65: what the token endpoint wants to see before it looks at a grant. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { givenSigner } from '../../support/assertion.js';
import { type Answer, type Request, send } from '../../support/browser.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { givenA } from './cast.js';

const hydrant = sharedHydrant();

const post = (request: Request): Promise<Answer> => send(`${hydrant.publicUrl}/oauth2/token`, request);
const refusal = (status: number, error: string) => ({ status, json: { error } });
const MACHINE = { grant_type: 'client_credentials' };

/** Basic of a user name and password as they are, unencoded. */
const rawBasic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

test('#27 an empty body is an invalid request', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await post({ body: '', headers })).toMatchObject(refusal(400, 'invalid_request'));
});

describe('a grant type that nobody knows is an invalid request', () => {
  test('#28 with good credentials', async () => {
    const { id, secret } = await givenA(hydrant);
    const answer = await post({ form: { grant_type: 'foo' }, basic: [id, secret] });
    expect(answer).toMatchObject(refusal(400, 'invalid_request'));
  });

  test('#29 with bad ones as well: the grant is looked for first', async () => {
    const { id } = await givenA(hydrant);
    const answer = await post({ form: { grant_type: 'foo' }, basic: [id, 'not the secret'] });
    expect(answer).toMatchObject(refusal(400, 'invalid_request'));
    const known = await post({ form: MACHINE, basic: [id, 'not the secret'] });
    expect(known).toMatchObject(refusal(401, 'invalid_client'));
  });
});

test('#30 no credentials at all are an invalid request', async () => {
  expect(await post({ form: MACHINE })).toMatchObject(refusal(400, 'invalid_request'));
});

test('#31 credentials in the body are not those of a client that has Basic', async () => {
  const { id, secret } = await givenA(hydrant);
  const answer = await post({ form: { ...MACHINE, client_id: id, client_secret: secret } });
  expect(answer).toMatchObject(refusal(401, 'invalid_client'));
  expect(answer.headers.has('www-authenticate')).toBe(false);
  expect(answer.headers.get('cache-control')).toContain('no-store');
});

test('#32 a secret is form-encoded in Basic', async () => {
  const { id } = await givenA(hydrant, { client_secret: 'a+b c%' });
  expect((await post({ form: MACHINE, headers: rawBasic(`${id}:a%2Bb+c%25`) })).status).toBe(200);
  const raw = await post({ form: MACHINE, headers: rawBasic(`${id}:a+b c%`) });
  expect(raw).toMatchObject(refusal(400, 'invalid_request'));
});

test('#33 a secret in both places is refused', async () => {
  const { id, secret } = await givenA(hydrant);
  const form = { ...MACHINE, client_id: id, client_secret: secret };
  expect(await post({ form, basic: [id, secret] })).toMatchObject(refusal(401, 'invalid_client'));
});

test('#65 an assertion for somebody else is refused, and spent', async () => {
  const signer = await givenSigner('a-key', 'RS256');
  const { id } = await givenA(hydrant, {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [signer.jwk] },
  });
  const exp = Math.floor(Date.now() / 1000) + 60;
  const assertionFor = (aud: string) => signer.sign({ iss: id, sub: id, aud, jti: randomUUID(), exp });
  const present = (assertion: string) =>
    post({
      form: {
        ...MACHINE,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    });

  const astray = await assertionFor('https://elsewhere.example/oauth2/token');
  expect(await present(astray)).toMatchObject(refusal(401, 'invalid_client'));
  expect(await present(astray)).toMatchObject(refusal(400, 'jti_known'));

  const good = await assertionFor(`${hydrant.publicUrl}/oauth2/token`);
  expect((await present(good)).status).toBe(200);
  expect(await present(good)).toMatchObject(refusal(400, 'jti_known'));
});
