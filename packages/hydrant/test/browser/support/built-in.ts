/** What all tests on the built-in pages begin with: a server without apps of one's own, and a browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { launchBrowser } from './chromium.js';

/** Empty variables count as unset, so the built-in pages stand in. */
const NO_APPS = { URLS_LOGIN: '', URLS_CONSENT: '', URLS_LOGOUT: '', URLS_ERROR: '', URLS_POST_LOGOUT_REDIRECT: '' };

export interface Stage {
  readonly hydrant: Hydrant;
  readonly browser: Browser;
}

/** Starts both before the tests of a file, and ends them afterwards. Call it inside `describeInBrowser`. */
export function useStage(settings: Readonly<Record<string, string>> = {}): () => Stage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    const [hydrant, browser] = await Promise.all([
      startHydrant({ settings: { ...NO_APPS, ...settings } }),
      launchBrowser(),
    ]);
    stage = { hydrant, browser };
  });
  afterAll(async () => {
    await stage?.browser.close();
    await stage?.hydrant.close();
  });
  return () => {
    if (stage === undefined) throw new Error('the server and the browser start with the first test');
    return stage;
  };
}

/** Fills the login page in. */
export async function logIn(page: Page, email: string, { remember = false } = {}): Promise<void> {
  await page.locator('#login-title').waitFor();
  await page.locator('#email').fill(email);
  await page.locator('#password').fill('anything');
  if (remember) await page.locator('#remember').check();
  await page.locator('#accept').click();
}

/** Ticks scopes on the consent page and allows them. */
export async function allow(page: Page, scopes: readonly string[], { remember = false } = {}): Promise<void> {
  await page.locator('#consent-title').waitFor();
  for (const scope of scopes) await page.locator(`[id="${scope}"]`).check();
  if (remember) await page.locator('#remember').check();
  await page.locator('#accept').click();
}

/** What the app says once the browser is back. */
export async function appSays(page: Page): Promise<string> {
  return page.locator('#app').innerText();
}
