/** Forms of the answer (fragment, form_post, pairwise subjects) and of the request (objects by value and by reference). */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { listen } from '../support/listener.js';
import {
  CALLBACK,
  claimsOf,
  givenClient,
  introspect,
  isActive,
  obtainTokens,
  redeem,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const hydrant = sharedHydrant({
  settings: {
    OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
    OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'the salt of the tests',
  },
});

describe('answers', () => {
  test('of the implicit and hybrid kinds stand in the fragment', async () => {
    const client = await givenClient(hydrant);
    const { answer, params } = await walk(hydrant, client, { params: { response_type: 'code id_token token' } });
    expect(answer.location?.search).toBe('');
    expect(params).toMatchObject({ token_type: 'bearer', scope: 'openid offline', iss: hydrant.publicUrl });
    expect(await isActive(hydrant, params.access_token ?? '')).toBe(true);
    expect(claimsOf(params.id_token ?? '')).toMatchObject({
      sub: 'alice',
      aud: [client.id],
      nonce: 'a-nonce-that-is-long-enough',
      at_hash: expect.any(String),
      c_hash: expect.any(String),
    });
    const { status, accessToken } = await redeem(hydrant, client, params.code ?? '');
    expect(status).toBe(200);
    expect(accessToken).not.toBe(params.access_token);
  });

  test('by form_post are a page that posts them, and nothing stands in an address', async () => {
    const client = await givenClient(hydrant);
    const { answer } = await walk(hydrant, client, { params: { response_mode: 'form_post' } });
    expect([answer.status, answer.location]).toEqual([200, undefined]);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.text).toContain(`action="${CALLBACK}"`);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(answer.text)?.[1] ?? '';
    expect(field('state')).toBe('a-state-that-is-long-enough');
    expect((await redeem(hydrant, client, field('code'))).status).toBe(200);
  });

  test('by form_post carry a refusal too, and nobody breaks out of the page', async () => {
    const client = await givenClient(hydrant);
    const state = '"><script>alert(1)</script>';
    const { answer } = await walk(hydrant, client, {
      params: { response_mode: 'form_post', state },
      login: { error: 'access_denied' },
    });
    expect(answer.text).toContain('name="error" value="access_denied"');
    expect(answer.text).not.toContain('<script>alert');
  });

  test('name a person differently to every sector, and always alike within one', async () => {
    const [one, two] = await Promise.all(
      ['https://one.example/callback', 'https://two.example/callback'].map((uri) =>
        givenClient(hydrant, { subject_type: 'pairwise', redirect_uris: [uri] }),
      ),
    );
    const sibling = await givenClient(hydrant, {
      subject_type: 'pairwise',
      redirect_uris: ['https://one.example/sibling'],
    });
    if (!one || !two) throw new Error('There are two clients.');
    const subjectAt = async (client: TestClient) => {
      const { idToken, accessToken } = await obtainTokens(hydrant, client);
      const { sub } = claimsOf(idToken);
      const { json } = await send(`${hydrant.publicUrl}/userinfo`, { bearer: accessToken });
      expect(json.sub).toBe(sub);
      expect(await introspect(hydrant, accessToken)).toMatchObject({ sub: 'alice', obfuscated_subject: sub });
      return sub;
    };
    const first = await subjectAt(one);
    expect(first).not.toBe('alice');
    expect(await subjectAt(one)).toBe(first);
    expect(await subjectAt(sibling)).toBe(first);
    expect(await subjectAt(two)).not.toBe(first);
  });

  test('name a person as the login app forces it', async () => {
    const client = await givenClient(hydrant, { subject_type: 'pairwise' });
    const login = { force_subject_identifier: 'alice-at-this-client' };
    expect(claimsOf((await obtainTokens(hydrant, client, { login })).idToken).sub).toBe('alice-at-this-client');
    expect(claimsOf((await obtainTokens(hydrant, client)).idToken).sub).toBe('alice-at-this-client');
  });

  test('carry the claims that the consent app gave', async () => {
    const client = await givenClient(hydrant);
    const session = { access_token: { role: 'admin' }, id_token: { email: 'alice@example.com' } };
    const { idToken, accessToken } = await obtainTokens(hydrant, client, { consent: { session } });
    expect(claimsOf(idToken)).toMatchObject({ email: 'alice@example.com', sub: 'alice' });
    expect(await introspect(hydrant, accessToken)).toMatchObject({ ext: { role: 'admin' } });
  });
});

describe('request objects', () => {
  const makePair = () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const sign = (claims: Record<string, unknown>, key: KeyObject) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key);

  async function givenSigner(metadata: Record<string, unknown> = {}) {
    const { publicKey, privateKey } = await makePair();
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] };
    return {
      client: await givenClient(hydrant, { jwks, request_object_signing_alg: 'ES256', ...metadata }),
      privateKey,
    };
  }

  test('by value say what the query leaves out, and win over it', async () => {
    const { client, privateKey } = await givenSigner();
    const request = await sign({ client_id: client.id, state: 'the-state-of-the-object', max_age: 3600 }, privateKey);
    const { params } = await walk(hydrant, client, { params: { request, state: 'the-state-of-the-query' } });
    expect(params).toMatchObject({ code: expect.any(String), state: 'the-state-of-the-object' });
  });

  test('by value of another key, another client, or without signature are refused', async () => {
    const { client } = await givenSigner();
    const { privateKey: other } = await makePair();
    const unsigned = [{ alg: 'none' }, { state: 'the-state-of-the-object' }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    for (const request of [await sign({ state: 'the-state-of-the-object' }, other), `${unsigned}.`, 'nonsense']) {
      const { answer } = await walk(hydrant, client, { params: { request } });
      expect(answer.location?.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/error\?error=invalid_request_object/);
    }
  });

  test('by reference are fetched from where the client registered them, and from nowhere else', async () => {
    let object = '';
    await using app = await listen(() => ({ body: object }));
    const { client, privateKey } = await givenSigner({ request_uris: [`${app.url}/object`] });
    object = await sign({ state: 'the-state-of-the-object' }, privateKey);
    const { params } = await walk(hydrant, client, { params: { request_uri: `${app.url}/object` } });
    expect(params).toMatchObject({ code: expect.any(String), state: 'the-state-of-the-object' });
    const before = app.received.length;
    const other = await walk(hydrant, client, { params: { request_uri: `${app.url}/other` } });
    expect(other.answer.location?.searchParams.get('error')).toBe('invalid_request_uri');
    expect(app.received).toHaveLength(before);
  });

  test('by reference that cannot be had are refused', async () => {
    await using app = await listen(() => ({ status: 500 }));
    const { client } = await givenSigner({ request_uris: [`${app.url}/object`] });
    const { answer } = await walk(hydrant, client, { params: { request_uri: `${app.url}/object` } });
    expect(answer.location?.searchParams.get('error')).toBe('invalid_request_uri');
  });
});
