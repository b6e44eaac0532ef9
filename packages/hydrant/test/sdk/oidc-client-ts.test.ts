/** `oidc-client-ts`, unmodified, in a browser: a public client with PKCE whose every call crosses origins. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { allow, appSays, logIn, useStage } from '../browser/support/built-in.js';
import { describeInBrowser, newPerson } from '../browser/support/chromium.js';
import { startSinglePageApp } from './support/single-page-app.js';

/** What the library keeps of a person. */
interface User {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly scope: string;
  readonly profile: Readonly<Record<string, unknown>>;
}

describeInBrowser('oidc-client-ts in a browser', () => {
  const stage = useStage({ SERVE_PUBLIC_CORS_ENABLED: 'true' });

  async function introspected(token: string | undefined): Promise<unknown> {
    const body = new URLSearchParams({ token: token ?? '' });
    const answer = await fetch(`${stage().hydrant.adminUrl}/admin/oauth2/introspect`, { method: 'POST', body });
    return answer.json();
  }

  /** Waits until the app says so; what the library has then. */
  async function user(page: Page, says: string): Promise<User> {
    await page.locator('#app', { hasText: says }).waitFor();
    return JSON.parse(await page.locator('#user').innerText());
  }

  async function press(page: Page, button: string): Promise<void> {
    await page.locator(`#${button}`).click();
  }

  /** How it ended, once it did. */
  async function outcome(page: Page): Promise<string> {
    await page.locator('#app', { hasNotText: 'working' }).waitFor();
    return appSays(page);
  }

  test('login by redirect, user info, renewal by refresh token, revocation, logout', async () => {
    const { hydrant, browser } = stage();
    await using app = await startSinglePageApp(hydrant, 'openid offline_access email');
    await using person = await newPerson(browser);
    const { page } = person;
    await page.goto(app.url);
    await press(page, 'login');
    await logIn(page, 'ann@example.com', { remember: true });
    await allow(page, ['openid', 'offline_access', 'email']);
    const first = await user(page, 'welcome');
    expect(first).toMatchObject({
      scope: 'openid offline_access email',
      // The e-mail address is told by the user info as well, which the library asks with its new token.
      profile: { sub: 'ann@example.com', email: 'ann@example.com' },
    });
    const active = { active: true, sub: 'ann@example.com', client_id: app.clientId };
    expect(await introspected(first.access_token)).toMatchObject(active);

    await press(page, 'renew');
    const second = await user(page, 'renew done');
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await introspected(second.access_token)).toMatchObject(active);

    await press(page, 'revoke');
    expect(await outcome(page)).toBe('revoke done');
    for (const token of [second.access_token, second.refresh_token]) {
      expect(await introspected(token)).toEqual({ active: false });
    }

    await press(page, 'logout');
    await page.locator('#accept').click();
    await page.locator('#app', { hasText: 'goodbye' }).waitFor();
    expect(new URL(page.url()).origin).toBe(app.url);
    expect(await person.cookieNames()).toEqual([]);
    await press(page, 'login');
    await page.locator('#login-title').waitFor();
    expect(person.complaints).toEqual([]);
  });

  test('renewal in a frame while the login lasts, and not after it', async () => {
    const { hydrant, browser } = stage();
    await using app = await startSinglePageApp(hydrant, 'openid email');
    await using person = await newPerson(browser);
    const { page } = person;
    await page.goto(app.url);
    await press(page, 'login');
    await logIn(page, 'ann@example.com', { remember: true });
    await allow(page, ['openid', 'email'], { remember: true });
    const first = await user(page, 'welcome');
    expect(first).not.toHaveProperty('refresh_token');

    const silent = page.waitForRequest((request) => request.url().includes('prompt=none'));
    await press(page, 'renew');
    expect((await silent).frame()).not.toBe(page.mainFrame());
    const second = await user(page, 'renew done');
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.profile).toMatchObject({ sub: 'ann@example.com', sid: first.profile.sid });
    expect(await introspected(second.access_token)).toMatchObject({ active: true, sub: 'ann@example.com' });

    const elsewhere = await person.newTab();
    await elsewhere.goto(`${hydrant.publicUrl}/oauth2/sessions/logout`);
    await elsewhere.locator('#accept').click();
    await elsewhere.locator('#accept').waitFor({ state: 'detached' });
    await press(page, 'renew');
    expect(await outcome(page)).toBe('failed: login_required');
    expect(person.complaints).toEqual([]);
  });

  test('login in a window of its own, which closes by itself', async () => {
    const { hydrant, browser } = stage();
    await using app = await startSinglePageApp(hydrant, 'openid email');
    await using person = await newPerson(browser);
    const { page } = person;
    await page.goto(app.url);
    const opened = page.waitForEvent('popup');
    await press(page, 'popup');
    const popup = await opened;
    await logIn(popup, 'ann@example.com');
    const closed = popup.waitForEvent('close');
    await allow(popup, ['openid', 'email']);
    await closed;
    expect((await user(page, 'popup done')).profile).toMatchObject({ sub: 'ann@example.com' });
    expect(person.complaints).toEqual([]);
  });
});
