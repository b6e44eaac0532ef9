/** §14.4 of the admin contract: logout requests. */
import { expect, test } from 'vitest';
import { type TestClient, walk } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import {
  admin,
  atLogout,
  BOTH,
  CODES,
  decideAs,
  expectRefusal,
  fresh,
  nextOf,
  quickClient,
  read,
  type Waiting,
} from './admin-side.js';

const hydrant = sharedHydrant();

/** Whether the browser is still logged in. */
async function isLoggedIn(client: TestClient, { browser }: Waiting): Promise<boolean> {
  return (await walk(hydrant, client, { browser, params: { prompt: 'none' } })).params.error !== 'login_required';
}

async function given() {
  const client = await quickClient(hydrant);
  const subject = fresh('alice');
  return { client, subject, ...(await atLogout(hydrant, client, subject)) };
}

test.each(BOTH)('14.4 #39 no challenge is an unknown one [%s]', async (generation) => {
  const error = { 'v1.7': CODES.notFound, 'v2+': CODES.noRow }[generation];
  const path = '/oauth2/auth/requests/logout';
  for (const query of ['', '?logout_challenge=', '?logout_challenge=nobody']) {
    expectRefusal(await admin(hydrant, generation, 'GET', `${path}${query}`), generation, 404, error);
    expectRefusal(await admin(hydrant, generation, 'PUT', `${path}/accept${query}`), generation, 404, error);
  }
});

test.each(BOTH)('14.4 #40 accepted twice, the same redirect_to [%s]', async (generation) => {
  const waiting = await given();
  const { client, challenge, subject } = waiting;
  const next = nextOf(await decideAs(hydrant, generation, 'accept logout', challenge));
  expect(nextOf(await decideAs(hydrant, generation, 'accept logout', challenge)).href).toBe(next.href);
  expect((await read(hydrant, generation, 'logout', challenge)).json).toMatchObject({ subject, rp_initiated: true });
  // An acceptance ends nothing before the browser is back.
  expect(await isLoggedIn(client, waiting)).toBe(true);
});

test.each(BOTH)('14.4 #41 a rejected logout is gone, and an acceptance brings it back [%s]', async (generation) => {
  const waiting = await given();
  const { client, browser, challenge } = waiting;
  const error = { 'v1.7': CODES.notFound, 'v2+': CODES.noRow }[generation];
  const accepted = nextOf(await decideAs(hydrant, generation, 'accept logout', challenge));
  const rejected = await decideAs(hydrant, generation, 'reject logout', challenge);
  expect([rejected.status, rejected.text, rejected.headers.get('content-type')]).toEqual([204, '', null]);
  expectRefusal(await read(hydrant, generation, 'logout', challenge), generation, 404, error);
  // The acceptance before is withdrawn.
  await browser.get(accepted);
  expect(await isLoggedIn(client, waiting)).toBe(true);
  expect((await decideAs(hydrant, generation, 'reject logout', challenge)).status).toBe(204);

  const next = nextOf(await decideAs(hydrant, generation, 'accept logout', challenge));
  expect((await read(hydrant, generation, 'logout', challenge)).status).toBe(200);
  expect((await browser.get(next)).location?.href).toBe('http://127.0.0.1:1/logged-out');
  expect(await isLoggedIn(client, waiting)).toBe(false);
});

test.each(BOTH)('14.4 #42 the rejection of an unknown logout [%s]', async (generation) => {
  for (const challenge of ['', 'nobody']) {
    const answer = await decideAs(hydrant, generation, 'reject logout', challenge);
    if (generation === 'v1.7') expect([answer.status, answer.text]).toEqual([204, '']);
    else expectRefusal(answer, generation, 404, CODES.notFound);
  }
});

test.each(BOTH)('14.4 #43 a completed logout [%s]', async (generation) => {
  const { browser, challenge } = await given();
  const { json } = await read(hydrant, generation, 'logout', challenge);
  const next = nextOf(await decideAs(hydrant, generation, 'accept logout', challenge));
  await browser.get(next);
  const after = await read(hydrant, generation, 'logout', challenge);
  if (generation === 'v1.7') expectRefusal(after, generation, 409, CODES.conflict, 'used');
  else expect([after.status, after.json]).toEqual([410, { redirect_to: json.request_url }]);
  // Accepting it again has no further effect, and a rejection makes it unknown (§4.2).
  expect(nextOf(await decideAs(hydrant, generation, 'accept logout', challenge)).href).toBe(next.href);
  expect((await decideAs(hydrant, generation, 'reject logout', challenge)).status).toBe(204);
  expect((await read(hydrant, generation, 'logout', challenge)).status).toBe(404);
});

test.each(BOTH)(
  '14.4 #44 redirect_to is the logout endpoint with the verifier and nothing else [%s]',
  async (generation) => {
    const { challenge } = await given();
    // Neither operation reads a body (§1.4).
    const answer = await admin(
      hydrant,
      generation,
      'PUT',
      `/oauth2/auth/requests/logout/accept?logout_challenge=${challenge}`,
      { body: '{"broken' },
    );
    const next = nextOf(answer);
    expect(`${next.origin}${next.pathname}`).toBe(`${hydrant.publicUrl}/oauth2/sessions/logout`);
    expect([...next.searchParams.keys()]).toEqual(['logout_verifier']);
  },
);
