/**
 * `@ory/hydra-client` 26.2.0, unmodified, against `/admin`. What it offers beyond the operations that Hydrant has so far is
 * left out here: patching clients, lifespans, trusted issuers, deleting a client's tokens, device flow, registration.
 */
import { Configuration, JwkApi, MetadataApi, OAuth2Api, OidcApi, WellknownApi } from '@ory/hydra-client-26.2.0';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { authorizationUrl, claimsOf } from './support/authorization-url.js';
import { openBrowser } from './support/browser.js';
import { type AdminCalls, challengeOf, walk, willingApp } from './support/login-app.js';

const callback = 'https://photos.example/callback';
const goodbye = 'https://photos.example/goodbye';

let hydrant: Hydrant;
let admin: OAuth2Api;
let jwks: JwkApi;
let calls: AdminCalls;

beforeAll(async () => {
  hydrant = await startHydrant();
  const configuration = new Configuration({ basePath: hydrant.adminUrl });
  admin = new OAuth2Api(configuration);
  jwks = new JwkApi(configuration);
  calls = callsOf(admin);
});
afterAll(() => hydrant.close());

function callsOf(api: OAuth2Api): AdminCalls {
  return {
    getLogin: async (loginChallenge) => (await api.getOAuth2LoginRequest({ loginChallenge })).data,
    acceptLogin: async (loginChallenge, acceptOAuth2LoginRequest) =>
      (await api.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest })).data.redirect_to,
    rejectLogin: async (loginChallenge, rejectOAuth2Request) =>
      (await api.rejectOAuth2LoginRequest({ loginChallenge, rejectOAuth2Request })).data.redirect_to,
    getConsent: async (consentChallenge) => (await api.getOAuth2ConsentRequest({ consentChallenge })).data,
    acceptConsent: async (consentChallenge, acceptOAuth2ConsentRequest) =>
      (await api.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest })).data.redirect_to,
    rejectConsent: async (consentChallenge, rejectOAuth2Request) =>
      (await api.rejectOAuth2ConsentRequest({ consentChallenge, rejectOAuth2Request })).data.redirect_to,
    getLogout: async (logoutChallenge) => (await api.getOAuth2LogoutRequest({ logoutChallenge })).data,
    acceptLogout: async (logoutChallenge) =>
      (await api.acceptOAuth2LogoutRequest({ logoutChallenge })).data.redirect_to,
    rejectLogout: async (logoutChallenge) => (await api.rejectOAuth2LogoutRequest({ logoutChallenge })).data,
  };
}

const status = (code: number) => expect.objectContaining({ response: expect.objectContaining({ status: code }) });

async function createPhotos(clientId: string): Promise<void> {
  const { status } = await admin.createOAuth2Client({
    oAuth2Client: {
      client_id: clientId,
      client_secret: 'photos-secret',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      scope: 'openid offline photos.read',
      audience: ['https://api.photos.example'],
      redirect_uris: [callback],
      post_logout_redirect_uris: [goodbye],
    },
  });
  expect(status).toBe(201);
}

const asClient = (clientId: string) =>
  new Configuration({ basePath: hydrant.publicUrl, username: clientId, password: 'photos-secret' });

const startUrl = (clientId: string, params: Record<string, string> = {}) =>
  authorizationUrl(hydrant.publicUrl, clientId, {
    redirect_uri: callback,
    scope: 'openid offline photos.read',
    ...params,
  });

const introspect = async (token = '', scope?: string) =>
  (await admin.introspectOAuth2Token({ token, ...(scope && { scope }) })).data;

test('alive, ready, version and metrics', async () => {
  const metadata = new MetadataApi(new Configuration({ basePath: hydrant.adminUrl }));
  expect((await metadata.isAlive()).data).toEqual({ status: 'ok' });
  expect((await metadata.isReady()).data).toEqual({ status: 'ok' });
  expect((await metadata.getVersion()).data).toEqual({ version: expect.stringMatching(/./) });
  const open = new MetadataApi(new Configuration({ basePath: hydrant.publicUrl }));
  expect((await open.isReady()).data).toEqual({ status: 'ok' });
  // No SDK has a method for metrics; they are asked for as a scraper does.
  const metrics = await fetch(`${hydrant.adminUrl}/admin/metrics/prometheus`);
  expect(await metrics.text()).toMatch(/^http_requests_total\{.*endpoint="\/health\/ready".*\} [1-9]/m);
});

