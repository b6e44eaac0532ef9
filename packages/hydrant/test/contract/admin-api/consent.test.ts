/** §14.3 of the admin contract: consent requests. */
import { expect, test } from 'vitest';
import { clockAt, SECOND } from '../../support/clock.js';
import {
  claimsOf,
  introspect,
  isActive,
  redeem,
  type TestClient,
  type TokenAnswer,
} from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import {
  admin,
  atConsent,
  BOTH,
  CODES,
  decideAs,
  expectRefusal,
  followed,
  fresh,
  type Generation,
  nextOf,
  quickClient,
  read,
  type Waiting,
} from './admin-side.js';

const clock = clockAt();
const hydrant = sharedHydrant({ clock });

type Body = Readonly<Record<string, unknown>>;

/** Accepts a consent, follows it, and redeems the code. */
async function granted(
  client: TestClient,
  { browser, challenge }: Waiting,
  generation: Generation,
  body: Body,
): Promise<TokenAnswer> {
  const params = await followed(
    browser,
    nextOf(await decideAs(hydrant, generation, 'accept consent', challenge, body)),
  );
  const tokens = await redeem(hydrant, client, params.get('code') ?? '');
  expect(tokens.status, tokens.text).toBe(200);
  return tokens;
}

/** The consent sessions of a person. */
async function listed(generation: Generation, subject: string): Promise<readonly Body[]> {
  const answer = await admin(hydrant, generation, 'GET', `/oauth2/auth/sessions/consent?subject=${subject}`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
}

test.each(BOTH)('14.3 #26 more is granted than was asked for [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const waiting = await atConsent(hydrant, client, { params: { scope: 'openid' } });
  const { accessToken } = await granted(client, waiting, generation, { grant_scope: ['openid', 'admin'] });
  expect((await introspect(hydrant, accessToken)).scope).toBe('openid admin');
});

test.each(BOTH)('14.3 #27 nothing is granted [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const tokens = await granted(client, await atConsent(hydrant, client), generation, {});
  const seen = await admin(hydrant, generation, 'POST', '/oauth2/introspect', { form: { token: tokens.accessToken } });
  expect(seen.json).toMatchObject({ active: true, client_id: client.id });
  expect(seen.json).not.toHaveProperty('scope');
  expect([tokens.refreshToken, tokens.idToken]).toEqual(['', '']);
});

test.each(BOTH)('14.3 #28 handled_at is what the clock of the server says [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const waiting = await atConsent(hydrant, client, { login: { subject } });
  clock.advance(SECOND);
  await granted(client, waiting, generation, { grant_scope: ['openid'], handled_at: '2000-01-01T00:00:00Z' });
  const [session] = await listed(generation, subject);
  expect(Date.parse(String(session?.handled_at))).toBe(clock.now());
});

// Hydra 26 does not have the member any more, and passes over what it does not have.
test.each(BOTH)('14.3 #29 a handled_at that is no time [%s]', async (generation) => {
  const { browser, challenge } = await atConsent(hydrant, await quickClient(hydrant));
  const answer = await decideAs(hydrant, generation, 'accept consent', challenge, { handled_at: 'x' });
  if (generation === 'v2+') expect((await followed(browser, nextOf(answer))).has('code')).toBe(true);
  else expectRefusal(answer, generation, 400, CODES.plain, 'handled_at');
});

test.each(BOTH)('14.3 #30 accepted twice, the second time counts [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const waiting = await atConsent(hydrant, client);
  const first = { grant_scope: ['openid', 'offline'], session: { access_token: { n: 1 } } };
  const next = nextOf(await decideAs(hydrant, generation, 'accept consent', waiting.challenge, first));
  const second = { grant_scope: ['openid'], session: { access_token: { n: 2 } } };
  const again = nextOf(await decideAs(hydrant, generation, 'accept consent', waiting.challenge, second));
  // Hydra 26 makes another verifier each time. Here one stands for what was said last, as in 1.7 (docs/decisions/0003).
  expect(again.href).toBe(next.href);
  const tokens = await redeem(hydrant, client, (await followed(waiting.browser, next)).get('code') ?? '');
  expect(await introspect(hydrant, tokens.accessToken)).toMatchObject({ scope: 'openid', ext: { n: 2 } });
  expect(tokens.refreshToken).toBe('');
});

test.each(BOTH)('14.3 #31 rejected, then accepted; accepted, then rejected [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const waiting = await atConsent(hydrant, client);
  nextOf(await decideAs(hydrant, generation, 'reject consent', waiting.challenge, { error: 'access_denied' }));
  const tokens = await granted(client, waiting, generation, { grant_scope: ['openid'] });
  expect(await isActive(hydrant, tokens.accessToken)).toBe(true);

  const other = await atConsent(hydrant, client);
  nextOf(await decideAs(hydrant, generation, 'accept consent', other.challenge, { grant_scope: ['openid'] }));
  const no = nextOf(await decideAs(hydrant, generation, 'reject consent', other.challenge, {}));
  const params = await followed(other.browser, no);
  expect([params.get('error'), params.has('code')]).toEqual(['consent request denied', false]);
});

