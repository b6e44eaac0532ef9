/** A device that waits, a person who types its code, tokens (RFC 8628): by releases that know devices. */
import { expect } from 'vitest';
import { openBrowser } from '../support/browser.js';
import { walk, willingApp } from '../support/login-app.js';
import { whereOffered } from '../support/where-offered.js';
import { headerOf, unfollowed } from './answer.js';
import { refusalOf } from './refusal.js';
import type { SecondWorld } from './second-world.js';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Settings that send a person with a code to an app of the operator's own. */
export const deviceSettings: Record<string, string> = {
  URLS_DEVICE_VERIFICATION: 'http://127.0.0.1:1/device',
  URLS_DEVICE_SUCCESS: 'http://127.0.0.1:1/device-done',
};

export function devices(world: SecondWorld): void {
  const known = 'acceptUserCodeRequest' in world.sdk.oauth2({ basePath: '' });

  whereOffered(known)('a device gets its tokens once its code was typed and the app said yes', async () => {
    await world.createPhotos('television', { grant_types: [DEVICE_CODE, 'refresh_token'] });
    const { admin, calls } = world;
    const open = world.asClient('television');
    const headers = {
      authorization: `Basic ${Buffer.from('television:photos-secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    // The published description gives the operation no parameters, so they are passed to axios.
    const asked = new URLSearchParams({ client_id: 'television', scope: 'openid photos.read' });
    const codes = (await open.oAuth2DeviceFlow?.({ data: asked.toString(), headers }))?.data;
    const { device_code = '', user_code = '', verification_uri = '' } = codes ?? {};
    expect(verification_uri).toBe(`${world.hydrant.publicUrl}/oauth2/device/verify`);

    const seen = await open.performOAuth2DeviceVerificationFlow?.(unfollowed());
    expect(seen && headerOf(seen, 'location')).toMatch(/^http:\/\/127\.0\.0\.1:1\/device\?device_challenge=./);

    const browser = openBrowser();
    const { location } = await browser.open(verification_uri);
    const deviceChallenge = location?.searchParams.get('device_challenge') ?? '';
    const type = (typed: string) =>
      admin.acceptUserCodeRequest?.({ deviceChallenge, acceptDeviceUserCodeRequest: { user_code: typed } });
    expect(await refusalOf(type('BCDFGHJK'))).toBe(400);
    const next = (await type(user_code))?.data.redirect_to ?? '';

    const { url } = await walk(browser, next, willingApp(calls, { login: { subject: 'viewer' } }));
    expect(url.origin + url.pathname).toBe('http://127.0.0.1:1/device-done');
    const body = new URLSearchParams({ grant_type: DEVICE_CODE, device_code });
    const answer = await fetch(`${world.hydrant.publicUrl}/oauth2/token`, { method: 'POST', headers, body });
    const tokens = JSON.parse(await answer.text());
    expect(tokens).toMatchObject({ scope: 'openid photos.read', id_token: expect.any(String) });
    expect(await world.introspect(tokens.access_token)).toMatchObject({ active: true, sub: 'viewer' });
  });
}