test('clients are created, read, listed, replaced and deleted', async () => {
  const oAuth2Client = { client_name: 'Notes', redirect_uris: [callback], owner: 'ada', metadata: { tier: 1 } };
  const created = (await admin.createOAuth2Client({ oAuth2Client })).data;
  expect(created).toMatchObject({ ...oAuth2Client, client_secret: expect.stringMatching(/^.{26}$/) });
  const id = created.client_id ?? '';

  const read = (await admin.getOAuth2Client({ id })).data;
  expect(read).toMatchObject(oAuth2Client);
  expect(read).not.toHaveProperty('client_secret');
  await expect(admin.createOAuth2Client({ oAuth2Client: { client_id: id } })).rejects.toEqual(status(409));
  await expect(admin.createOAuth2Client({ oAuth2Client: { redirect_uris: ['no uri'] } })).rejects.toMatchObject({
    response: { status: 400, data: { error: 'invalid_redirect_uri' } },
  });

  const named = async (clientName: string) =>
    (await admin.listOAuth2Clients({ clientName, pageSize: 10 })).data.map(({ client_id }) => client_id);
  expect(await named('Notes')).toEqual([id]);

  const renamed = { ...read, client_name: 'Notebook', contacts: ['a@b.example'] };
  const replaced = (await admin.setOAuth2Client({ id, oAuth2Client: renamed })).data;
  expect(replaced).toMatchObject({ client_id: id, client_name: 'Notebook', metadata: { tier: 1 } });
  expect((await admin.getOAuth2Client({ id })).data).toMatchObject({ contacts: ['a@b.example'] });
  expect(await named('Notes')).toEqual([]);

  expect((await admin.deleteOAuth2Client({ id })).status).toBe(204);
  await expect(admin.getOAuth2Client({ id })).rejects.toEqual(status(404));
  await expect(admin.deleteOAuth2Client({ id })).rejects.toEqual(status(404));
});

test('clients are listed by page', async () => {
  for (const name of ['a', 'b', 'c']) {
    await admin.createOAuth2Client({ oAuth2Client: { client_id: `paged-${name}`, owner: 'pager' } });
  }
  const first = await admin.listOAuth2Clients({ owner: 'pager', pageSize: 2 });
  expect(first.data.map(({ client_id }) => client_id)).toEqual(['paged-a', 'paged-b']);
  const pageToken = /page_token=([^&>]+)[^>]*>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
  const second = await admin.listOAuth2Clients({
    owner: 'pager',
    pageSize: 2,
    pageToken: decodeURIComponent(pageToken),
  });
  expect(second.data.map(({ client_id }) => client_id)).toEqual(['paged-c']);
});

test('key sets and single keys are created, read, replaced and deleted', async () => {
  const set = 'twenty-six';
  const kids = async () => (await jwks.getJsonWebKeySet({ set })).data.keys?.map(({ kid }) => kid).sort();
  const create = (kid: string) =>
    jwks.createJsonWebKeySet({ set, createJsonWebKeySet: { alg: 'ES256', kid, use: 'sig' } });

  const created = await create('first');
  expect(created.status).toBe(201);
  expect(created.data.keys).toMatchObject([{ kid: 'first', kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }]);
  await expect(create('first')).rejects.toEqual(status(409));

  const [single] = (await jwks.getJsonWebKey({ set, kid: 'first' })).data.keys ?? [];
  if (!single) throw new Error('no key came back');
  const jsonWebKey = { ...single, use: 'enc' };
  expect((await jwks.setJsonWebKey({ set, kid: 'first', jsonWebKey })).data).toMatchObject({ use: 'enc' });
  expect((await jwks.getJsonWebKey({ set, kid: 'first' })).data.keys).toEqual([jsonWebKey]);

  const jsonWebKeySet = { keys: [{ ...single, kid: 'second' }] };
  expect((await jwks.setJsonWebKeySet({ set, jsonWebKeySet })).data).toEqual(jsonWebKeySet);
  expect(await kids()).toEqual(['second']);

  await create('third');
  expect((await jwks.deleteJsonWebKey({ set, kid: 'second' })).status).toBe(204);
  expect(await kids()).toEqual(['third']);
  expect((await jwks.deleteJsonWebKeySet({ set })).status).toBe(204);
  await expect(jwks.getJsonWebKeySet({ set })).rejects.toEqual(status(404));
});

