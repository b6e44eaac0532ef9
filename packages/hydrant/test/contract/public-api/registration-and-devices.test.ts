/** Public contract §17, rows 66 to 70: clients that register themselves, and devices. */
import { describe, expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { clockAt, SECOND } from '../../support/clock.js';
import {
  approveDevice,
  askCodes,
  DEVICE_GRANT,
  DEVICE_SETTINGS,
  givenDeviceClient,
  obtainCodes,
  poll,
} from '../../support/device.js';
import { askToken, introspect } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { givenA } from './cast.js';

const hydrant = sharedHydrant({ settings: DEVICE_SETTINGS });
const open = sharedHydrant({ settings: { OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' } });

describe('a client that registers itself', () => {
  const metadata = { client_name: 'An app', redirect_uris: ['https://a.example/cb'] };

  test('#66 finds nothing where registration is off', async () => {
    const closed = await send(`${hydrant.publicUrl}/oauth2/register`, { json: { ...metadata, client_name: 'Nobody' } });
    expect(closed.status).toBe(404);
    const named = await fetch(`${hydrant.adminUrl}/admin/clients?client_name=Nobody`);
    expect(await named.json()).toEqual([]);
  });

  test('#67 gets another registration token with each change, and the one before is over', async () => {
    const made = await send(`${open.publicUrl}/oauth2/register`, { json: metadata });
    expect(made.status).toBe(201);
    const at = `${open.publicUrl}/oauth2/register/${made.json.client_id}`;
    const first = String(made.json.registration_access_token);
    const change = (bearer: string, name: string) =>
      send(at, { method: 'PUT', bearer, json: { ...metadata, client_name: name } });

    const changed = await change(first, 'Another app');
    expect(changed).toMatchObject({ status: 200, json: { client_name: 'Another app' } });
    const second = String(changed.json.registration_access_token);
    expect([second === first, second.length > 20]).toEqual([false, true]);

    expect((await change(first, 'A third app')).status).toBe(401);
    expect((await send(at, { bearer: first })).status).toBe(401);
    expect(await send(at, { bearer: second })).toMatchObject({ status: 200, json: { client_name: 'Another app' } });
  });
});

describe('a device', () => {
  /**
   * Hydra never sends `slow_down`. Hydrant forgives the first hasty polls, which Hydra's devices may be used to, and then
   * says it, as RFC 8628 §3.5 asks for; a device that keeps to the interval never hears it.
   */
  test('#68 waits until its person has acted; what else it sends does not count', async () => {
    const clock = clockAt();
    await using hydrant = await startHydrant({ clock, settings: DEVICE_SETTINGS });
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client, { scope: 'openid' });
    const pending = { status: 400, error: 'authorization_pending' };
    expect(await poll(hydrant, client, codes)).toMatchObject(pending);
    clock.advance(SECOND / 2);
    expect(await poll(hydrant, client, codes, { scope: 'x' })).toMatchObject(pending);
    clock.advance(6 * SECOND);
    await approveDevice(hydrant, codes, { consent: { grant_scope: ['openid'] } });
    const answer = await poll(hydrant, client, codes, { scope: 'x' });
    expect([answer.status, answer.json.scope]).toEqual([200, 'openid']);
    expect(await introspect(hydrant, answer.accessToken)).toMatchObject({ active: true, scope: 'openid' });
  });

  test('#69 redeems its code once', async () => {
    const client = await givenDeviceClient(hydrant);
    const codes = await obtainCodes(hydrant, client);
    await approveDevice(hydrant, codes);
    const { status, accessToken } = await poll(hydrant, client, codes);
    expect(status).toBe(200);
    expect(await poll(hydrant, client, codes)).toMatchObject({ status: 400, error: 'invalid_grant' });
    // Unlike an authorization code, it never went through a browser: asking again is impatience, not theft.
    expect((await introspect(hydrant, accessToken)).active).toBe(true);
  });

  test('#70 names its client in the form, and has the grant', async () => {
    const client = await givenDeviceClient(hydrant, { token_endpoint_auth_method: 'client_secret_basic' });
    const basic = [client.id, client.secret] as const;
    const url = `${hydrant.publicUrl}/oauth2/device/auth`;
    const nameless = await send(url, { form: { scope: 'openid' }, basic });
    expect(nameless).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
    expect((await askCodes(hydrant, client, { scope: 'openid' })).status).toBe(200);

    const other = await givenA(hydrant);
    const refused = await askCodes(hydrant, other, { scope: 'openid' });
    expect(refused).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
    const form = { grant_type: DEVICE_GRANT, device_code: 'ory_dc_any.code' };
    expect(await askToken(hydrant, other, form)).toMatchObject({ status: 400, error: 'unauthorized_client' });
  });
});
