/** Televisions: a code on the screen, a person with a phone, and those who never come. */
import { openBrowser, send } from '../http.mjs';
import { DEVICE_GRANT, expectStatus } from '../world.mjs';
import { askToken, decide, keepTokens } from './logins.mjs';

/** @param {import('../world.mjs').World} world */
export async function device(world) {
  const { server, chance, other, clock, fresh, television, pickPerson } = world;
  const person = pickPerson();
  const form = { client_id: television.id, scope: 'openid offline' };
  const codes = expectStatus(await send(`${server.publicUrl}/oauth2/device/auth`, { form }), 200, 'a device').json;
  const deviceCode = String(codes.device_code);
  const request = fresh('request');
  const row = { client: television.id, request, subject: person?.subject ?? '', at: clock.now() };
  other.add('device_auth_codes', deviceCode, row);
  if (chance.often(0.3) || !person) return 'device left alone';

  const browser = openBrowser();
  const visit = await browser.get(String(codes.verification_uri_complete));
  const challenge = visit.location?.searchParams.get('device_challenge');
  const accept = `${server.adminUrl}/admin/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
  const typed = await send(accept, { method: 'PUT', json: { user_code: String(codes.user_code) } });
  const asked = await browser.get(String(expectStatus(typed, 200, 'a user code').json.redirect_to));
  const next = await browser.get(await decide(world, 'login', asked, { subject: person.subject, remember: false }));
  if (chance.often(0.15)) {
    await browser.get(await decide(world, 'consent', next, { error: 'access_denied' }));
    const answer = await askToken(world, television, { grant_type: DEVICE_GRANT, device_code: deviceCode });
    expectStatus(answer, 400, 'the poll of a device that was refused');
    return 'device refused';
  }
  const consent = { grant_scope: ['openid', 'offline'], remember: false };
  await browser.get(await decide(world, 'consent', next, consent));
  other.add('flow', request, row);
  const answer = await askToken(world, television, { grant_type: DEVICE_GRANT, device_code: deviceCode });
  const { json } = expectStatus(answer, 200, 'the poll of a device that was let in');
  other.use('device_auth_codes', deviceCode);
  keepTokens(world, { client: television, request, subject: person.subject }, json);
  return 'device';
}
