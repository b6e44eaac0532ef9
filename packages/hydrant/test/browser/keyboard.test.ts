/** Everything on the built-in pages with the keyboard alone, in the order in which Tab goes. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { appSays, useStage } from './support/built-in.js';
import { describeInBrowser, newPerson } from './support/chromium.js';
import { startRelyingParty } from './support/relying-party.js';

/** The id of what has the focus; an element that shows no ring around itself counts as not there. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const { id, matches } = document.activeElement;
    const ring = getComputedStyle(document.activeElement).outlineStyle !== 'none';
    return ring ? id : id + ' (no visible focus)';
  })()`);
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

describeInBrowser('with the keyboard alone', () => {
  const stage = useStage();

  test('login, consent and logout', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant, { scope: 'openid email' });
    await using person = await newPerson(browser);
    const { page } = person;

    await page.goto(app.begin());
    expect(await focused(page)).toBe('email');
    await page.keyboard.type('ann@example.com');
    await press(page, 'Tab');
    expect(await focused(page)).toBe('password');
    await page.keyboard.type('anything');
    await press(page, 'Tab');
    expect(await focused(page)).toBe('remember');
    await press(page, 'Space', 'Tab');
    expect(await focused(page)).toBe('accept');
    await press(page, 'Enter');

    await page.locator('#consent-title').waitFor();
    const order: string[] = [];
    for (let stops = 0; stops < 5; stops++) {
      await press(page, 'Tab');
      order.push(await focused(page));
    }
    expect(order).toEqual(['openid', 'email', 'remember', 'accept', 'reject']);
    await press(page, 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Space');
    expect(await page.locator('#openid').isChecked()).toBe(true);
    await press(page, 'Tab', 'Tab', 'Tab', 'Enter');
    expect(await appSays(page)).toBe('welcome ann@example.com');
    expect(app.arrivals[0]?.tokens).toMatchObject({ scope: 'openid' });

    await page.goto(`${hydrant.publicUrl}/oauth2/sessions/logout`);
    await press(page, 'Tab');
    expect(await focused(page)).toBe('accept');
    await press(page, 'Enter');
    await page.locator('#done').waitFor();
    expect(await page.locator('h1').innerText()).toBe('You are logged out');
    expect(person.complaints).toEqual([]);
  });

  test('Enter in a field logs in; it never cancels', async () => {
    const { hydrant, browser } = stage();
    await using app = await startRelyingParty(hydrant);
    await using person = await newPerson(browser);
    await person.page.goto(app.begin({ login_hint: 'bob@example.com' }));
    expect(await focused(person.page)).toBe('password');
    await person.page.keyboard.type('anything');
    await press(person.page, 'Enter');
    await person.page.locator('#consent-title').waitFor();
    expect(await person.page.locator('#whoami').innerText()).toContain('bob@example.com');
    expect(person.complaints).toEqual([]);
  });
});
