/** Hooks that have a word on the claims of tokens before these are issued. */
import { describe, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { clockAt, SECOND } from '../support/clock.js';
import { type Listener, listen, type Reply } from '../support/listener.js';
import {
  claimsOf,
  clientCredentials,
  givenClient,
  introspect,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
} from '../support/relying-party.js';
import { type HydrantOptions, startHydrant } from '../support/start-hydrant.js';

const CONSENT = { consent: { session: { access_token: { role: 'user' }, id_token: { email: 'al@example.com' } } } };

const replaces = (access_token: unknown, id_token: unknown = {}): Reply => ({
  body: JSON.stringify({ session: { access_token, id_token } }),
});

interface Asked {
  readonly session: { readonly id_token: Record<string, unknown>; readonly extra: unknown };
  readonly [member: string]: unknown;
}

function askedOf(hook: Listener, at: number): Asked {
  return JSON.parse(hook.received.at(at)?.body ?? 'null') as Asked;
}

const withHook = (hook: Listener, options: HydrantOptions = {}) =>
  startHydrant({ ...options, settings: { OAUTH2_TOKEN_HOOK: `${hook.url}/token`, ...options.settings } });

const withRefreshHook = (hook: Listener, options: HydrantOptions = {}) =>
  startHydrant({ ...options, settings: { OAUTH2_REFRESH_TOKEN_HOOK: `${hook.url}/refresh`, ...options.settings } });

describe('the token hook', () => {
  test('replaces the claims of a code exchange, for these tokens and those that follow, but not for the consent', async () => {
    await using hook = await listen((_request, before) =>
      before === 0 ? replaces({ role: 'admin' }, { tier: 'gold', sub: 'mallory' }) : { status: 204 },
    );
    await using hydrant = await withHook(hook);
    const client = await givenClient(hydrant);
    const tokens = await obtainTokens(hydrant, client, CONSENT);
    expect((await introspect(hydrant, tokens.accessToken)).ext).toEqual({ role: 'admin' });
    const claims = claimsOf(tokens.idToken);
    expect(claims).toMatchObject({ tier: 'gold', sub: 'alice' });
    expect(claims).not.toHaveProperty('email');
    const userinfo = await send(`${hydrant.publicUrl}/userinfo`, { bearer: tokens.accessToken });
    expect(userinfo.json).toMatchObject({ sub: 'alice', tier: 'gold' });

    const refreshed = await refresh(hydrant, client, tokens.refreshToken);
    expect((await introspect(hydrant, refreshed.accessToken)).ext).toEqual({ role: 'admin' });
    expect(claimsOf(refreshed.idToken)).toMatchObject({ tier: 'gold' });
    expect(askedOf(hook, 1).session.extra).toEqual({ role: 'admin' });

    const consents = await send(`${hydrant.adminUrl}/admin/oauth2/auth/sessions/consent?subject=alice`);
    expect(JSON.parse(consents.text)).toMatchObject([CONSENT.consent]);
  });

  test('is told who, what and by which grant, and no secret', async () => {
    await using hook = await listen(() => ({ status: 204 }));
    await using hydrant = await withHook(hook);
    const client = await givenClient(hydrant, { audience: ['https://api.example'] });
    const audience = 'https://api.example';
    const code = await obtainCode(hydrant, client, { ...CONSENT, params: { audience } });
    await redeem(hydrant, client, code, { client_id: client.id });
    const { path, method, headers, body } = hook.received[0] ?? { headers: {} };
    expect([method, path, headers['content-type']]).toEqual(['POST', '/token', 'application/json; charset=utf-8']);
    const asked = askedOf(hook, 0);
    expect(asked).toMatchObject({
      session: {
        id_token: {
          id_token_claims: {
            iss: hydrant.publicUrl,
            sub: 'alice',
            aud: [client.id],
            nonce: 'a-nonce-that-is-long-enough',
            ext: { email: 'al@example.com' },
          },
          headers: { extra: {} },
          subject: 'alice',
        },
        extra: { role: 'user' },
        client_id: client.id,
        exclude_not_before_claim: false,
        allowed_top_level_claims: [],
        mirror_top_level_claims: true,
      },
      request: {
        client_id: client.id,
        requested_scopes: ['openid', 'offline'],
        granted_scopes: ['openid', 'offline'],
        granted_audience: ['https://api.example'],
        grant_types: ['authorization_code'],
        payload: { grant_type: ['authorization_code'], client_id: [client.id] },
      },
    });
    expect(Object.keys(asked).sort()).toEqual(['request', 'session']);
    for (const secret of [code, client.secret]) expect(body).not.toContain(secret);
  });

  test('has its word on tokens of the client alone, opaque and JWT', async () => {
    await using hook = await listen(() => replaces({ tier: 'gold' }, { ignored: true }));
    await using hydrant = await withHook(hook);
    for (const access_token_strategy of ['opaque', 'jwt']) {
      const client = await givenClient(hydrant, { access_token_strategy });
      const { accessToken } = await clientCredentials(hydrant, client, { scope: 'profile' });
      expect((await introspect(hydrant, accessToken)).ext).toEqual({ tier: 'gold' });
      if (access_token_strategy === 'jwt') expect(claimsOf(accessToken).ext).toEqual({ tier: 'gold' });
      expect(askedOf(hook, -1)).toMatchObject({
        session: { id_token: { subject: client.id } },
        request: { requested_scopes: ['profile'], payload: { scope: ['profile'] } },
      });
    }
  });

  test('that refuses leaves the code as it was', async () => {
    await using hook = await listen((_request, before) => ({ status: before === 0 ? 403 : 204, body: '' }));
    await using hydrant = await withHook(hook);
    const client = await givenClient(hydrant);
    const code = await obtainCode(hydrant, client);
    expect(await redeem(hydrant, client, code)).toMatchObject({ status: 403, error: 'access_denied' });
    expect((await redeem(hydrant, client, code)).status).toBe(200);
  });

  test('is not asked about what is refused anyway', async () => {
    await using hook = await listen(() => ({ status: 204 }));
    await using hydrant = await withHook(hook);
    const client = await givenClient(hydrant);
    const code = await obtainCode(hydrant, client);
    await redeem(hydrant, { ...client, secret: 'wrong' }, code);
    await redeem(hydrant, client, code, { redirect_uri: 'http://127.0.0.1:1/elsewhere' });
    await clientCredentials(hydrant, client, { scope: 'unknown' });
    expect(hook.received).toEqual([]);
  });

  test.each<[string, Reply, number]>([
    ['garbage', { body: '<html>planted' }, 1],
    ['a redirect', { status: 302 }, 1],
    ['an error', { status: 500, body: 'planted' }, 3],
  ])('that answers %s is a failure, and nothing was written', async (_, reply, attempts) => {
    let broken = true;
    await using hook = await listen(() => (broken ? reply : { status: 204 }));
    const log: string[] = [];
    await using hydrant = await withHook(hook, { log });
    const client = await givenClient(hydrant);
    const tokens = await obtainCode(hydrant, client);
    const answer = await redeem(hydrant, client, tokens);
    expect(answer).toMatchObject({ status: 500, error: 'server_error' });
    expect(answer.text).not.toContain('planted');
    expect(hook.received).toHaveLength(attempts);
    expect(log.join('\n')).toContain('a hook gave no usable answer');
    expect(log.join('\n')).not.toContain('planted');
    broken = false;
    expect((await redeem(hydrant, client, tokens)).status).toBe(200);
  });

  test('that nobody answers for is a failure', async () => {
    await using hydrant = await startHydrant({ settings: { OAUTH2_TOKEN_HOOK: 'http://127.0.0.1:1/' } });
    const client = await givenClient(hydrant);
    expect(await clientCredentials(hydrant, client)).toMatchObject({ status: 500, error: 'server_error' });
  });

  test('in a private network is not called where that is not allowed', async () => {
    await using hook = await listen(() => ({ status: 204 }));
    const settings = { CLIENTS_HTTP_DISALLOW_PRIVATE_IP_RANGES: 'true' };
    await using hydrant = await withHook(hook, { settings });
    const client = await givenClient(hydrant);
    expect((await clientCredentials(hydrant, client)).error).toBe('server_error');
    expect(hook.received).toEqual([]);
  });
});

describe('the key of a hook', () => {
  const auth = (place: string) => ({
    type: 'api_key',
    config: { in: place, name: 'X-Planted', value: 'planted-key-1' },
  });

  test.each([
    ['header', { 'x-planted': 'planted-key-1' }],
    ['cookie', { cookie: 'X-Planted=planted-key-1' }],
  ])('is sent in a %s, and never logged', async (place, headers) => {
    let status = 204;
    await using hook = await listen(() => ({ status }));
    const log: string[] = [];
    const setting = JSON.stringify({ url: hook.url, auth: auth(place) });
    await using hydrant = await startHydrant({ log, settings: { OAUTH2_TOKEN_HOOK: setting, LOG_LEVEL: 'trace' } });
    const client = await givenClient(hydrant);
    expect((await clientCredentials(hydrant, client)).status).toBe(200);
    expect(hook.received[0]?.headers).toMatchObject(headers);
    status = 400;
    expect((await clientCredentials(hydrant, client)).status).toBe(500);
    expect(log.join('\n')).not.toContain('planted-key-1');
  });
});

describe('the refresh hook', () => {
  test('is asked where tokens are refreshed, and there alone', async () => {
    await using hook = await listen(() => ({ status: 204 }));
    await using hydrant = await withRefreshHook(hook);
    const client = await givenClient(hydrant);
    const tokens = await obtainTokens(hydrant, client, CONSENT);
    await clientCredentials(hydrant, client);
    expect(hook.received).toEqual([]);
    const refreshed = await refresh(hydrant, client, tokens.refreshToken);
    expect((await introspect(hydrant, refreshed.accessToken)).ext).toEqual({ role: 'user' });
    const granted = { client_id: client.id, granted_scopes: ['openid', 'offline'], granted_audience: [] };
    expect(askedOf(hook, 0)).toMatchObject({
      subject: 'alice',
      session: { extra: { role: 'user' }, id_token: { id_token_claims: { ext: { email: 'al@example.com' } } } },
      requester: { ...granted, grant_types: ['refresh_token'] },
      ...granted,
    });
    expect(hook.received[0]?.body).not.toContain(tokens.refreshToken);
  });

  test('comes before the token hook, which sees what it said', async () => {
    await using hook = await listen(({ path }) => replaces({ by: path }));
    await using hydrant = await withHook(hook, { settings: { OAUTH2_REFRESH_TOKEN_HOOK: `${hook.url}/refresh` } });
    const client = await givenClient(hydrant);
    const tokens = await obtainTokens(hydrant, client);
    const refreshed = await refresh(hydrant, client, tokens.refreshToken);
    expect(hook.received.map(({ path }) => path)).toEqual(['/token', '/refresh', '/token']);
    expect(askedOf(hook, 1).session.extra).toEqual({ by: '/token' });
    expect(askedOf(hook, 2).session.extra).toEqual({ by: '/refresh' });
    expect((await introspect(hydrant, refreshed.accessToken)).ext).toEqual({ by: '/token' });
  });

  test.each(['opaque', 'jwt'])(
    'is not asked again by a repetition, which gets the same claims (%s)',
    async (access_token_strategy) => {
      await using hook = await listen((_request, before) => replaces({ count: before }, { count: before }));
      const clock = clockAt();
      await using hydrant = await withRefreshHook(hook, { clock });
      const client = await givenClient(hydrant, { access_token_strategy });
      const tokens = await obtainTokens(hydrant, client);
      const first = await refresh(hydrant, client, tokens.refreshToken);
      clock.advance(SECOND);
      const again = await refresh(hydrant, client, tokens.refreshToken);
      expect(hook.received).toHaveLength(1);
      expect(again.refreshToken).toBe(first.refreshToken);
      for (const { accessToken, idToken } of [first, again]) {
        expect((await introspect(hydrant, accessToken)).ext).toEqual({ count: 0 });
        expect(claimsOf(idToken)).toMatchObject({ count: 0 });
      }
      const next = await refresh(hydrant, client, first.refreshToken);
      expect((await introspect(hydrant, next.accessToken)).ext).toEqual({ count: 1 });
    },
  );

  test('of two refreshes at once both get the claims of the one that won', async () => {
    await using hook = await listen((_request, before) => replaces({ count: before }));
    await using hydrant = await withRefreshHook(hook);
    const client = await givenClient(hydrant, { access_token_strategy: 'jwt' });
    const tokens = await obtainTokens(hydrant, client);
    const both = await Promise.all([1, 2].map(() => refresh(hydrant, client, tokens.refreshToken)));
    const claims = both.map(({ accessToken }) => claimsOf(accessToken).ext);
    expect(claims[0]).toEqual(claims[1]);
    for (const { accessToken } of both) expect((await introspect(hydrant, accessToken)).ext).toEqual(claims[0]);
  });

  test('that refuses or fails leaves the refresh token as it was', async () => {
    const answers: Reply[] = [{ status: 403 }, { status: 404 }];
    await using hook = await listen(() => answers.shift() ?? { status: 204 });
    await using hydrant = await withRefreshHook(hook);
    const client = await givenClient(hydrant);
    const { refreshToken, accessToken } = await obtainTokens(hydrant, client);
    expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 403, error: 'access_denied' });
    expect(await refresh(hydrant, client, refreshToken)).toMatchObject({ status: 500, error: 'server_error' });
    expect(await isActive(hydrant, accessToken)).toBe(true);
    expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
  });
});
