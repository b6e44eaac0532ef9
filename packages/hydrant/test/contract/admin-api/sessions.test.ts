/** §14.5 of the admin contract: consent sessions and login sessions. */
import { expect, test } from 'vitest';
import {
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type Walk,
  walk,
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
} from './admin-side.js';

const hydrant = sharedHydrant();

const CONSENT = '/oauth2/auth/sessions/consent';
const LOGIN = '/oauth2/auth/sessions/login';

const tokensOf = (client: TestClient, subject: string, how: Walk = {}) =>
  obtainTokens(hydrant, client, { ...how, login: { subject, ...how.login } });

const revoke = (generation: Generation, query: string) => admin(hydrant, generation, 'DELETE', `${CONSENT}?${query}`);

/** The clients that somebody's consents are for. */
async function clientsOf(generation: Generation, subject: string): Promise<readonly string[]> {
  const { text } = await admin(hydrant, generation, 'GET', `${CONSENT}?subject=${subject}`);
  return JSON.parse(text).map(
    (one: { consent_request: { client: { client_id: string } } }) => one.consent_request.client.client_id,
  );
}

test.each(BOTH)('14.5 #45 a revocation that does not say which consents [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const { accessToken } = await tokensOf(client, subject);
  const bad = [`subject=${subject}`, `subject=${subject}&all=1`, `subject=${subject}&all=false`, 'all=true', ''];
  for (const query of [...bad, `client=${client.id}`, `subject=${subject}&client=`]) {
    expectRefusal(await revoke(generation, query), generation, 400, CODES.parameter);
  }
  expect(await clientsOf(generation, subject)).toEqual([client.id]);
  expect(await isActive(hydrant, accessToken)).toBe(true);
  // Hydra takes nothing but `true`; Python clients write `True`, so that works as well (§16.2).
  expect((await revoke(generation, `subject=${subject}&all=True`)).status).toBe(204);
  expect(await clientsOf(generation, subject)).toEqual([]);
});

test.each(BOTH)('14.5 #46 a revocation of one client and of all [%s]', async (generation) => {
  const [one, other, subject] = [await quickClient(hydrant), await quickClient(hydrant), fresh('alice')];
  await tokensOf(one, subject);
  await tokensOf(other, subject);
  const answer = await revoke(generation, `subject=${subject}&client=${one.id}&all=true`);
  const left = await clientsOf(generation, subject);
  if (generation === 'v1.7') {
    expect([answer.status, left]).toEqual([204, [other.id]]);
  } else {
    expectRefusal(answer, generation, 400, CODES.parameter);
    expect(left).toHaveLength(2);
  }
});

test.each(BOTH)('14.5 #47 nothing to revoke [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const { accessToken } = await tokensOf(client, subject);
  for (const query of [
    'subject=nobody&all=true',
    `subject=nobody&client=${client.id}`,
    `subject=${subject}&client=x`,
  ]) {
    const answer = await revoke(generation, query);
    if (generation === 'v1.7') expectRefusal(answer, generation, 404, CODES.notFound);
    else expect([answer.status, answer.text]).toEqual([204, '']);
  }
  expect(await isActive(hydrant, accessToken)).toBe(true);
});

test.each(BOTH)('14.5 #48 a revoked consent takes all its tokens along [%s]', async (generation) => {
  const [client, other, subject] = [await quickClient(hydrant), await quickClient(hydrant), fresh('alice')];
  const first = await tokensOf(client, subject);
  const refreshed = await refresh(hydrant, client, first.refreshToken);
  const elsewhere = await tokensOf(other, subject);
  const somebodyElse = await tokensOf(client, fresh('bob'));
  expect((await revoke(generation, `subject=${subject}&client=${client.id}`)).status).toBe(204);
  for (const token of [refreshed.accessToken, refreshed.refreshToken]) {
    const seen = await admin(hydrant, generation, 'POST', '/oauth2/introspect', { form: { token } });
    expect([seen.status, seen.json]).toEqual([200, { active: false }]);
  }
  expect((await refresh(hydrant, client, refreshed.refreshToken)).status).toBe(400);
  expect(await isActive(hydrant, elsewhere.accessToken)).toBe(true);
  expect(await isActive(hydrant, somebodyElse.refreshToken)).toBe(true);
});

test.each(BOTH)('14.5 #48 a code of a revoked consent gives no tokens [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const code = await obtainCode(hydrant, client, { login: { subject } });
  expect((await revoke(generation, `subject=${subject}&all=true`)).status).toBe(204);
  // Hydra leaves codes alone (§6.2); here they are part of what was consented to (docs/decisions/0001).
  expect(await redeem(hydrant, client, code)).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test.each(BOTH)('14.5 #49 the logins of an unknown person [%s]', async (generation) => {
  const answer = await admin(hydrant, generation, 'DELETE', `${LOGIN}?subject=nobody`);
  expect([answer.status, answer.text]).toEqual([204, '']);
  expectRefusal(await admin(hydrant, generation, 'DELETE', LOGIN), generation, 400, CODES.parameter, 'subject');
});

test.each(BOTH)('14.5 #50 the consents of an unknown person [%s]', async (generation) => {
  const answer = await admin(hydrant, generation, 'GET', `${CONSENT}?subject=nobody`);
  expect([answer.status, answer.text.trim()]).toEqual([200, '[]']);
  expect([answer.headers.get('link'), answer.headers.get('x-total-count')]).toEqual([null, null]);
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  await tokensOf(client, subject);
  const known = await admin(hydrant, generation, 'GET', `${CONSENT}?subject=${subject}`);
  expect(known.headers.get('link')).toContain('rel="first"');
  expect(known.headers.get('x-total-count')).toBe({ 'v1.7': '1', 'v2+': null }[generation]);
  expectRefusal(await admin(hydrant, generation, 'GET', CONSENT), generation, 400, CODES.parameter, 'subject');
});

test.each(BOTH)('14.5 #51 a consent that is not remembered is listed [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  await tokensOf(client, subject, { consent: { remember: false } });
  const { text } = await admin(hydrant, generation, 'GET', `${CONSENT}?subject=${subject}`);
  const shown = {
    grant_scope: ['openid', 'offline'],
    remember: false,
    remember_for: 0,
    consent_request: { subject, skip: false, client: { client_id: client.id } },
  };
  expect(JSON.parse(text)).toMatchObject([shown]);
  expect(text).not.toContain('client_secret"');
});

test.each(BOTH)('14.5 #52 a consent that was skipped or rejected is not listed [%s]', async (generation) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const login = { subject, remember: true };
  const { browser } = await walk(hydrant, client, { login, consent: { remember: true } });
  const again = await walk(hydrant, client, { browser, consent: { remember: true } });
  expect(again.consentRequest).toMatchObject({ skip: true });
  expect(again.code).not.toBe('');
  expect(await clientsOf(generation, subject)).toEqual([client.id]);

  const other = await quickClient(hydrant);
  const waiting = await atConsent(hydrant, other, { login: { subject } });
  const next = nextOf(await decideAs(hydrant, generation, 'reject consent', waiting.challenge, {}));
  expect((await followed(waiting.browser, next)).get('error')).toBe('consent request denied');
  expect(await clientsOf(generation, subject)).toEqual([client.id]);
});