test('introspection tells a covered scope from others, and a live token from none', async () => {
  await createPhotos('introspected');
  const api = new OAuth2Api(asClient('introspected'));
  const { access_token } = (await api.oauth2TokenExchange({ grantType: 'client_credentials' })).data;
  expect(await introspect(access_token)).toMatchObject({
    active: true,
    client_id: 'introspected',
    sub: 'introspected',
    iss: hydrant.publicUrl,
    token_type: 'Bearer',
    token_use: 'access_token',
  });
  expect(await introspect(access_token, 'photos.write')).toEqual({ active: false });
  expect(await introspect('nobody.knows')).toEqual({ active: false });
});

describe('login', () => {
  test('the request is shown, and answering it sends the browser on', async () => {
    await createPhotos('login-shown');
    const browser = openBrowser();
    const url = startUrl('login-shown', { login_hint: 'ada@photos.example', audience: 'https://api.photos.example' });
    const loginChallenge = await challengeOf(browser, url, 'login');
    expect((await admin.getOAuth2LoginRequest({ loginChallenge })).data).toMatchObject({
      challenge: loginChallenge,
      skip: false,
      subject: '',
      client: { client_id: 'login-shown' },
      requested_scope: ['openid', 'offline', 'photos.read'],
      requested_access_token_audience: ['https://api.photos.example'],
      oidc_context: { login_hint: 'ada@photos.example' },
      request_url: url.href,
    });
    const answer = { subject: 'ada', acr: 'gold', amr: ['pwd', 'otp'], context: { a: [1] } };
    const next = await calls.acceptLogin(loginChallenge, answer);
    const consentChallenge = await challengeOf(browser, next, 'consent');
    const { subject, ...passedOn } = answer;
    expect((await admin.getOAuth2ConsentRequest({ consentChallenge })).data).toMatchObject({ subject, ...passedOn });
  });

  test('a refusal reaches the client', async () => {
    await createPhotos('login-refused');
    const app = {
      ...willingApp(calls, { login: { subject: 'ada' } }),
      login: (challenge: string) => calls.rejectLogin(challenge, { error: 'access_denied', error_description: 'No' }),
    };
    const { url } = await walk(openBrowser(), startUrl('login-refused'), app);
    expect(url.origin + url.pathname).toBe(callback);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ error: 'access_denied', error_description: 'No' });
  });

  test('an unknown challenge is not found', async () => {
    await expect(admin.getOAuth2LoginRequest({ loginChallenge: 'unknown' })).rejects.toEqual(status(404));
    await expect(admin.getOAuth2ConsentRequest({ consentChallenge: 'unknown' })).rejects.toEqual(status(404));
    await expect(admin.rejectOAuth2LogoutRequest({ logoutChallenge: 'unknown' })).rejects.toEqual(status(404));
  });

  test.for(['subject', 'sid'] as const)('revoking login sessions by %s ends remembered logins', async (by) => {
    const clientId = `session-revoked-by-${by}`;
    await createPhotos(clientId);
    const browser = openBrowser();
    const app = willingApp(calls, { login: { subject: `owner-${by}`, remember: true, remember_for: 600 } });
    await walk(browser, startUrl(clientId), app);
    const ask = async () => {
      const loginChallenge = await challengeOf(browser, startUrl(clientId), 'login');
      return (await admin.getOAuth2LoginRequest({ loginChallenge })).data;
    };
    const remembered = await ask();
    expect(remembered).toMatchObject({ skip: true, subject: `owner-${by}` });
    const target = by === 'sid' ? { sid: remembered.session_id ?? '' } : { subject: remembered.subject };
    expect((await admin.revokeOAuth2LoginSessions(target)).status).toBe(204);
    expect(await ask()).toMatchObject({ skip: false, subject: '' });
  });
});

