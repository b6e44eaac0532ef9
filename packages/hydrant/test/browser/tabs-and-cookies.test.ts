/** What people do that no diagram shows: two tabs, lost cookies, the back button, a typing mistake. */
import { expect, test } from 'vitest';
import { allow, appSays, logIn, useStage } from './support/built-in.js';
import { describeInBrowser, newPerson } from './support/chromium.js';
import { startRelyingParty } from './support/relying-party.js';

/** A page with a status of its own is a complaint of Chromium's console. */
const statusOf = (status: number) => new RegExp(`the server responded with a status of ${status} `);

describeInBrowser('tabs, cookies and mistakes in a browser', () => {
  const stage = useStage();

  test('two tabs at once of the same app both finish, step by step in turns', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    const [one, two] = [person.page, await person.newTab()];
    await one.goto(app.begin());
    await two.goto(app.begin());
    for (const tab of [one, two]) {
      // As a person would; Chromium also paints tabs in the background once a second only.
      await tab.bringToFront();
      await logIn(tab, 'ann@example.com', { remember: tab === one });
      await tab.locator('#consent-title').waitFor();
    }
    await one.bringToFront();
    await allow(one, ['openid']);
    expect(await appSays(one)).toBe('welcome ann@example.com');
    await two.bringToFront();
    await allow(two, ['openid', 'email']);
    expect(await appSays(two)).toBe('welcome ann@example.com');
    expect(app.arrivals.map(({ tokens }) => tokens?.scope)).toEqual(['openid', 'openid email']);
    expect(person.complaints).toEqual([]);
  });

  test('a cookie that is gone at login: the error page names it and the likely reasons', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser, { allowed: statusOf(403) });
    await person.page.goto(app.begin());
    await person.page.locator('#login-title').waitFor();
    const [cookie = 'none was set'] = await person.cookieNames();
    await person.page.context().clearCookies();
    await logIn(person.page, 'ann@example.com');
    await person.page.locator('#error-title').waitFor();
    expect(cookie).toMatch(/^ory_hydra_login_csrf_dev_/);
    expect(await person.page.locator('#error-text').innerText()).toContain(cookie);
    expect(await person.page.locator('#error-explain li').count()).toBeGreaterThan(2);
    expect(await person.page.locator('#error-code').innerText()).toBe('request_forbidden');
    expect(app.arrivals).toEqual([]);
    expect(person.complaints).toEqual([]);
  });

  test('begun at localhost, continued at 127.0.0.1: the page says so before anything is typed', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser, { allowed: statusOf(403) });
    const { headers } = await fetch(app.begin(), { redirect: 'manual' });
    await person.page.goto(String(headers.get('location')).replace('//127.0.0.1', '//localhost'));
    expect(await person.page.locator('#error-code').innerText()).toBe('request_forbidden');
    expect(await person.page.locator('#error-explain').innerText()).toContain('localhost and 127.0.0.1 are two hosts');
    expect(person.complaints).toEqual([]);
  });

  test('a cookie that is gone at consent: the app is told which one, and gets no code', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin());
    await logIn(person.page, 'ann@example.com');
    await person.page.locator('#consent-title').waitFor();
    const cookie = (await person.cookieNames()).find((name) => name.startsWith('ory_hydra_consent_csrf_dev_'));
    await person.page.context().clearCookies();
    await allow(person.page, ['openid']);
    expect(await appSays(person.page)).toBe('refused: request_forbidden');
    expect(app.arrivals[0]?.params.get('error_description')).toContain(cookie);
    expect(app.arrivals[0]?.params.has('code')).toBe(false);
    expect(person.complaints).toEqual([]);
  });

  test('a typing mistake: the page says what is wrong and keeps what was typed', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    // The browser's own check, which would keep the form from being sent, is looked at below.
    await using person = await newPerson(browser, { allowed: statusOf(400) });
    await person.page.goto(app.begin());
    await person.page.evaluate("document.querySelector('form').noValidate = true");
    await logIn(person.page, 'ann at example');
    await person.page.locator('#problem').waitFor();
    expect(await person.page.locator('#problem').innerText()).toContain('e-mail address');
    expect(await person.page.locator('#email').inputValue()).toBe('ann at example');
    expect(await person.page.locator('#email').getAttribute('aria-describedby')).toBe('problem');
    await logIn(person.page, 'ann@example.com');
    await allow(person.page, ['openid']);
    expect(await appSays(person.page)).toBe('welcome ann@example.com');

    await person.page.goto(app.begin());
    await person.page.locator('#accept').click();
    expect(await person.page.evaluate("document.querySelector('#email').matches(':user-invalid')")).toBe(true);
    expect(await person.page.locator('h1').innerText()).toBe('Log in');
    expect(person.complaints).toEqual([]);
  });

  test('back from consent: another person can log in instead, with the same app', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin());
    await logIn(person.page, 'ann@example.com');
    await person.page.locator('#consent-title').waitFor();
    await person.page.goBack();
    await logIn(person.page, 'bob@example.com');
    await allow(person.page, ['openid']);
    expect(await appSays(person.page)).toBe('welcome bob@example.com');
    expect(person.complaints).toEqual([]);
  });

  test('back after the end: the used page says so and leads nowhere', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser, { allowed: statusOf(409) });
    await person.page.goto(app.begin());
    await person.page.locator('#login-title').waitFor();
    const login = person.page.url();
    await logIn(person.page, 'ann@example.com');
    await person.page.locator('#consent-title').waitFor();
    const consent = person.page.url();
    await allow(person.page, ['openid']);
    await appSays(person.page);
    for (const used of [login, consent]) {
      await person.page.goto(used);
      expect(await person.page.locator('#error-text').innerText()).toContain('You are back in the app already');
    }
    expect(app.arrivals).toHaveLength(1);
    expect(person.complaints).toEqual([]);
  });

  test('the console is listened to: a page that breaks its own policy would be noticed', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin());
    await person.page.locator('#login-title').waitFor();
    await person.page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:1/x.png' }))");
    await expect.poll(() => person.complaints).toContainEqual(expect.stringContaining('Content Security Policy'));
  });
});
