/** Logout on the built-in pages: asked for by an app, by nobody in particular, and told to the apps by frames. */
import { expect, test } from 'vitest';
import { allow, appSays, logIn, useStage } from './support/built-in.js';
import { describeInBrowser, newPerson, type Person } from './support/chromium.js';
import { claimsOf, type RelyingParty, startRelyingParty } from './support/relying-party.js';

describeInBrowser('logout in a browser', () => {
  const stage = useStage();

  /** Logs a person in for good and returns the ID token that the app got. */
  async function loggedIn({ page }: Person, app: RelyingParty): Promise<string> {
    await page.goto(app.begin());
    await logIn(page, 'ann@example.com', { remember: true });
    await allow(page, ['openid'], { remember: true });
    await appSays(page);
    return String(app.arrivals.at(-1)?.tokens?.id_token);
  }

  /** The logout endpoint's address. */
  function logoutAt(params: Readonly<Record<string, string>> = {}): string {
    return `${stage().hydrant.publicUrl}/oauth2/sessions/logout?${new URLSearchParams(params)}`;
  }

  async function heading({ page }: Person): Promise<string> {
    return page.locator('h1').innerText();
  }

  test('an app asks with a hint: the person agrees, comes back to the app, and is logged out', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    const hint = await loggedIn(person, app);
    await person.page.goto(
      logoutAt({ id_token_hint: hint, post_logout_redirect_uri: `${app.url}/goodbye`, state: 'until-soon' }),
    );
    expect(await person.page.locator('#whoami').innerText()).toBe(
      'Photo album asks to log you out. You are logged in as ann@example.com.',
    );
    await person.page.locator('#accept').click();
    expect(await appSays(person.page)).toBe('goodbye until-soon');
    expect(await person.cookieNames()).toEqual([]);
    await person.page.goto(app.begin());
    expect(await heading(person)).toBe('Log in');
    expect(person.complaints).toEqual([]);
  });

  test('at the server itself: staying keeps the login, agreeing ends it', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await loggedIn(person, app);
    await person.page.goto(logoutAt());
    await person.page.locator('#reject').click();
    expect(await heading(person)).toBe('You are still logged in');
    await person.page.goto(app.begin({ prompt: 'none', scope: 'openid' }));
    expect(await appSays(person.page)).toBe('welcome ann@example.com');

    await person.page.goto(logoutAt());
    await person.page.locator('#accept').click();
    expect(await heading(person)).toBe('You are logged out');
    await person.page.goto(app.begin({ prompt: 'none' }));
    expect(await appSays(person.page)).toBe('refused: login_required');
    await person.page.goto(logoutAt());
    expect(await heading(person)).toBe('You are logged out');
    expect(person.complaints).toEqual([]);
  });

  test('front-channel logout: each app of the session is opened in a frame, then the browser goes on', async () => {
    const { hydrant, browser } = stage();
    const client = { frontchannel_logout_uri: '{url}/front-channel', frontchannel_logout_session_required: true };
    await using album = await startRelyingParty(hydrant, { client });
    await using calendar = await startRelyingParty(hydrant, { clientName: 'Calendar', client });
    await using person = await newPerson(browser);
    const hint = await loggedIn(person, album);
    await person.page.goto(calendar.begin());
    await allow(person.page, ['openid']);
    await appSays(person.page);

    await person.page.goto(logoutAt({ id_token_hint: hint, post_logout_redirect_uri: `${album.url}/goodbye` }));
    await person.page.locator('#accept').click();
    expect(await appSays(person.page)).toBe('goodbye');
    const { iss, sid } = claimsOf(hint);
    for (const app of [album, calendar])
      expect(app.frontChannel.map((query) => Object.fromEntries(query))).toEqual([{ iss, sid }]);
    await person.page.goto(album.begin());
    expect(await heading(person)).toBe('Log in');
    expect(person.complaints).toEqual([]);
  });
});
