import { expect } from 'vitest';
import { openBrowser, send } from '../../support/browser.js';
import { DEVICE_APP, visitDevicePage } from '../../support/device.js';
import { authorizationUrl, challengeIn, decide, givenClient } from '../../support/relying-party.js';
import { type Effect, served } from './effect.js';

export const cookies: readonly Effect[] = [
  served(
    'cookies are called as they shall be, and belong where they shall',
    {
      'serve.cookies.names.session': 'my_session',
      'serve.cookies.names.login_csrf': 'my_login',
      'serve.cookies.names.consent_csrf': 'my_consent',
      'serve.cookies.names.device_csrf': 'my_device',
      'serve.cookies.paths.session': '/oauth2',
      'serve.cookies.domain': 'example.com',
      'serve.cookies.secure': 'true',
      'serve.cookies.same_site_mode': 'Strict',
      'urls.device.verification': DEVICE_APP,
    },
    async (hydrant) => {
      const browser = openBrowser();
      const seen: string[] = [];
      const look = async (url: URL | string) => {
        const answer = await browser.get(url);
        seen.push(...answer.headers.getSetCookie());
        return answer;
      };
      const asked = await look(authorizationUrl(hydrant, await givenClient(hydrant)));
      const login = { subject: 'alice', remember: true };
      await look(await decide(hydrant, 'login', challengeIn(asked, 'login'), login));
      await look(`${hydrant.publicUrl}/oauth2/device/verify`);
      const line = (name: string) => seen.find((one) => one.startsWith(`${name}_dev`)) ?? '';
      expect(line('my_session')).toMatch(/^my_session_dev=/);
      expect(line('my_session')).toContain('; Path=/oauth2;');
      for (const name of ['my_session', 'my_login', 'my_consent', 'my_device']) {
        expect(line(name), name).toContain('; Domain=example.com');
        expect(line(name), name).toContain('; Secure');
        expect(line(name), name).toContain('; SameSite=Strict');
      }
      expect(await visitDevicePage(hydrant, browser)).not.toBe('');
    },
    { beside: ['urls.device.verification'] },
  ),
  served(
    'old browsers get a copy without SameSite, and may come back with that alone',
    {
      'serve.cookies.same_site_legacy_workaround': 'true',
      'serve.cookies.same_site_mode': 'None',
      'urls.self.issuer': 'https://id.example.com/',
      'urls.self.public': 'http://127.0.0.1:1/',
    },
    async (hydrant) => {
      const client = await givenClient(hydrant);
      const lines = (await send(authorizationUrl(hydrant, client))).headers.getSetCookie();
      expect(lines.map((line) => /_legacy=/.test(line))).toEqual([false, true]);
      expect(lines.map((line) => /SameSite=None/.test(line))).toEqual([true, false]);
    },
    { beside: ['serve.cookies.same_site_mode', 'urls.self.issuer', 'urls.self.public'] },
  ),
  served(
    'the mode None is kept where the server is reached by https',
    { 'serve.cookies.same_site_mode': 'None', 'urls.self.issuer': 'https://id.example.com/' },
    async (hydrant) => {
      const [line = ''] = (await send(authorizationUrl(hydrant, await givenClient(hydrant)))).headers.getSetCookie();
      expect(line).toContain('; SameSite=None');
    },
    { beside: ['urls.self.issuer'] },
  ),
];
