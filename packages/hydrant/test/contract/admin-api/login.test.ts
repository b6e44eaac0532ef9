/** §14.2 of the admin contract: login requests. */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { clockAt, MINUTE } from '../../support/clock.js';
import { authorizationUrl, challengeIn, walk } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import {
  admin,
  atConsent,
  atLogin,
  BOTH,
  CODES,
  decideAs,
  expectRefusal,
  followed,
  fresh,
  nextOf,
  quickClient,
  read,
} from './admin-side.js';

const clock = clockAt();
const hydrant = sharedHydrant({ clock });

const LOGIN = '/oauth2/auth/requests/login';

/** A browser in which somebody is logged in and remembered, before the login app again. */
async function atSkippedLogin(subject = fresh('alice')) {
  const client = await quickClient(hydrant);
  const { browser } = await walk(hydrant, client, { login: { subject, remember: true } });
  return { client, subject, ...(await atLogin(hydrant, client, {}, browser)) };
}

test.each(BOTH)('14.2 #10 no challenge at all [%s]', async (generation) => {
  for (const query of ['', '?login_challenge=', '?login_challenge=&challenge=']) {
    const answer = await admin(hydrant, generation, 'GET', `${LOGIN}${query}`);
    expectRefusal(answer, generation, 400, CODES.parameter, 'challenge');
  }
});

test.each(BOTH)('14.2 #11 the short name of the challenge [%s]', async (generation) => {
  const { challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const long = await read(hydrant, generation, 'login', challenge);
  expect(long).toMatchObject({ status: 200, json: { challenge } });
  for (const query of [`challenge=${challenge}`, `login_challenge=&challenge=${challenge}`]) {
    expect((await admin(hydrant, generation, 'GET', `${LOGIN}?${query}`)).json).toEqual(long.json);
  }
  const accepted = await admin(hydrant, generation, 'PUT', `${LOGIN}/accept?challenge=${challenge}`, {
    json: { subject: 'alice' },
  });
  expect(nextOf(accepted).searchParams.has('login_verifier')).toBe(true);
});

test.each(BOTH)('14.2 #12 an unknown challenge, or one for another app [%s]', async (generation) => {
  const { challenge: ofConsent } = await atConsent(hydrant, await quickClient(hydrant));
  for (const challenge of ['nobody', ofConsent]) {
    expectRefusal(await read(hydrant, generation, 'login', challenge), generation, 404, CODES.notFound);
    const accepted = await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'mallory' });
    expectRefusal(accepted, generation, 404, CODES.notFound);
  }
  const { json } = await read(hydrant, generation, 'consent', ofConsent);
  expect(json.subject).toBe('alice');
});

test.each(BOTH)('14.2 #13 an accepted login that was not redeemed can be read [%s]', async (generation) => {
  const { challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const before = await read(hydrant, generation, 'login', challenge);
  nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'alice' }));
  const after = await read(hydrant, generation, 'login', challenge);
  expect(after.status).toBe(200);
  expect(after.json).toEqual(before.json);
});

test.each(BOTH)('14.2 #14 a redeemed login [%s]', async (generation) => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const before = await read(hydrant, generation, 'login', challenge);
  const next = nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'alice' }));
  challengeIn(await browser.get(next), 'consent');
  const after = await read(hydrant, generation, 'login', challenge);
  if (generation === 'v1.7') expectRefusal(after, generation, 409, CODES.conflict, 'used');
  else expect([after.status, after.json]).toEqual([200, before.json]);
});

test.each(BOTH)('14.2 #15 a login accepted twice [%s]', async (generation) => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const next = nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'alice' }));
  const again = await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'bob' });
  // Hydra 26 makes another verifier and lets the first one live; here one verifier stands for the decision that was
  // made last (docs/decisions/0003), so nobody can finish as the person who was replaced.
  if (generation === 'v1.7') expectRefusal(again, generation, 409, CODES.exists);
  else expect(nextOf(again).href).toBe(next.href);
  const consent = challengeIn(await browser.get(next), 'consent');
  const { json } = await read(hydrant, generation, 'consent', consent);
  expect(json.subject).toBe(generation === 'v1.7' ? 'alice' : 'bob');
});