test.each(BOTH)('14.3 #32 accepted again after it was redeemed, nothing changes [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const { browser, challenge } = await atConsent(hydrant, client, { login: { subject } });
  const first = { grant_scope: ['openid'], session: { access_token: { n: 1 } } };
  const next = nextOf(await decideAs(hydrant, generation, 'accept consent', challenge, first));
  const { accessToken } = await redeem(hydrant, client, (await followed(browser, next)).get('code') ?? '');
  const sessions = await listed(generation, subject);

  const second = { grant_scope: ['openid', 'admin'], session: { access_token: { n: 2 } } };
  const again = nextOf(await decideAs(hydrant, generation, 'accept consent', challenge, second));
  expect(again.href).toBe(next.href);
  expect(await introspect(hydrant, accessToken)).toMatchObject({ scope: 'openid', ext: { n: 1 } });
  // Redeeming it again: `access_denied` as in 26, for the public side follows it.
  const params = await followed(browser, again);
  expect([params.get('error'), params.has('code')]).toEqual(['access_denied', false]);
  expect(await listed(generation, subject)).toEqual(sessions);
});

test.each(BOTH)('14.3 #33 a redeemed consent [%s]', async (generation) => {
  const { browser, challenge } = await atConsent(hydrant, await quickClient(hydrant));
  const before = await read(hydrant, generation, 'consent', challenge);
  const accepted = await decideAs(hydrant, generation, 'accept consent', challenge, { grant_scope: ['openid'] });
  const decided = await read(hydrant, generation, 'consent', challenge);
  expect([decided.status, decided.json]).toEqual([200, before.json]);
  expect((await followed(browser, nextOf(accepted))).has('code')).toBe(true);
  const after = await read(hydrant, generation, 'consent', challenge);
  if (generation === 'v1.7') expectRefusal(after, generation, 409, CODES.conflict, 'used');
  else expect([after.status, after.json]).toEqual([200, before.json]);
});

test.each(BOTH)(
  '14.3 #34 a remembered consent covers less, not more, and not prompt=consent [%s]',
  async (generation) => {
    const client = await quickClient(hydrant, { scope: 'a b c' });
    const [login, subject] = [{ remember: true }, fresh('alice')];
    const waiting = await atConsent(hydrant, client, { login: { ...login, subject }, params: { scope: 'a b' } });
    await granted(client, waiting, generation, { grant_scope: ['a', 'b'], remember: true });
    const skips = async (params: Record<string, string>) => {
      const next = await atConsent(hydrant, client, { browser: waiting.browser, login: { subject }, params });
      return (await read(hydrant, generation, 'consent', next.challenge)).json.skip;
    };
    expect(await skips({ scope: 'a' })).toBe(true);
    expect(await skips({ scope: 'a b' })).toBe(true);
    expect(await skips({ scope: 'a c' })).toBe(false);
    expect(await skips({ scope: 'a', prompt: 'consent' })).toBe(false);
  },
);

test.each(BOTH)('14.3 #35 a consent is forgotten when its time is over [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const waiting = await atConsent(hydrant, client, { login: { subject, remember: true } });
  const body = { grant_scope: ['openid', 'offline'], remember: true, remember_for: 2 };
  await granted(client, waiting, generation, body);
  const skips = async () => {
    const next = await atConsent(hydrant, client, { browser: waiting.browser, login: { subject } });
    return (await read(hydrant, generation, 'consent', next.challenge)).json.skip;
  };
  clock.advance(SECOND);
  expect([await skips(), (await listed(generation, subject)).length]).toEqual([true, 1]);
  clock.advance(SECOND);
  expect([await skips(), await listed(generation, subject)]).toEqual([false, []]);
});

test.each(BOTH)('14.3 #36 what the session says is in the tokens and in the list [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const waiting = await atConsent(hydrant, client, { login: { subject } });
  const session = { access_token: { k: 1 }, id_token: { m: 2 } };
  const tokens = await granted(client, waiting, generation, { grant_scope: ['openid', 'offline'], session });
  for (const token of [tokens.accessToken, tokens.refreshToken]) {
    const seen = await admin(hydrant, generation, 'POST', '/oauth2/introspect', { form: { token } });
    expect(seen.json.ext).toEqual({ k: 1 });
  }
  expect(claimsOf(tokens.idToken)).toMatchObject({ m: 2, sub: subject });
  expect(claimsOf(tokens.idToken)).not.toHaveProperty('k');
  expect((await listed(generation, subject)).map((one) => one.session)).toEqual([session]);
});

// Hydra 26 passes over members that it does not have, also within the session.
test.each(BOTH)('14.3 #37 an unknown member within the session [%s]', async (generation) => {
  const { browser, challenge } = await atConsent(hydrant, await quickClient(hydrant));
  const answer = await decideAs(hydrant, generation, 'accept consent', challenge, { session: { userinfo: {} } });
  if (generation === 'v2+') expect((await followed(browser, nextOf(answer))).has('code')).toBe(true);
  else expectRefusal(answer, generation, 400, CODES.plain, 'userinfo');
});

test.each(BOTH)('14.3 #38 a consent without a session is listed with an empty one [%s]', async (generation) => {
  const client = await quickClient(hydrant);
  const empty = { access_token: {}, id_token: {} };
  for (const session of [{}, { session: null }, { session: {} }, { session: { access_token: null } }]) {
    const subject = fresh('alice');
    const waiting = await atConsent(hydrant, client, { login: { subject } });
    await granted(client, waiting, generation, { grant_scope: ['openid'], ...session });
    expect((await listed(generation, subject)).map((one) => one.session)).toEqual([empty]);
  }
});
