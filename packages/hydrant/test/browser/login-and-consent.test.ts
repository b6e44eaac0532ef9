/** Login and consent on the built-in pages, in a browser, at an app that takes the code to the token endpoint. */
import { expect, test } from 'vitest';
import { allow, appSays, logIn, useStage } from './support/built-in.js';
import { describeInBrowser, newPerson } from './support/chromium.js';
import { claimsOf, startRelyingParty } from './support/relying-party.js';

describeInBrowser('login and consent in a browser', () => {
  const stage = useStage();

  test('login, consent, and the app has tokens for exactly what was ticked', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin());
    expect(await person.page.locator('#client').innerText()).toBe('Photo album');
    expect(await person.page.locator('#dev-notice').innerText()).toContain('Any e-mail address');
    await logIn(person.page, ' Ann@Example.com ');
    await person.page.locator('#consent-title').waitFor();
    expect(await person.page.locator('[name=grant_scope]:checked').count()).toBe(0);
    expect(await person.page.locator('#whoami').innerText()).toContain('ann@example.com');
    await allow(person.page, ['openid', 'email']);
    expect(await appSays(person.page)).toBe('welcome ann@example.com');

    const tokens = app.arrivals[0]?.tokens ?? {};
    expect(tokens).toMatchObject({ scope: 'openid email', token_type: 'bearer' });
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: 'ann@example.com', email: 'ann@example.com' });
    expect(await person.cookieNames()).not.toContainEqual(expect.stringMatching(/csrf/));
    expect(person.complaints).toEqual([]);
  });

  test('the same without scripts', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser, { scripts: false });
    await person.page.goto(app.begin({ response_mode: 'form_post' }));
    await logIn(person.page, 'ann@example.com');
    await allow(person.page, ['openid']);
    await person.page.locator('#continue').click();
    expect(await appSays(person.page)).toBe('welcome ann@example.com');
    expect(app.arrivals[0]?.method).toBe('POST');
    expect(person.complaints).toEqual([]);
  });

  test('a remembered login shows no login page the second time, another person still sees it', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using ann = await newPerson(browser);
    await ann.page.goto(app.begin());
    await logIn(ann.page, 'ann@example.com', { remember: true });
    await allow(ann.page, ['openid']);
    await appSays(ann.page);

    await ann.page.goto(app.begin());
    expect(await ann.page.locator('h1').innerText()).toBe('Photo album asks for access');
    await allow(ann.page, ['openid']);
    expect(await appSays(ann.page)).toBe('welcome ann@example.com');
    const [first, second] = app.arrivals.map(({ tokens }) => claimsOf(tokens?.id_token));
    expect(second?.sid).toBe(first?.sid);
    expect(second?.auth_time).toBe(first?.auth_time);

    await ann.page.goto(app.begin({ prompt: 'login' }));
    expect(await ann.page.locator('h1').innerText()).toBe('Log in');
    await using bob = await newPerson(browser);
    await bob.page.goto(app.begin());
    expect(await bob.page.locator('h1').innerText()).toBe('Log in');
    expect([...ann.complaints, ...bob.complaints]).toEqual([]);
  });

  test('a remembered consent shows no consent page for the same scopes, and shows it for more', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin({ scope: 'openid email' }));
    await logIn(person.page, 'cleo@example.com', { remember: true });
    await allow(person.page, ['openid', 'email'], { remember: true });
    await appSays(person.page);

    await person.page.goto(app.begin({ scope: 'openid email' }));
    expect(await appSays(person.page)).toBe('welcome cleo@example.com');
    expect(app.arrivals[1]?.tokens).toMatchObject({ scope: 'openid email' });
    await person.page.goto(app.begin({ scope: 'openid', prompt: 'none' }));
    expect(await appSays(person.page)).toBe('welcome cleo@example.com');
    await person.page.goto(app.begin({ scope: 'openid email photos.read' }));
    expect(await person.page.locator('h1').innerText()).toBe('Photo album asks for access');
    expect(person.complaints).toEqual([]);
  });

  test('denied at login, denied at consent: the app hears of it, and nobody is logged in', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin());
    await person.page.locator('#reject').click();
    expect(await appSays(person.page)).toBe('refused: access_denied');
    await person.page.goto(app.begin());
    await logIn(person.page, 'ann@example.com');
    await person.page.locator('#consent-title').waitFor();
    await person.page.locator('#reject').click();
    expect(await appSays(person.page)).toBe('refused: access_denied');
    expect(app.arrivals.map(({ params }) => params.get('iss'))).toEqual([hydrant.publicUrl, hydrant.publicUrl]);
    await person.page.goto(app.begin());
    expect(await person.page.locator('h1').innerText()).toBe('Log in');
    expect(person.complaints).toEqual([]);
  });

  test('form_post: the browser posts the answer to the app', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin({ response_mode: 'form_post' }));
    await logIn(person.page, 'ann@example.com');
    await allow(person.page, ['openid']);
    expect(await appSays(person.page)).toBe('welcome ann@example.com');
    expect(app.arrivals.map(({ method }) => method)).toEqual(['POST']);
    expect(new URL(person.page.url()).search).toBe('');
    expect(person.complaints).toEqual([]);
  });
});