describe('consent', () => {
  test('a refusal reaches the client', async () => {
    await createPhotos('consent-refused');
    const app = {
      ...willingApp(calls, { login: { subject: 'ada' } }),
      consent: (challenge: string) => calls.rejectConsent(challenge, { error: 'access_denied' }),
    };
    const { url } = await walk(openBrowser(), startUrl('consent-refused'), app);
    expect(url.searchParams.get('error')).toBe('access_denied');
  });

  test.for(['subject and client', 'subject', 'consent request'] as const)(
    'consents are listed, and revoking them by %s ends their tokens',
    async (by) => {
      const clientId = `consents-by-${by.replaceAll(' ', '-')}`;
      const subject = `owner of ${clientId}`;
      await createPhotos(clientId);
      const session = { access_token: { tier: 'gold' }, id_token: { nickname: 'Li' } };
      const consent = { remember: true, remember_for: 3600, session };
      const { url } = await walk(openBrowser(), startUrl(clientId), willingApp(calls, { login: { subject }, consent }));
      const tokens = (
        await new OAuth2Api(asClient(clientId)).oauth2TokenExchange({
          grantType: 'authorization_code',
          code: url.searchParams.get('code') ?? '',
          redirectUri: callback,
        })
      ).data;
      expect(await introspect(tokens.access_token)).toMatchObject({ active: true, ext: { tier: 'gold' } });

      const [listed, ...more] = (await admin.listOAuth2ConsentSessions({ subject })).data;
      expect(more).toEqual([]);
      expect(listed).toMatchObject({
        grant_scope: ['openid', 'offline', 'photos.read'],
        ...consent,
        consent_request: { subject, client: { client_id: clientId } },
      });

      const targets = {
        'subject and client': { subject, client: clientId },
        subject: { subject, all: true },
        'consent request': { consentRequestId: listed?.consent_request_id ?? '' },
      };
      expect((await admin.revokeOAuth2ConsentSessions(targets[by])).status).toBe(204);
      expect((await admin.listOAuth2ConsentSessions({ subject })).data).toEqual([]);
      expect(await introspect(tokens.access_token)).toEqual({ active: false });
      expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
    },
  );
});

test('a whole journey: login, consent, tokens, user info, refresh, revocation, logout', async () => {
  await createPhotos('journey');
  const api = new OAuth2Api(asClient('journey'));
  const browser = openBrowser();
  const app = willingApp(calls, {
    login: { subject: 'traveller', remember: true },
    consent: { session: { id_token: { nickname: 'Tess' } } },
  });
  const oidc = new OidcApi(new Configuration({ basePath: hydrant.publicUrl }));
  expect((await oidc.discoverOidcConfiguration()).data).toMatchObject({ issuer: hydrant.publicUrl });

  const { url } = await walk(browser, startUrl('journey'), app);
  const code = url.searchParams.get('code') ?? '';
  const exchange = { grantType: 'authorization_code', code, redirectUri: callback };
  const tokens = (await api.oauth2TokenExchange(exchange)).data;
  expect(claimsOf(tokens.id_token)).toMatchObject({ sub: 'traveller', aud: ['journey'], nickname: 'Tess' });
  const { kid } = JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString());
  const published = (await new WellknownApi(asClient('journey')).discoverJsonWebKeys()).data;
  expect(published.keys?.map((key) => key.kid)).toContain(kid);
  const accessToken = tokens.access_token ?? '';
  const userInfo = new OidcApi(new Configuration({ basePath: hydrant.publicUrl, accessToken }));
  expect((await userInfo.getOidcUserInfo()).data).toMatchObject({ sub: 'traveller', nickname: 'Tess' });

  const refreshToken = tokens.refresh_token ?? '';
  const next = (await api.oauth2TokenExchange({ grantType: 'refresh_token', refreshToken })).data;
  expect(next.refresh_token).not.toBe(refreshToken);
  expect((await api.revokeOAuth2Token({ token: next.refresh_token ?? '' })).status).toBe(200);
  expect(await introspect(next.access_token)).toEqual({ active: false });

  const logoutUrl = new URL('/oauth2/sessions/logout', hydrant.publicUrl);
  const hint = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: goodbye, state: 'bye' };
  logoutUrl.search = new URLSearchParams(hint).toString();

  // First the person stays, then they go.
  const logoutChallenge = await challengeOf(browser, logoutUrl, 'logout');
  expect((await admin.getOAuth2LogoutRequest({ logoutChallenge })).data).toMatchObject({
    challenge: logoutChallenge,
    subject: 'traveller',
    rp_initiated: true,
    client: { client_id: 'journey' },
  });
  expect((await admin.rejectOAuth2LogoutRequest({ logoutChallenge })).status).toBe(204);
  await expect(admin.getOAuth2LogoutRequest({ logoutChallenge })).rejects.toEqual(status(404));

  expect((await walk(browser, logoutUrl, app)).url.href).toBe(`${goodbye}?state=bye`);
  const loginChallenge = await challengeOf(browser, startUrl('journey'), 'login');
  expect((await admin.getOAuth2LoginRequest({ loginChallenge })).data).toMatchObject({ skip: false });
});
