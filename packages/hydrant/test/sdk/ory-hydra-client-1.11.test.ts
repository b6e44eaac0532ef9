/**
 * `@ory/hydra-client` 1.11.8, unmodified, against the un-prefixed paths. What it offers beyond the operations that
 * Hydrant has so far is left out here: patching clients, trusted issuers, deleting a client's tokens.
 */
import { AdminApi, Configuration, MetadataApi, PublicApi } from '@ory/hydra-client-1.11.8';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { authorizationUrl, claimsOf } from './support/authorization-url.js';
import { openBrowser } from './support/browser.js';
import { type AdminCalls, challengeOf, walk, willingApp } from './support/login-app.js';

const callback = 'https://photos.example/callback';
const goodbye = 'https://photos.example/goodbye';

let hydrant: Hydrant;
let admin: AdminApi;
let metadata: MetadataApi;
let calls: AdminCalls;

beforeAll(async () => {
  hydrant = await startHydrant();
  const configuration = new Configuration({ basePath: hydrant.adminUrl });
  admin = new AdminApi(configuration);
  metadata = new MetadataApi(configuration);
  calls = callsOf(admin);
});
afterAll(() => hydrant.close());

function callsOf(api: AdminApi): AdminCalls {
  return {
    getLogin: async (challenge) => (await api.getLoginRequest(challenge)).data,
    acceptLogin: async (challenge, answer) => (await api.acceptLoginRequest(challenge, answer)).data.redirect_to,
    rejectLogin: async (challenge, refusal) => (await api.rejectLoginRequest(challenge, refusal)).data.redirect_to,
    getConsent: async (challenge) => (await api.getConsentRequest(challenge)).data,
    acceptConsent: async (challenge, answer) => (await api.acceptConsentRequest(challenge, answer)).data.redirect_to,
    rejectConsent: async (challenge, refusal) => (await api.rejectConsentRequest(challenge, refusal)).data.redirect_to,
    getLogout: async (challenge) => (await api.getLogoutRequest(challenge)).data,
    acceptLogout: async (challenge) => (await api.acceptLogoutRequest(challenge)).data.redirect_to,
    rejectLogout: async (challenge) => (await api.rejectLogoutRequest(challenge)).data,
  };
}

const status = (code: number) => expect.objectContaining({ response: expect.objectContaining({ status: code }) });

async function createPhotos(clientId: string): Promise<void> {
  const { status } = await admin.createOAuth2Client({
    client_id: clientId,
    client_secret: 'photos-secret',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope: 'openid offline photos.read',
    redirect_uris: [callback],
    post_logout_redirect_uris: [goodbye],
  });
  expect(status).toBe(201);
}

const publicApi = (clientId: string) =>
  new PublicApi(new Configuration({ basePath: hydrant.publicUrl, username: clientId, password: 'photos-secret' }));

const bearerApi = (accessToken: string) =>
  new PublicApi(new Configuration({ basePath: hydrant.publicUrl, accessToken }));

const startUrl = (clientId: string, params: Record<string, string> = {}) =>
  authorizationUrl(hydrant.publicUrl, clientId, {
    redirect_uri: callback,
    scope: 'openid offline photos.read',
    ...params,
  });

test('alive, ready and version', async () => {
  expect((await metadata.isAlive()).data).toEqual({ status: 'ok' });
  expect((await metadata.isReady()).data).toEqual({ status: 'ok' });
  expect((await metadata.getVersion()).data).toEqual({ version: expect.stringMatching(/./) });
});

test('clients are created, read, listed, replaced and deleted', async () => {
  const created = (await admin.createOAuth2Client({ client_name: 'Notes', redirect_uris: [callback], owner: 'ada' }))
    .data;
  expect(created).toMatchObject({ client_name: 'Notes', client_secret: expect.stringMatching(/^.{26}$/) });
  const id = created.client_id ?? '';

  const read = (await admin.getOAuth2Client(id)).data;
  expect(read).toMatchObject({ client_name: 'Notes', redirect_uris: [callback], owner: 'ada' });
  expect(read).not.toHaveProperty('client_secret');
  await expect(admin.createOAuth2Client({ client_id: id })).rejects.toEqual(status(409));

  const listed = await admin.listOAuth2Clients(500, 0);
  expect(listed.data.map(({ client_id }) => client_id)).toContain(id);
  expect(Number(listed.headers['x-total-count'])).toBe(listed.data.length);

  const replaced = (await admin.updateOAuth2Client(id, { ...read, client_name: 'Notebook', contacts: ['a@b.example'] }))
    .data;
  expect(replaced).toMatchObject({ client_id: id, client_name: 'Notebook', owner: 'ada' });
  expect((await admin.getOAuth2Client(id)).data).toMatchObject({ client_name: 'Notebook', contacts: ['a@b.example'] });

  expect((await admin.deleteOAuth2Client(id)).status).toBe(204);
  await expect(admin.getOAuth2Client(id)).rejects.toEqual(status(401));
});

