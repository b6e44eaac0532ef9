/** Login, consent and logout, by any release of the second generation. */
import { describe, expect, test } from 'vitest';
import { claimsOf } from '../support/authorization-url.js';
import { openBrowser } from '../support/browser.js';
import { challengeOf, walk, willingApp } from '../support/login-app.js';
import { headerOf, unfollowed } from './answer.js';
import { refusalOf } from './refusal.js';
import type { ConsentTarget } from './second-sdks.js';
import { callback, goodbye, type SecondWorld } from './second-world.js';

export function flows(world: SecondWorld): void {
  describe('login', () => {
    test('the request is shown, and answering it sends the browser on', async () => {
      await world.createPhotos('login-shown');
      const { admin, calls } = world;
      const browser = openBrowser();
      const audience = 'https://api.photos.example';
      const url = world.startUrl('login-shown', { login_hint: 'ada@photos.example', audience });
      const loginChallenge = await challengeOf(browser, url, 'login');
      expect((await admin.getOAuth2LoginRequest({ loginChallenge })).data).toMatchObject({
        challenge: loginChallenge,
        skip: false,
        subject: '',
        client: { client_id: 'login-shown' },
        requested_scope: ['openid', 'offline', 'photos.read'],
        requested_access_token_audience: [audience],
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
      await world.createPhotos('login-refused');
      const { calls } = world;
      const refusal = { error: 'access_denied', error_description: 'No' };
      const willing = willingApp(calls, { login: { subject: 'ada' } });
      const app = { ...willing, login: (challenge: string) => calls.rejectLogin(challenge, refusal) };
      const { url } = await walk(openBrowser(), world.startUrl('login-refused'), app);
      expect(url.origin + url.pathname).toBe(callback);
      expect(Object.fromEntries(url.searchParams)).toMatchObject(refusal);
    });

    test('an unknown challenge is not found', async () => {
      const { admin } = world;
      expect(await refusalOf(admin.getOAuth2LoginRequest({ loginChallenge: 'unknown' }))).toBe(404);
      expect(await refusalOf(admin.getOAuth2ConsentRequest({ consentChallenge: 'unknown' }))).toBe(404);
      expect(await refusalOf(admin.rejectOAuth2LogoutRequest({ logoutChallenge: 'unknown' }))).toBe(404);
    });

    test.for(['subject', 'sid'] as const)('revoking login sessions by %s ends remembered logins', async (by) => {
      const clientId = `session-revoked-by-${by}`;
      await world.createPhotos(clientId);
      const { admin, calls } = world;
      const browser = openBrowser();
      const app = willingApp(calls, { login: { subject: `owner-${by}`, remember: true, remember_for: 600 } });
      await walk(browser, world.startUrl(clientId), app);
      const ask = async () => {
        const loginChallenge = await challengeOf(browser, world.startUrl(clientId), 'login');
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
      await world.createPhotos('consent-refused');
      const { calls } = world;
      const willing = willingApp(calls, { login: { subject: 'ada' } });
      const app = { ...willing, consent: (id: string) => calls.rejectConsent(id, { error: 'access_denied' }) };
      const { url } = await walk(openBrowser(), world.startUrl('consent-refused'), app);
      expect(url.searchParams.get('error')).toBe('access_denied');
    });

    const ways = ['subject and client', 'subject', 'consent request'] as const;
    test.for(ways.filter((by) => by !== 'consent request' || world.sdk.byConsentRequest))(
      'consents are listed, and revoking them by %s ends their tokens',
      async (by) => {
        const clientId = `consents-by-${by.replaceAll(' ', '-')}`;
        const subject = `owner of ${clientId}`;
        await world.createPhotos(clientId);
        const { admin, calls } = world;
        const session = { access_token: { tier: 'gold' }, id_token: { nickname: 'Li' } };
        const consent = { remember: true, remember_for: 3600, session };
        const app = willingApp(calls, { login: { subject }, consent });
        const { url } = await walk(openBrowser(), world.startUrl(clientId), app);
        const code = url.searchParams.get('code') ?? '';
        const exchange = { grantType: 'authorization_code', code, redirectUri: callback };
        const tokens = (await world.asClient(clientId).oauth2TokenExchange(exchange)).data;
        expect(await world.introspect(tokens.access_token)).toMatchObject({ active: true, ext: { tier: 'gold' } });

        const [listed, ...more] = (await admin.listOAuth2ConsentSessions({ subject })).data;
        expect(more).toEqual([]);
        expect(listed).toMatchObject({
          grant_scope: ['openid', 'offline', 'photos.read'],
          ...consent,
          consent_request: { subject, client: { client_id: clientId } },
        });

        const targets: Record<typeof by, ConsentTarget> = {
          'subject and client': { subject, client: clientId },
          subject: { subject, all: true },
          'consent request': { consentRequestId: listed?.consent_request_id ?? '' },
        };
        expect((await admin.revokeOAuth2ConsentSessions(targets[by])).status).toBe(204);
        expect((await admin.listOAuth2ConsentSessions({ subject })).data).toEqual([]);
        expect(await world.introspect(tokens.access_token)).toEqual({ active: false });
        expect(await world.introspect(tokens.refresh_token)).toEqual({ active: false });
      },
    );
  });

  test('the two operations for browsers redirect: authorization to the login app, logout without a session to its end', async () => {
    await world.createPhotos('redirected');
    const params = Object.fromEntries(world.startUrl('redirected').searchParams);
    const started = await world.asClient('redirected').oAuth2Authorize(unfollowed(params));
    expect(started.status).toBe(302);
    expect(headerOf(started, 'location')).toMatch(/^http:\/\/127\.0\.0\.1:1\/login\?login_challenge=./);
    const ended = await world.oidc().revokeOidcSession(unfollowed());
    expect(ended.status).toBe(302);
    expect(headerOf(ended, 'location')).toBe('http://127.0.0.1:1/logged-out');
  });

  test('a whole journey: login, consent, tokens, user info, refresh, revocation, logout', async () => {
    await world.createPhotos('journey');
    const { admin, calls } = world;
    const api = world.asClient('journey');
    const browser = openBrowser();
    const app = willingApp(calls, {
      login: { subject: 'traveller', remember: true },
      consent: { session: { id_token: { nickname: 'Tess' } } },
    });
    const { publicUrl } = world.hydrant;
    expect((await world.oidc().discoverOidcConfiguration()).data).toMatchObject({ issuer: publicUrl });

    const { url } = await walk(browser, world.startUrl('journey'), app);
    const code = url.searchParams.get('code') ?? '';
    const exchange = { grantType: 'authorization_code', code, redirectUri: callback };
    const tokens = (await api.oauth2TokenExchange(exchange)).data;
    const idToken = String(tokens.id_token);
    expect(claimsOf(idToken)).toMatchObject({ sub: 'traveller', aud: ['journey'], nickname: 'Tess' });
    const { kid } = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString());
    const wellknown = world.watched.of(world.sdk.wellknown({ basePath: publicUrl }));
    expect((await wellknown.discoverJsonWebKeys()).data.keys?.map((key) => key.kid)).toContain(kid);
    const userInfo = (await world.oidc(tokens.access_token ?? '').getOidcUserInfo()).data;
    expect(userInfo).toMatchObject({ sub: 'traveller', nickname: 'Tess' });

    const refreshToken = tokens.refresh_token ?? '';
    const next = (await api.oauth2TokenExchange({ grantType: 'refresh_token', refreshToken })).data;
    expect(next.refresh_token).not.toBe(refreshToken);
    expect((await api.revokeOAuth2Token({ token: next.refresh_token ?? '' })).status).toBe(200);
    expect(await world.introspect(next.access_token)).toEqual({ active: false });

    const logoutUrl = new URL('/oauth2/sessions/logout', publicUrl);
    const hint = { id_token_hint: idToken, post_logout_redirect_uri: goodbye, state: 'bye' };
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
    expect(await refusalOf(admin.getOAuth2LogoutRequest({ logoutChallenge }))).toBe(404);

    expect((await walk(browser, logoutUrl, app)).url.href).toBe(`${goodbye}?state=bye`);
    const loginChallenge = await challengeOf(browser, world.startUrl('journey'), 'login');
    expect((await admin.getOAuth2LoginRequest({ loginChallenge })).data).toMatchObject({ skip: false });
  });
}
