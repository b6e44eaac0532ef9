/** Production-like settings without apps: nobody is logged in by accident, and the operator reads what to set. */
import { expect, test } from 'vitest';
import { useStage } from './support/built-in.js';
import { describeInBrowser, newPerson } from './support/chromium.js';
import { startRelyingParty } from './support/relying-party.js';

describeInBrowser('notices in place of pages that are not configured', () => {
  const stage = useStage({ DEV: '' });

  test.each([
    ['login', 'URLS_LOGIN'],
    ['consent', 'URLS_CONSENT'],
    ['logout', 'URLS_LOGOUT'],
    ['logout/callback', 'URLS_POST_LOGOUT_REDIRECT'],
    ['device', 'URLS_DEVICE_VERIFICATION'],
    ['device/done', 'URLS_DEVICE_SUCCESS'],
  ])('%s says that %s is missing', async (name, setting) => {
    const { hydrant, browser } = stage();
    await using person = await newPerson(browser);
    const answer = await person.page.goto(`${hydrant.publicUrl}/oauth2/fallbacks/${name}`);
    expect(answer?.status()).toBe(200);
    expect(await person.page.locator('main').innerText()).toContain(setting);
    expect(await person.page.locator('form').count()).toBe(0);
    expect(person.complaints).toEqual([]);
  });

  test('an app that begins a login ends at the notice, where nothing can be posted', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin());
    expect(await person.page.locator('h1').innerText()).toBe('No login page is configured');
    const challenge = new URL(person.page.url()).searchParams.get('login_challenge') ?? '';
    const posted = await person.page.request.post(`${hydrant.publicUrl}/oauth2/fallbacks/login`, {
      form: { challenge, email: 'ann@example.com', decision: 'accept' },
    });
    expect(await posted.text()).toContain('No login page is configured');
    expect(person.complaints).toEqual([]);
  });

  test('the error page shows the error as text, and markup in it as text too', async () => {
    const { hydrant, browser } = stage();
    await using person = await newPerson(browser, { allowed: /the server responded with a status of 500 / });
    await person.page.goto(`${hydrant.publicUrl}/oauth2/auth?client_id=nobody&response_type=code`);
    expect(await person.page.locator('#error-title').innerText()).toBe('This app is not known here');
    expect(await person.page.locator('#error-code').innerText()).toBe('invalid_client');
    const attack = new URLSearchParams({ error: 'x', error_description: '<img src=x onerror=alert(1)>' });
    const answer = await person.page.goto(`${hydrant.publicUrl}/oauth2/fallbacks/error?${attack}`);
    expect(answer?.status()).toBe(500);
    expect(await person.page.locator('#error-text').innerText()).toBe('<img src=x onerror=alert(1)>');
    expect(person.complaints).toEqual([]);
  });
});