test('key sets and single keys are created, read, replaced and deleted', async () => {
  const set = 'one-eleven';
  const kids = async () => (await admin.getJsonWebKeySet(set)).data.keys?.map(({ kid }) => kid).sort();

  const created = await admin.createJsonWebKeySet(set, { alg: 'ES512', kid: 'first', use: 'sig' });
  expect(created.status).toBe(201);
  expect(created.data.keys).toHaveLength(2);
  expect(await kids()).toEqual(['private:first', 'public:first']);
  await expect(admin.createJsonWebKeySet(set, { alg: 'ES512', kid: 'first', use: 'sig' })).rejects.toEqual(status(409));

  const [single] = (await admin.getJsonWebKey('public:first', set)).data.keys ?? [];
  expect(single).toMatchObject({ kty: 'EC', crv: 'P-521', use: 'sig' });
  expect(single).not.toHaveProperty('d');
  if (!single) throw new Error('no key came back');

  expect((await admin.updateJsonWebKey('public:first', set, { ...single, use: 'enc' })).data).toMatchObject({
    use: 'enc',
  });
  expect((await admin.getJsonWebKey('public:first', set)).data.keys).toMatchObject([{ use: 'enc' }]);

  const replaced = await admin.updateJsonWebKeySet(set, { keys: [{ ...single, kid: 'second' }] });
  expect(replaced.data.keys).toMatchObject([{ kid: 'second' }]);
  expect(await kids()).toEqual(['second']);

  await admin.createJsonWebKeySet(set, { alg: 'HS256', kid: 'third', use: 'sig' });
  expect((await admin.deleteJsonWebKey('second', set)).status).toBe(204);
  expect(await kids()).toEqual(['third']);
  expect((await admin.deleteJsonWebKeySet(set)).status).toBe(204);
  await expect(admin.getJsonWebKeySet(set)).rejects.toEqual(status(404));
});

test('introspection tells live tokens from others; flush deletes what expired, and nothing alive', async () => {
  const clock = { instant: Date.now(), now: () => clock.instant };
  await using other = await startHydrant({ clock });
  const api = new AdminApi(new Configuration({ basePath: other.adminUrl }));
  const mine = { client_id: 'robot', client_secret: 'robot-secret', grant_types: ['client_credentials'], scope: 'a b' };
  await api.createOAuth2Client(mine);
  const auth = { username: 'robot', password: 'robot-secret' };
  const asRobot = new PublicApi(new Configuration({ basePath: other.publicUrl, ...auth }));
  const mint = async () => (await asRobot.oauth2Token('client_credentials')).data.access_token ?? '';

  const old = await mint();
  expect((await api.introspectOAuth2Token(old)).data).toMatchObject({ active: true, client_id: 'robot', sub: 'robot' });
  expect((await api.introspectOAuth2Token(old, 'c')).data).toEqual({ active: false });
  expect((await api.introspectOAuth2Token('nobody.knows')).data).toEqual({ active: false });

  clock.instant += 2 * 3_600_000;
  const young = await mint();
  expect((await api.introspectOAuth2Token(old)).data).toEqual({ active: false });
  expect((await api.flushInactiveOAuth2Tokens({ notAfter: new Date(clock.instant).toISOString() })).status).toBe(204);
  // Nothing is left for the job that deletes expired tokens, which would have found one otherwise.
  expect(await other.store.tokens.flush(clock.instant, 10)).toBe(0);
  expect((await api.introspectOAuth2Token(young)).data).toMatchObject({ active: true });
});

