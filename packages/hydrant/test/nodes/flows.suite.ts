/** Whole ways through the server of which every step meets another node than the one before. */
import { describe, expect, test } from 'vitest';
import { openBrowser, send } from '../support/browser.js';
import { approveDevice, givenDeviceClient, obtainCodes, poll } from '../support/device.js';
import { listen } from '../support/listener.js';
import {
  authorizationUrl,
  challengeIn,
  claimsOf,
  decide,
  givenClient,
  introspect,
  isActive,
  obtainTokens,
  redeem,
  refresh,
  walk,
} from '../support/relying-party.js';
import { type Cluster, ISSUER } from './cluster.js';

export function flowsAcrossNodes(cluster: () => Cluster): void {
  /** Runs something and sees to it that no two requests in a row had the same node, and that each node had some. */
  async function everyStepElsewhere(way: () => Promise<void>): Promise<void> {
    const { proxy, nodes } = cluster();
    const before = proxy.served.length;
    await way();
    const seen = proxy.served.slice(before);
    expect(seen.length).toBeGreaterThan(2 * nodes.length);
    expect(seen.filter((node, index) => node === seen[index - 1])).toEqual([]);
    expect(new Set(seen).size).toBe(nodes.length);
    expect(proxy.failures).toEqual([]);
  }

  describe('every request at another node', () => {
    test('a login, its consent, the code and what becomes of its tokens', () =>
      everyStepElsewhere(async () => {
        const { proxy } = cluster();
        const client = await givenClient(proxy);
        const { code, browser } = await walk(proxy, client, { login: { remember: true } });
        const tokens = await redeem(proxy, client, code);
        expect(tokens.status).toBe(200);
        expect(claimsOf(tokens.idToken)).toMatchObject({ iss: ISSUER, sub: 'alice', aud: [client.id] });
        expect(await introspect(proxy, tokens.accessToken)).toMatchObject({ active: true, sub: 'alice' });
        const userinfo = await send(`${proxy.publicUrl}/userinfo`, { bearer: tokens.accessToken });
        expect(userinfo.json).toMatchObject({ sub: 'alice' });

        const next = await refresh(proxy, client, tokens.refreshToken);
        expect(next.status).toBe(200);
        expect(await isActive(proxy, next.accessToken)).toBe(true);
        expect((await refresh(proxy, client, next.refreshToken)).status).toBe(200);

        // The browser is known wherever it comes.
        const again = await walk(proxy, client, { browser });
        expect(again.loginRequest).toMatchObject({ skip: true, subject: 'alice' });

        const revoked = await send(`${proxy.publicUrl}/oauth2/revoke`, {
          form: { token: next.refreshToken },
          basic: [client.id, client.secret],
        });
        expect(revoked.status).toBe(200);
        for (const token of [tokens.accessToken, next.accessToken, next.refreshToken])
          expect(await isActive(proxy, token)).toBe(false);
        // One node's answer is every node's answer.
        for (let step = 0; step < cluster().nodes.length; step++)
          expect((await refresh(proxy, client, next.refreshToken)).error).toBe('invalid_grant');
      }));

    test('a code that comes twice ends what it gave', () =>
      everyStepElsewhere(async () => {
        const { proxy } = cluster();
        const client = await givenClient(proxy);
        const { code } = await walk(proxy, client);
        const tokens = await redeem(proxy, client, code);
        expect((await redeem(proxy, client, code)).error).toBe('invalid_grant');
        expect(await isActive(proxy, tokens.accessToken)).toBe(false);
        expect((await refresh(proxy, client, tokens.refreshToken)).error).toBe('invalid_grant');
      }));

    test('a logout ends the login everywhere, and its clients are told once', () =>
      everyStepElsewhere(async () => {
        const { proxy } = cluster();
        await using app = await listen();
        const client = await givenClient(proxy, { backchannel_logout_uri: `${app.url}/logout` });
        const { browser } = await walk(proxy, client, { login: { subject: 'bob', remember: true } });
        const asked = await browser.get(`${proxy.publicUrl}/oauth2/sessions/logout`);
        const done = await browser.get(await decide(proxy, 'logout', challengeIn(asked, 'logout')));
        expect(done.location?.href).toBe('http://127.0.0.1:1/logged-out');
        await app.hasReceived(1);
        for (let step = 0; step < cluster().nodes.length; step++) {
          const { loginRequest } = await walk(proxy, client, { browser, login: { error: 'access_denied' } });
          expect(loginRequest).toMatchObject({ skip: false });
        }
        expect(app.received).toHaveLength(1);
      }));

    test('a device that asks here while its person says yes there', () =>
      everyStepElsewhere(async () => {
        const { proxy } = cluster();
        const client = await givenDeviceClient(proxy);
        const codes = await obtainCodes(proxy, client);
        expect((await poll(proxy, client, codes)).error).toBe('authorization_pending');
        await approveDevice(proxy, codes, { browser: openBrowser() });
        const tokens = await poll(proxy, client, codes);
        expect(tokens.status).toBe(200);
        expect((await refresh(proxy, client, tokens.refreshToken)).status).toBe(200);
        expect((await poll(proxy, client, codes)).error).toBe('invalid_grant');
      }));

    test('a login that is begun over and over begins at each node', () =>
      everyStepElsewhere(async () => {
        const { proxy } = cluster();
        const client = await givenClient(proxy);
        for (let round = 0; round < 4; round++) expect((await obtainTokens(proxy, client)).status).toBe(200);
        const elsewhere = await openBrowser().get(authorizationUrl(proxy, client, { prompt: 'none' }));
        expect(elsewhere.location?.searchParams.get('error')).toBe('login_required');
      }));
  });
}