test('14.2 #15 a login decided again after the browser was back begins the consent anew [v2+]', async () => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const next = nextOf(await decideAs(hydrant, 'v2+', 'accept login', challenge, { subject: 'alice' }));
  const consent = challengeIn(await browser.get(next), 'consent');
  const granted = nextOf(await decideAs(hydrant, 'v2+', 'accept consent', consent, { grant_scope: ['openid'] }));
  nextOf(await decideAs(hydrant, 'v2+', 'accept login', challenge, { subject: 'bob' }));
  // The consent that alice gave is none of bob (docs/decisions/0003).
  expect((await followed(browser, granted)).has('code')).toBe(false);
  // 1.7 takes one decision, before the browser was back and after it.
  const second = await decideAs(hydrant, 'v1.7', 'accept login', challenge, { subject: 'carol' });
  expectRefusal(second, 'v1.7', 409, CODES.exists);
});

test.each(BOTH)('14.2 #16 an accepted login that is rejected [%s]', async (generation) => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const next = nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'alice' }));
  const rejected = await decideAs(hydrant, generation, 'reject login', challenge, { error: 'access_denied' });
  if (generation === 'v1.7') {
    expectRefusal(rejected, generation, 409, CODES.exists);
    challengeIn(await browser.get(next), 'consent');
  } else {
    expect((await followed(browser, nextOf(rejected))).get('error')).toBe('access_denied');
  }
});

test.each(BOTH)('14.2 #17 an empty subject, or none [%s]', async (generation) => {
  const { challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const error = { 'v1.7': CODES.plain, 'v2+': CODES.parameter }[generation];
  for (const body of [{ subject: '' }, { subject: null }, {}]) {
    const answer = await decideAs(hydrant, generation, 'accept login', challenge, body);
    expectRefusal(answer, generation, 400, error, 'subject');
  }
  nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'alice' }));
});

test.each(BOTH)('14.2 #18 a skipped login that is accepted for somebody else [%s]', async (generation) => {
  const { browser, challenge, subject } = await atSkippedLogin();
  const { json } = await read(hydrant, generation, 'login', challenge);
  expect(json).toMatchObject({ skip: true, subject });
  const answer = await decideAs(hydrant, generation, 'accept login', challenge, { subject: 'mallory' });
  if (generation === 'v1.7') {
    expectRefusal(answer, generation, 400, CODES.plain, 'subject');
  } else {
    const next = nextOf(answer);
    expect(next.searchParams.getAll('prompt')).toEqual(['login']);
    expect(next.searchParams.has('login_verifier')).toBe(false);
    const anew = await read(hydrant, generation, 'login', challengeIn(await browser.get(next), 'login'));
    expect(anew.json).toMatchObject({ skip: false, subject: '' });
  }
  // Nothing was stored: the challenge still takes the right person.
  const next = nextOf(await decideAs(hydrant, generation, 'accept login', challenge, { subject }));
  const consent = challengeIn(await browser.get(next), 'consent');
  expect((await read(hydrant, generation, 'consent', consent)).json.subject).toBe(subject);
});

test.each(BOTH)(
  '14.2 #19 a skipped login accepted with remember=false goes on, remembered [%s]',
  async (generation) => {
    const { client, browser, challenge, subject } = await atSkippedLogin();
    const body = { subject, remember: false };
    challengeIn(
      await browser.get(nextOf(await decideAs(hydrant, generation, 'accept login', challenge, body))),
      'consent',
    );
    const again = await atLogin(hydrant, client, {}, browser);
    const { json } = await read(hydrant, generation, 'login', again.challenge);
    expect(json).toMatchObject({ skip: true, subject });
  },
);

test.each(BOTH)('14.2 #20 redirect_to has one login_verifier, whatever request_url had [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const url = authorizationUrl(hydrant, client);
  // A verifier is looked at before a login is asked for, so only one behind an empty one gets into a request.
  url.searchParams.set('login_verifier', 'old');
  expect((await send(url)).location?.searchParams.get('error')).toBe('access_denied');
  url.searchParams.set('login_verifier', '');
  url.searchParams.append('login_verifier', 'old');
  const challenge = challengeIn(await send(url), 'login');
  for (const step of ['accept login', 'reject login'] as const) {
    // The first generation takes one decision.
    const asked = generation === 'v1.7' && step === 'reject login' ? challengeIn(await send(url), 'login') : challenge;
    const body = step === 'accept login' ? { subject: 'alice' } : {};
    const next = nextOf(await decideAs(hydrant, generation, step, asked, body));
    const [verifier, ...others] = next.searchParams.getAll('login_verifier');
    expect([verifier?.length, others]).toEqual([43, []]);
  }
});

