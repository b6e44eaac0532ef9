/** Login, consent and logout, by any release of the first generation. */
import { describe, expect, test } from 'vitest';
import { claimsOf } from '../support/authorization-url.js';
import { openBrowser } from '../support/browser.js';
import { challengeOf, walk, willingApp } from '../support/login-app.js';
import { headerOf, unfollowed } from './answer.js';
import { callback, type FirstWorld, goodbye } from './first-world.js';
import { refusalOf } from './refusal.js';

export function flows(world: FirstWorld): void {
  describe('login', () => {
    test('the request is shown, and answering it sends the browser on', async () => {
      await world.createPhotos('login-shown');
      const { admin, calls } = world;
      const browser = openBrowser();
      const url = world.startUrl('login-shown', { login_hint: 'ada@photos.example', ui_locales: 'de en' });
      const challenge = await challengeOf(browser, url, 'login');
      expect((await admin.getLoginRequest(challenge)).data).toMatchObject({
        challenge,
        skip: false,
        subject: '',
        client: { client_id: 'login-shown' },
        requested_scope: ['openid', 'offline', 'photos.read'],
        requested_access_token_audience: [],
        oidc_context: { login_hint: 'ada@photos.example', ui_locales: ['de', 'en'] },
        request_url: url.href,
      });
      const next = await calls.acceptLogin(challenge, { subject: 'ada', context: { a: 1 } });
      const consent = await challengeOf(browser, next, 'consent');
      expect((await admin.getConsentRequest(consent)).data).toMatchObject({ subject: 'ada', context: { a: 1 } });
    });

    test('a refusal reaches the client', async () => {
      await world.createPhotos('login-refused');
      const { calls } = world;
      const refusal = { error: 'access_denied', error_description: 'Not today' };
      const willing = willingApp(calls, { login: { subject: 'ada' } });
      const app = { ...willing, login: (challenge: string) => calls.rejectLogin(challenge, refusal) };
      const { url } = await walk(openBrowser(), world.startUrl('login-refused'), app);
      expect(url.origin + url.pathname).toBe(callback);
      expect(url.searchParams.get('error')).toBe('access_denied');
      expect(url.searchParams.get('error_description')).toContain('Not today');
    });

    test('an unknown challenge is not found', async () => {
      const { admin } = world;
      expect(await refusalOf(admin.getLoginRequest('unknown'))).toBe(404);
      expect(await refusalOf(admin.acceptLoginRequest('unknown', { subject: 'ada' }))).toBe(404);
    });

    test('revoking the sessions of a subject ends remembered logins', async () => {
      await world.createPhotos('session-revoked');
      const { admin, calls } = world;
      const browser = openBrowser();
      const start = () => world.startUrl('session-revoked');
      const app = willingApp(calls, { login: { subject: 'session-owner', remember: true, remember_for: 600 } });
      await walk(browser, start(), app);
      const ask = async () => calls.getLogin(await challengeOf(browser, start(), 'login'));
      expect(await ask()).toMatchObject({ skip: true, subject: 'session-owner' });
      expect((await admin.revokeAuthenticationSession('session-owner')).status).toBe(204);
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

    test.for(['client', 'all'] as const)('consents are listed, and revoking by %s ends their tokens', async (by) => {
      const clientId = `consents-by-${by}`;
      const subject = `owner of ${clientId}`;
      await world.createPhotos(clientId);
      const { admin, calls } = world;
      const app = willingApp(calls, {
        login: { subject, acr: 'silver' },
        consent: { remember: true, remember_for: 3600, session: { access_token: { tier: 'gold' } } },
      });
      const { url } = await walk(openBrowser(), world.startUrl(clientId), app);
      const code = url.searchParams.get('code') ?? '';
      const form = { grantType: 'authorization_code', code, redirectUri: callback };
      const { access_token = '', refresh_token = '' } = (await world.exchange(clientId, form)).data;

      expect((await admin.listSubjectConsentSessions(subject)).data).toMatchObject([
        {
          grant_scope: ['openid', 'offline', 'photos.read'],
          remember: true,
          remember_for: 3600,
          session: { access_token: { tier: 'gold' }, id_token: {} },
          consent_request: { subject, acr: 'silver', client: { client_id: clientId } },
        },
      ]);
      const alive = { active: true, ext: { tier: 'gold' } };
      expect((await admin.introspectOAuth2Token(access_token)).data).toMatchObject(alive);

      const revoke = () =>
        by === 'client'
          ? admin.revokeConsentSessions(subject, clientId)
          : admin.revokeConsentSessions(subject, undefined, true);
      expect((await revoke()).status).toBe(204);
      expect((await admin.listSubjectConsentSessions(subject)).data).toEqual([]);
      for (const token of [access_token, refresh_token])
        expect((await admin.introspectOAuth2Token(token)).data).toEqual({ active: false });
      expect(await refusalOf(revoke())).toBe(404);
    });
  });

  test('the two operations for browsers redirect: authorization to the login app, logout without a session to its end', async () => {
    await world.createPhotos('redirected');
    const open = world.open();
    const started = await open.oauthAuth(unfollowed(Object.fromEntries(world.startUrl('redirected').searchParams)));
    expect(started.status).toBe(302);
    expect(headerOf(started, 'location')).toMatch(/^http:\/\/127\.0\.0\.1:1\/login\?login_challenge=./);
    const ended = await open.disconnectUser(unfollowed());
    expect(ended.status).toBe(302);
    expect(headerOf(ended, 'location')).toBe('http://127.0.0.1:1/logged-out');
  });

  test('a whole journey: login, consent, tokens, user info, refresh, revocation, logout', async () => {
    await world.createPhotos('journey');
    const { admin, calls } = world;
    const open = world.open({ clientId: 'journey' });
    const browser = openBrowser();
    const app = willingApp(calls, {
      login: { subject: 'traveller', remember: true },
      consent: { session: { id_token: { nickname: 'Tess' } } },
    });
    const { token_endpoint } = (await open.discoverOpenIDConfiguration()).data;
    expect(token_endpoint).toBe(`${world.hydrant.publicUrl}/oauth2/token`);

    const { url } = await walk(browser, world.startUrl('journey'), app);
    const code = url.searchParams.get('code') ?? '';
    const exchange = { grantType: 'authorization_code', code, redirectUri: callback };
    const tokens = (await world.exchange('journey', exchange)).data;
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: 'traveller', aud: ['journey'], nickname: 'Tess' });
    const { kid } = JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString());
    expect((await open.wellKnown()).data.keys?.map((key) => key.kid)).toContain(kid);
    const bearer = world.open({ accessToken: tokens.access_token ?? '' });
    expect((await bearer.userinfo()).data).toMatchObject({ sub: 'traveller', nickname: 'Tess' });

    const refreshToken = tokens.refresh_token ?? '';
    const next = (await world.exchange('journey', { grantType: 'refresh_token', refreshToken })).data;
    expect(next.refresh_token).not.toBe(refreshToken);
    expect((await open.revokeOAuth2Token(next.refresh_token ?? '')).status).toBe(200);
    expect((await admin.introspectOAuth2Token(next.access_token ?? '')).data).toEqual({ active: false });

    const logoutUrl = new URL('/oauth2/sessions/logout', world.hydrant.publicUrl);
    const hint = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: goodbye, state: 'bye' };
    logoutUrl.search = new URLSearchParams(hint).toString();

    // First the person stays, then they go.
    const stays = await challengeOf(browser, logoutUrl, 'logout');
    const request = { subject: 'traveller', rp_initiated: true };
    expect((await admin.getLogoutRequest(stays)).data).toMatchObject(request);
    expect((await admin.rejectLogoutRequest(stays)).status).toBe(204);
    expect(await refusalOf(admin.getLogoutRequest(stays))).toBe(404);

    expect((await walk(browser, logoutUrl, app)).url.href).toBe(`${goodbye}?state=bye`);
    const challenge = await challengeOf(browser, world.startUrl('journey'), 'login');
    expect((await admin.getLoginRequest(challenge)).data).toMatchObject({ skip: false });
  });
}
