/** Flows contract §16, rows 39 to 46: what is granted, and when that is remembered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../support/browser.js';
import { clockAt, MINUTE } from '../../support/clock.js';
import { claimsOf, decide, introspect, obtainTokens, pkce, redeem, walk } from '../../support/relying-party.js';
import { type Hydrant, startHydrant } from '../../support/start-hydrant.js';
import { landing } from '../public-api/landing.js';
import { atConsent, givenA, givenP, REMEMBERED } from './cast.js';

const clock = clockAt();
let hydrant: Hydrant;

beforeAll(async () => {
  hydrant = await startHydrant({ clock });
});
afterAll(() => hydrant.close());

describe('a remembered consent', () => {
  test('#39 is enough for less than it granted', async () => {
    const client = await givenA(hydrant);
    const { browser } = await walk(hydrant, client, { ...REMEMBERED, params: { scope: 'openid photos' } });
    const skips = async (scope: string) =>
      (await walk(hydrant, client, { browser, params: { scope } })).consentRequest?.skip;
    expect([await skips('openid'), await skips('openid offline')]).toEqual([true, false]);
  });

  test('#40 says nothing of audiences, so a new one does not matter', async () => {
    const client = await givenA(hydrant, { audience: ['https://api.example/'] });
    const { browser } = await walk(hydrant, client, REMEMBERED);
    const { consentRequest } = await walk(hydrant, client, { browser, params: { audience: 'https://api.example/' } });
    expect(consentRequest).toMatchObject({
      skip: true,
      requested_access_token_audience: ['https://api.example/'],
    });
  });

  test('#41 that has expired does not hide an older one that lasts', async () => {
    const client = await givenA(hydrant);
    const { browser } = await walk(hydrant, client, REMEMBERED);
    const newer = { params: { prompt: 'consent' }, consent: { remember: true, remember_for: 60 } };
    expect((await walk(hydrant, client, { browser, ...newer })).consentRequest).toMatchObject({ skip: false });
    clock.advance(2 * MINUTE);
    expect((await walk(hydrant, client, { browser })).consentRequest).toMatchObject({ skip: true });

    const another = await givenA(hydrant);
    await walk(hydrant, another, { browser, consent: newer.consent });
    clock.advance(2 * MINUTE);
    expect((await walk(hydrant, another, { browser })).consentRequest).toMatchObject({ skip: false });
  });

  test('#42 of a public client counts only where somebody must own the redirect URI', async () => {
    const skips = async (redirectUri: string) => {
      const client = await givenP(hydrant, { redirect_uris: [redirectUri] });
      const { params } = pkce();
      const { browser } = await walk(hydrant, client, { ...REMEMBERED, params });
      return (await walk(hydrant, client, { browser, params })).consentRequest?.skip;
    };
    expect([await skips('myapp://cb'), await skips('http://127.0.0.1/cb')]).toEqual([false, true]);
  });
});

describe('the word of the consent app', () => {
  test('#43 grants more than was asked for', async () => {
    const client = await givenA(hydrant);
    const consent = { grant_scope: ['photos', 'admin'] };
    const { json, accessToken } = await obtainTokens(hydrant, client, { params: { scope: 'photos' }, consent });
    expect(json.scope).toBe('photos admin');
    expect(await introspect(hydrant, accessToken)).toMatchObject({ active: true, scope: 'photos admin' });
  });

  test('#44 does not change who somebody is', async () => {
    const consent = { session: { id_token: { sub: 'x', nickname: 'al' } } };
    const { idToken } = await obtainTokens(hydrant, await givenA(hydrant), { consent });
    expect(claimsOf(idToken)).toMatchObject({ sub: 'alice', nickname: 'al' });
  });

  test('#45 is one of Hydra where it says no without one', async () => {
    const client = await givenA(hydrant);
    const browser = openBrowser();
    const consent = await atConsent(hydrant, client, browser);
    const answer = await browser.get(await decide(hydrant, 'consent', consent, { error: undefined }));
    expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'consent request denied' } });
    expect(answer.location?.search).toMatch(/[?&]error=consent\+request\+denied(&|$)/);
  });

  test('#46 has to be given again when the consent is skipped: what it leaves out is not granted', async () => {
    const client = await givenA(hydrant);
    const { browser } = await walk(hydrant, client, REMEMBERED);
    const consent = { grant_scope: undefined };
    const { consentRequest, code } = await walk(hydrant, client, { browser, consent });
    expect(consentRequest).toMatchObject({ skip: true, requested_scope: ['openid', 'offline'] });
    const { json, idToken, accessToken } = await redeem(hydrant, client, code);
    expect([json.scope, idToken, 'refresh_token' in json]).toEqual(['', '', false]);
    expect(await introspect(hydrant, accessToken)).toMatchObject({ active: true, sub: 'alice' });
  });
});
