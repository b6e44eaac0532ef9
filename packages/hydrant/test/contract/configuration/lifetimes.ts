import { expect } from 'vitest';
import { openBrowser, send } from '../../support/browser.js';
import { clockAt } from '../../support/clock.js';
import { askCodes, givenDeviceClient } from '../../support/device.js';
import {
  authorizationUrl,
  challengeIn,
  claimsOf,
  decide,
  givenClient,
  introspect,
  obtainCode,
  obtainTokens,
  redeem,
  walk,
} from '../../support/relying-party.js';
import { type Effect, served, started } from './effect.js';

const DAY = 24 * 60 * 60;

/** The `Max-Age` of a cookie among these lines. */
function maxAgeOf(lines: readonly string[], name: string): number {
  const line = lines.find((one) => one.startsWith(name)) ?? '';
  return Number(/; Max-Age=(\d+)/.exec(line)?.[1]);
}

/** What the login session's cookie is kept for, in seconds. */
async function rememberedFor(authenticationSession: string): Promise<number> {
  await using hydrant = await started({ 'ttl.authentication_session': authenticationSession });
  const browser = openBrowser();
  const asked = await browser.get(authorizationUrl(hydrant, await givenClient(hydrant)));
  const login = { subject: 'alice', remember: true };
  const done = await browser.get(await decide(hydrant, 'login', challengeIn(asked, 'login'), login));
  return maxAgeOf(done.headers.getSetCookie(), 'ory_hydra_session');
}

export const lifetimes: readonly Effect[] = [
  served(
    'tokens live as long as is said',
    { 'ttl.access_token': '11m', 'ttl.id_token': '12m', 'ttl.refresh_token': '13m' },
    async (hydrant) => {
      const { json, idToken, refreshToken } = await obtainTokens(hydrant, await givenClient(hydrant));
      expect(json.expires_in).toBe(11 * 60);
      const { exp, iat } = claimsOf(idToken);
      expect(Number(exp) - Number(iat)).toBe(12 * 60);
      const refresh = await introspect(hydrant, refreshToken);
      expect(Number(refresh.exp) - Number(refresh.iat)).toBe(13 * 60);
    },
    { clock: clockAt() },
  ),
  {
    keys: ['ttl.refresh_token'],
    says: 'a refresh token with -1 is good after a hundred years',
    async run() {
      const clock = clockAt();
      await using hydrant = await started({ 'ttl.refresh_token': '-1' }, { clock });
      const { refreshToken } = await obtainTokens(hydrant, await givenClient(hydrant));
      clock.advance(100 * 365 * DAY * 1000);
      expect(await introspect(hydrant, refreshToken)).toMatchObject({ active: true });
    },
  },
  {
    keys: ['ttl.auth_code', 'ttl.login_consent_request'],
    says: 'a code, and a login under way, are good until then and no longer',
    async run() {
      const clock = clockAt();
      await using hydrant = await started({ 'ttl.auth_code': '2m', 'ttl.login_consent_request': '3m' }, { clock });
      const client = await givenClient(hydrant);
      const codes = [await obtainCode(hydrant, client), await obtainCode(hydrant, client)];
      const asked = await send(authorizationUrl(hydrant, client));
      expect(maxAgeOf(asked.headers.getSetCookie(), 'ory_hydra_login_csrf')).toBe(3 * 60);
      clock.advance(119_000);
      expect((await redeem(hydrant, client, codes[0] ?? '')).status).toBe(200);
      clock.advance(2_000);
      expect((await redeem(hydrant, client, codes[1] ?? '')).status).toBe(400);
      expect(await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' })).toContain(
        'login_verifier',
      );
      clock.advance(60_000);
      await expect(decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' })).rejects.toThrow();
      expect((await walk(hydrant, client)).code).not.toBe('');
    },
  },
  served('a device is told how long its codes live', { 'ttl.device_user_code': '14m' }, async (hydrant) => {
    expect((await askCodes(hydrant, await givenDeviceClient(hydrant))).json.expires_in).toBe(14 * 60);
  }),
  {
    keys: ['ttl.authentication_session'],
    says: 'a remembered login lives so long, and never for more than 180 days',
    async run() {
      expect(await rememberedFor('15m')).toBe(15 * 60);
      expect(await rememberedFor('9999h')).toBe(180 * DAY);
    },
  },
  served('a nonce for credentials lives so long', { 'ttl.vc_nonce': '16m' }, async (hydrant) => {
    const scope = 'openid userinfo_credential_draft_00';
    const client = await givenClient(hydrant, { scope });
    const { json } = await obtainTokens(hydrant, client, { params: { scope } });
    expect(json.c_nonce_expires_in_draft_00).toBe(16 * 60);
  }),
];
