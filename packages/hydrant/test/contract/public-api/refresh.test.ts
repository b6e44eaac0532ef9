/** Public contract §17, rows 44 to 50: the rotation of refresh tokens. */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { clockAt, DAY, SECOND } from '../../support/clock.js';
import {
  askToken,
  introspect,
  isActive,
  obtainTokens,
  refresh,
  type TestClient,
  type TokenAnswer,
} from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { startHydrant } from '../../support/start-hydrant.js';
import { givenA } from './cast.js';

/** Hydra has no grace period by default, Hydrant ten seconds: these rows are those of Hydra's default. */
const hydrant = sharedHydrant({ settings: { OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '0s' } });

const INVALID_GRANT = { status: 400, error: 'invalid_grant', accessToken: '' };

const SCOPE = 'openid offline photos.read';
const asked = { params: { scope: SCOPE } };

test('#44 a refresh token that comes again ends its successors', async () => {
  const client = await givenA(hydrant);
  const first = await obtainTokens(hydrant, client);
  const second = await refresh(hydrant, client, first.refreshToken);
  expect(await isActive(hydrant, second.accessToken)).toBe(true);
  expect(await refresh(hydrant, client, first.refreshToken)).toMatchObject(INVALID_GRANT);
  expect(await isActive(hydrant, second.accessToken)).toBe(false);
  expect(await refresh(hydrant, client, second.refreshToken)).toMatchObject(INVALID_GRANT);
});

test('#45 a scope in the request is ignored: what was granted stays granted', async () => {
  const client = await givenA(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client, asked);
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, scope: 'openid' };
  const { status, json, accessToken } = await askToken(hydrant, client, form);
  expect([status, json.scope]).toEqual([200, SCOPE]);
  expect((await introspect(hydrant, accessToken)).scope).toBe(SCOPE);
});

test('#46 a refresh token of another client is refused, and stays good', async () => {
  const [client, other] = [await givenA(hydrant), await givenA(hydrant)];
  const { refreshToken } = await obtainTokens(hydrant, client);
  expect(await refresh(hydrant, other, refreshToken)).toMatchObject(INVALID_GRANT);
  expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
});

test('#47 a scope that the client lost is not refreshed', async () => {
  const client = await givenA(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client, asked);
  await setScope(client, 'openid offline');
  expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 400, error: 'invalid_scope' });
  await setScope(client, 'openid offline photos.*');
  expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
});

async function setScope({ id }: TestClient, scope: string): Promise<void> {
  const patch = [{ op: 'replace', path: '/scope', value: scope }];
  const answer = await send(`${hydrant.adminUrl}/admin/clients/${id}`, { method: 'PATCH', json: patch });
  expect(answer.json.scope).toBe(scope);
}

test('#48 a refresh token expires', async () => {
  const clock = clockAt();
  await using hydrant = await startHydrant({ clock });
  const client = await givenA(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client);
  clock.advance(30 * DAY - SECOND);
  const next = await refresh(hydrant, client, refreshToken);
  expect(next.status).toBe(200);
  clock.advance(30 * DAY);
  expect(await refresh(hydrant, client, next.refreshToken)).toMatchObject(INVALID_GRANT);
});

test('#49 a refresh ends the access token before it', async () => {
  const client = await givenA(hydrant);
  const first = await obtainTokens(hydrant, client);
  const userinfo = async ({ accessToken }: TokenAnswer) =>
    (await send(`${hydrant.publicUrl}/userinfo`, { bearer: accessToken })).status;
  expect(await userinfo(first)).toBe(200);
  const next = await refresh(hydrant, client, first.refreshToken);
  expect([await userinfo(first), await userinfo(next)]).toEqual([401, 200]);
});

/**
 * Hydra makes another pair at each use within the grace period, and all pairs live. Hydrant gives the same pair again, so
 * that there is one chain and a thief cannot branch off one of their own (RFC 9700 §4.14.2): docs/guides/from-hydra.md.
 */
test('#50 within the grace period the same pair again; after it everything dies', async () => {
  const clock = clockAt();
  const settings = { OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '60s' };
  await using hydrant = await startHydrant({ clock, settings });
  const client = await givenA(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client);
  const once = await refresh(hydrant, client, refreshToken);
  clock.advance(59 * SECOND);
  const twice = await refresh(hydrant, client, refreshToken);
  expect([once.status, twice.status]).toEqual([200, 200]);
  expect([twice.accessToken, twice.refreshToken]).toEqual([once.accessToken, once.refreshToken]);
  expect(await isActive(hydrant, twice.accessToken)).toBe(true);

  clock.advance(2 * SECOND);
  expect(await refresh(hydrant, client, refreshToken)).toMatchObject(INVALID_GRANT);
  expect(await isActive(hydrant, twice.accessToken)).toBe(false);
  expect(await refresh(hydrant, client, twice.refreshToken)).toMatchObject(INVALID_GRANT);
});