describe('login', () => {
  test('the request is shown, and answering it sends the browser on', async () => {
    await createPhotos('login-shown');
    const browser = openBrowser();
    const url = startUrl('login-shown', { login_hint: 'ada@photos.example', ui_locales: 'de en' });
    const challenge = await challengeOf(browser, url, 'login');
    const { data } = await admin.getLoginRequest(challenge);
    expect(data).toMatchObject({
      challenge,
      skip: false,
      subject: '',
      client: { client_id: 'login-shown' },
      requested_scope: ['openid', 'offline', 'photos.read'],
      requested_access_token_audience: [],
      oidc_context: { login_hint: 'ada@photos.example', ui_locales: ['de', 'en'] },
      request_url: url.href,
    });
    const { redirect_to } = (await admin.acceptLoginRequest(challenge, { subject: 'ada', amr: [], context: { a: 1 } }))
      .data;
    const consent = await challengeOf(browser, redirect_to, 'consent');
    expect((await admin.getConsentRequest(consent)).data).toMatchObject({ subject: 'ada', context: { a: 1 } });
  });

  test('a refusal reaches the client', async () => {
    await createPhotos('login-refused');
    const app = {
      ...willingApp(calls, { login: { subject: 'ada' } }),
      login: (challenge: string) =>
        calls.rejectLogin(challenge, { error: 'access_denied', error_description: 'Not today' }),
    };
    const { url } = await walk(openBrowser(), startUrl('login-refused'), app);
    expect(url.origin + url.pathname).toBe(callback);
    expect(url.searchParams.get('error')).toBe('access_denied');
    expect(url.searchParams.get('error_description')).toContain('Not today');
  });

  test('an unknown challenge is not found', async () => {
    await expect(admin.getLoginRequest('unknown')).rejects.toEqual(status(404));
    await expect(admin.acceptLoginRequest('unknown', { subject: 'ada' })).rejects.toEqual(status(404));
  });

  test('revoking the sessions of a subject ends remembered logins', async () => {
    await createPhotos('session-revoked');
    const browser = openBrowser();
    const app = willingApp(calls, { login: { subject: 'session-owner', remember: true, remember_for: 600 } });
    await walk(browser, startUrl('session-revoked'), app);
    const skips = async () =>
      (await admin.getLoginRequest(await challengeOf(browser, startUrl('session-revoked'), 'login'))).data;
    expect(await skips()).toMatchObject({ skip: true, subject: 'session-owner' });
    expect((await admin.revokeAuthenticationSession('session-owner')).status).toBe(204);
    expect(await skips()).toMatchObject({ skip: false, subject: '' });
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

  test('consents of a subject are listed, and revoking them ends their tokens', async () => {
    await createPhotos('consent-listed');
    const app = willingApp(calls, {
      login: { subject: 'lister', acr: 'silver' },
      consent: { remember: true, remember_for: 3600, session: { access_token: { tier: 'gold' } } },
    });
    const { url } = await walk(openBrowser(), startUrl('consent-listed'), app);
    const code = url.searchParams.get('code') ?? '';
    const tokens = (await publicApi('consent-listed').oauth2Token('authorization_code', undefined, code, callback))
      .data;

    const sessions = (await admin.listSubjectConsentSessions('lister')).data;
    expect(sessions).toMatchObject([
      {
        grant_scope: ['openid', 'offline', 'photos.read'],
        remember: true,
        remember_for: 3600,
        session: { access_token: { tier: 'gold' }, id_token: {} },
        consent_request: { subject: 'lister', acr: 'silver', client: { client_id: 'consent-listed' } },
      },
    ]);

    const { access_token = '', refresh_token = '' } = tokens;
    expect((await admin.introspectOAuth2Token(access_token)).data).toMatchObject({
      active: true,
      ext: { tier: 'gold' },
    });
    expect((await admin.revokeConsentSessions('lister', 'consent-listed')).status).toBe(204);
    expect((await admin.listSubjectConsentSessions('lister')).data).toEqual([]);
    for (const token of [access_token, refresh_token])
      expect((await admin.introspectOAuth2Token(token)).data).toEqual({ active: false });
    await expect(admin.revokeConsentSessions('lister', undefined, true)).rejects.toEqual(status(404));
  });
});

test('a whole journey: login, consent, tokens, user info, refresh, revocation, logout', async () => {
  await createPhotos('journey');
  const api = publicApi('journey');
  const browser = openBrowser();
  const app = willingApp(calls, {
    login: { subject: 'traveller', remember: true },
    consent: { session: { id_token: { nickname: 'Tess' } } },
  });
  const discovery = (await api.discoverOpenIDConfiguration()).data;
  expect(discovery).toMatchObject({ token_endpoint: `${hydrant.publicUrl}/oauth2/token` });

  const { url } = await walk(browser, startUrl('journey'), app);
  const code = url.searchParams.get('code') ?? '';
  const tokens = (await api.oauth2Token('authorization_code', undefined, code, callback)).data;
  expect(claimsOf(tokens.id_token)).toMatchObject({ sub: 'traveller', aud: ['journey'], nickname: 'Tess' });
  const header = JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString());
  expect((await api.wellKnown()).data.keys?.map(({ kid }) => kid)).toContain(header.kid);
  expect((await bearerApi(tokens.access_token ?? '').userinfo()).data).toMatchObject({
    sub: 'traveller',
    nickname: 'Tess',
  });

  const next = (await api.oauth2Token('refresh_token', undefined, undefined, undefined, tokens.refresh_token)).data;
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
  expect((await api.revokeOAuth2Token(next.refresh_token ?? '')).status).toBe(200);
  expect((await admin.introspectOAuth2Token(next.access_token ?? '')).data).toEqual({ active: false });

  const logoutUrl = new URL('/oauth2/sessions/logout', hydrant.publicUrl);
  logoutUrl.search = new URLSearchParams({
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: goodbye,
    state: 'bye',
  }).toString();

  // First the person stays, then they go.
  const refused = await challengeOf(browser, logoutUrl, 'logout');
  expect((await admin.getLogoutRequest(refused)).data).toMatchObject({ subject: 'traveller', rp_initiated: true });
  expect((await admin.rejectLogoutRequest(refused)).status).toBe(204);
  await expect(admin.getLogoutRequest(refused)).rejects.toEqual(status(404));

  const gone = await walk(browser, logoutUrl, app);
  expect(gone.url.href).toBe(`${goodbye}?state=bye`);
  const login = await challengeOf(browser, startUrl('journey'), 'login');
  expect((await admin.getLoginRequest(login)).data).toMatchObject({ skip: false });
});