test.each(BOTH)('14.2 #21 a rejection without words [%s]', async (generation) => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const answer = await browser.get(nextOf(await decideAs(hydrant, generation, 'reject login', challenge, {})));
  expect(answer.location?.href).toContain('http://127.0.0.1:1/callback?');
  const params = answer.location?.searchParams;
  expect(params?.get('error')).toBe('login request denied');
  expect(params?.has('code')).toBe(false);
});

// Hydra 1.7 still shows such a request, and accepts it, though no browser can use what comes of it. A flow lives until
// its time is over (docs/decisions/0002), so both generations say here what 26 says.
test.each(BOTH)('14.2 #22 a login challenge that is older than ttl.login_consent_request [%s]', async (generation) => {
  const { challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const accepted = await atLogin(hydrant, await quickClient(hydrant));
  clock.advance(29 * MINUTE);
  expect((await read(hydrant, generation, 'login', challenge)).status).toBe(200);
  const next = nextOf(await decideAs(hydrant, generation, 'accept login', accepted.challenge, { subject: 'alice' }));
  clock.advance(MINUTE);
  expectRefusal(await read(hydrant, generation, 'login', challenge), generation, 401, 'request_unauthorized');
  for (const step of ['accept login', 'reject login'] as const) {
    const body = step === 'accept login' ? { subject: 'alice' } : {};
    const decided = await decideAs(hydrant, generation, step, challenge, body);
    expectRefusal(decided, generation, 401, 'request_unauthorized');
  }
  expect((await followed(accepted.browser, next)).get('error')).toBe('request_unauthorized');
});

test.each(BOTH)('14.2 #23 the context reaches the consent app as it was [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  for (const context of [[1, 'x'], { a: { b: null } }, 'text', 7, false]) {
    const { challenge } = await atConsent(hydrant, client, { login: { context } });
    expect((await read(hydrant, generation, 'consent', challenge)).json.context).toEqual(context);
  }
  // Where there was none: an object for old apps, nothing for new ones (§3.1).
  const { challenge } = await atConsent(hydrant, client);
  const { json } = await read(hydrant, generation, 'consent', challenge);
  expect(json.context).toEqual({ 'v1.7': {}, 'v2+': null }[generation]);
});

// Hydra 1.7 refuses the member, 1.11 knows it; the un-prefixed paths serve both.
test.each(BOTH)('14.2 #24 the methods of a login reach the consent app [%s]', async (generation) => {
  const { browser, challenge } = await atLogin(hydrant, await quickClient(hydrant));
  const body = { subject: 'alice', amr: ['pwd'] };
  const next = nextOf(await decideAs(hydrant, generation, 'accept login', challenge, body));
  const consent = challengeIn(await browser.get(next), 'consent');
  expect((await read(hydrant, generation, 'consent', consent)).json.amr).toEqual(['pwd']);
});

test.each(BOTH)('14.2 #25 a skipped login whose session was revoked meanwhile [%s]', async (generation) => {
  const { client, browser, challenge, subject } = await atSkippedLogin();
  const other = await atLogin(hydrant, client);
  const before = await read(hydrant, generation, 'login', challenge);
  expect(before.json.skip).toBe(true);
  const revoked = await admin(hydrant, generation, 'DELETE', `/oauth2/auth/sessions/login?subject=${subject}`);
  expect(revoked.status).toBe(204);
  const after = await read(hydrant, generation, 'login', challenge);
  if (generation === 'v1.7') {
    expectRefusal(after, generation, 404, CODES.notFound);
    const decided = await decideAs(hydrant, generation, 'accept login', challenge, { subject });
    expectRefusal(decided, generation, 404, CODES.notFound);
  } else {
    expect([after.status, after.json]).toEqual([200, before.json]);
  }
  // A request without a session has nothing to do with it, and the next one of this browser skips nothing.
  expect((await read(hydrant, generation, 'login', other.challenge)).status).toBe(200);
  const next = await atLogin(hydrant, client, {}, browser);
  expect((await read(hydrant, generation, 'login', next.challenge)).json.skip).toBe(false);
});
