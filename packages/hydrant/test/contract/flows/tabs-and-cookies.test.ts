/** Flows contract §16, rows 47 to 50: several flows in one browser, and what their cookies look like. */
import { describe, expect, test } from 'vitest';
import { type Answer, type Browser, openBrowser } from '../../support/browser.js';
import { authorizationUrl, challengeIn, decide, redeem, type TestClient } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { BEHIND_PROXY, openBrowserBeyondProxy } from '../public-api/cast.js';
import { landing } from '../public-api/landing.js';
import { atConsent, atLogin, cookiesOf, givenA } from './cast.js';

const hydrant = sharedHydrant();

/** From the challenge of the login app to tokens. */
async function finish(client: TestClient, browser: Browser, challenge: string): Promise<number> {
  const next = await decide(hydrant, 'login', challenge, { subject: 'alice' });
  const consent = challengeIn(await browser.get(next), 'consent');
  const end = await browser.get(await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] }));
  return (await redeem(hydrant, client, landing(end).params.code ?? '')).status;
}

describe('two tabs at the login app', () => {
  /**
   * Hydra has one CSRF cookie for each client, so the second tab breaks the first one (`request_forbidden`). Hydrant has one
   * for each flow: docs/decisions/0008.
   */
  test('#47 of one client both get through, in any order', async () => {
    const client = await givenA(hydrant);
    for (const order of ['first first', 'second first']) {
      const browser = openBrowser();
      const challenges = [await atLogin(hydrant, client, browser), await atLogin(hydrant, client, browser)];
      if (order === 'second first') challenges.reverse();
      for (const challenge of challenges) expect(await finish(client, browser, challenge), order).toBe(200);
      expect([...browser.jar.keys()].filter((name) => name.includes('csrf'))).toEqual([]);
    }
  });

  test('#48 of two clients both get through', async () => {
    const [one, other] = [await givenA(hydrant), await givenA(hydrant)];
    const browser = openBrowser();
    const [first, second] = [await atLogin(hydrant, one, browser), await atLogin(hydrant, other, browser)];
    expect(await finish(one, browser, first)).toBe(200);
    expect(await finish(other, browser, second)).toBe(200);
  });
});

const sameSite = (answer: Answer, part: string) =>
  cookiesOf(answer, part).map(({ attributes }) => [attributes.samesite, 'secure' in attributes]);

test('#49 SameSite=None has a copy without it for old browsers; either alone will do', async () => {
  const settings = { ...BEHIND_PROXY, SERVE_COOKIES_SAME_SITE_LEGACY_WORKAROUND: 'true' };
  await using hydrant = await startHydrant({ settings });
  const client = await givenA(hydrant);
  for (const kept of ['modern', 'old']) {
    const browser = openBrowserBeyondProxy(hydrant);
    const asked = await browser.get(authorizationUrl(hydrant, client));
    expect(sameSite(asked, 'login_csrf')).toEqual([
      ['None', true],
      [undefined, true],
    ]);
    const names = [...browser.jar.keys()];
    expect(names).toHaveLength(2);
    expect(names[1]).toBe(`${names[0]}_legacy`);
    browser.jar.delete(names[kept === 'modern' ? 1 : 0] ?? '');
    const next = await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice', remember: true });
    const loggedIn = await browser.get(next);
    expect(landing(loggedIn).at, kept).toBe('consent app');
    // The session cookie never has a copy.
    expect(sameSite(loggedIn, 'session')).toEqual([['None', true]]);

    for (const name of [...browser.jar.keys()])
      if (name.includes('consent_csrf') && name.endsWith('_legacy') === (kept === 'modern')) browser.jar.delete(name);
    const consent = challengeIn(loggedIn, 'consent');
    const end = await browser.get(await decide(hydrant, 'consent', consent, { grant_scope: ['openid'] }));
    expect(landing(end).params, kept).toHaveProperty('code');
  }
});

/** The `_insecure` of Hydra 1.x has become `_dev`. */
test('#50 over plain http, in development mode, names end in _dev, nothing is Secure, and SameSite is Lax', async () => {
  const browser = openBrowser();
  const client = await givenA(hydrant);
  const asked = await browser.get(authorizationUrl(hydrant, client));
  const loggedIn = await browser.get(
    await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice', remember: true }),
  );
  expect(sameSite(asked, '')).toEqual([['Lax', false]]);
  expect(sameSite(loggedIn, 'session')).toEqual([['Lax', false]]);
  expect(cookiesOf(asked, '')[0]?.name).toMatch(/^ory_hydra_login_csrf_dev_/);
  expect(cookiesOf(loggedIn, 'csrf')[0]?.name).toMatch(/^ory_hydra_consent_csrf_dev_/);
  expect(cookiesOf(loggedIn, 'session')[0]?.name).toBe('ory_hydra_session_dev');
  expect(await atConsent(hydrant, client, browser)).not.toBe('');
});
