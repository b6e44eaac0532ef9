import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Client, HookCall, TokenHooks } from '../model/index.js';
import { OAuthError } from '../protocol/errors.js';
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.js';
import { createTokenHooks, type HookTarget } from './token-hooks.js';

const closing: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A hook that is asked; counts how often. */
async function givenHook(answer: RequestListener): Promise<{ url: string; asked: { count: number } }> {
  const asked = { count: 0 };
  const server = createServer((request, response) => {
    asked.count += 1;
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, asked };
}

function givenHooks(
  targets: { refreshHook?: HookTarget; tokenHook?: HookTarget },
  fetching: Partial<GuardedFetchOptions> = {},
) {
  const fetch = createGuardedFetch({ disallowPrivate: false, exceptions: [], ...fetching });
  closing.push(() => fetch.close());
  const failures: string[] = [];
  const hooks = createTokenHooks({
    fetch,
    ...targets,
    settings: { issuer: 'i', excludeNotBefore: false, allowedTopLevelClaims: [], mirrorTopLevelClaims: true },
    clock: { now: () => 0 },
    events: { hookFailed: (hook, reason) => failures.push(`${hook}: ${reason}`) },
    pause: () => Promise.resolve(),
  });
  return { hooks: hooks ?? (() => Promise.reject(new Error('there are no hooks'))), failures };
}

const target = (url: string): HookTarget => ({ url, headers: {} });

function call(grantType = 'client_credentials'): HookCall {
  const own = { subject: 'app', grantedScope: [], grantedAudience: [], ext: { from: 'before' } };
  return { grantType, client: { id: 'app' } as Client, form: new URLSearchParams(), grantee: { own } };
}

async function refusalOf(hooks: TokenHooks): Promise<OAuthError> {
  const error = await hooks(call()).catch((thrown: unknown) => thrown);
  if (error instanceof OAuthError) return error;
  throw new Error('The hooks did not refuse.');
}

test('without a hook there is nothing to ask', () => {
  const parts = { fetch: { post: () => Promise.reject() }, clock: { now: () => 0 }, events: { hookFailed: () => {} } };
  const settings = { issuer: '', excludeNotBefore: false, allowedTopLevelClaims: [], mirrorTopLevelClaims: true };
  expect(createTokenHooks({ ...parts, settings })).toBeUndefined();
});

describe('answers', () => {
  test.each([
    ['both', '{"session":{"access_token":{"a":1},"id_token":{"b":2}}}', { accessToken: { a: 1 }, idToken: { b: 2 } }],
    ['one', '{"session":{"access_token":{"a":1}}}', { accessToken: { a: 1 }, idToken: {} }],
    ['null', '{"session":{"access_token":null,"id_token":null}}', { accessToken: {}, idToken: {} }],
    ['no session', '{}', { accessToken: {}, idToken: {} }],
    ['more than asked', '{"session":{"id_token":{"b":2},"other":1},"x":1}', { accessToken: {}, idToken: { b: 2 } }],
  ])('200 replaces the claims: %s', async (_, body, claims) => {
    const { url } = await givenHook((_request, response) => response.end(body));
    expect(await givenHooks({ tokenHook: target(url) }).hooks(call())).toEqual(claims);
  });

  test('204 leaves them', async () => {
    const { url } = await givenHook((_request, response) => response.writeHead(204).end());
    expect(await givenHooks({ tokenHook: target(url) }).hooks(call())).toBeUndefined();
  });

  test('403 refuses, at once', async () => {
    const { url, asked } = await givenHook((_request, response) => response.writeHead(403).end('planted'));
    const { hooks, failures } = givenHooks({ tokenHook: target(url) });
    expect(await refusalOf(hooks)).toMatchObject({ code: 'access_denied', status: 403 });
    expect([asked.count, failures]).toEqual([1, []]);
  });

  test.each([
    '',
    'planted',
    '[]',
    'null',
    '{"session":[]}',
    '{"session":{"id_token":[1]}}',
    '{"session":{"access_token":"x"}}',
  ])('200 with the body %j is a failure that quotes nothing', async (body) => {
    const { url, asked } = await givenHook((_request, response) => response.end(body));
    const { hooks, failures } = givenHooks({ tokenHook: target(url) });
    expect(await refusalOf(hooks)).toMatchObject({ code: 'server_error', status: 500 });
    expect([asked.count, failures.length]).toEqual([1, 1]);
    expect(failures.join()).not.toContain('planted');
  });

  test.each([
    [201, 1],
    [302, 1],
    [400, 1],
    [404, 1],
    [429, 3],
    [500, 3],
    [503, 3],
  ])('status %i is a failure after %i attempts', async (status, attempts) => {
    const { url, asked } = await givenHook((_request, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end('{}'),
    );
    const { hooks, failures } = givenHooks({ tokenHook: target(url) });
    expect((await refusalOf(hooks)).code).toBe('server_error');
    expect(asked.count).toBe(attempts);
    expect(failures).toEqual([`token_hook: It answered with status ${status}.`]);
  });

  test('what passes is tried again until it has passed', async () => {
    const { url, asked } = await givenHook((request, response) => {
      if (asked.count === 1) request.socket.destroy();
      else response.writeHead(asked.count === 2 ? 503 : 200).end('{}');
    });
    const { hooks, failures } = givenHooks({ tokenHook: target(url) });
    expect(await hooks(call())).toEqual({ accessToken: {}, idToken: {} });
    expect([asked.count, failures]).toEqual([3, []]);
  });

  test('nobody there is a failure', async () => {
    const { hooks, failures } = givenHooks({ tokenHook: target('http://127.0.0.1:1/') });
    expect((await refusalOf(hooks)).code).toBe('server_error');
    expect(failures).toEqual(['token_hook: The host refused the connection.']);
  });

  test('an answer that does not come is waited for once', async () => {
    const { url, asked } = await givenHook(() => {});
    const { hooks, failures } = givenHooks({ tokenHook: target(url) }, { timeoutMs: 50 });
    expect((await refusalOf(hooks)).code).toBe('server_error');
    expect([asked.count, failures]).toEqual([1, ['token_hook: The address did not answer within 50 ms.']]);
  });

  test('an answer that is too long is a failure', async () => {
    const { url, asked } = await givenHook((_request, response) => response.end(`{"a":"${'x'.repeat(2_000)}"}`));
    const { hooks } = givenHooks({ tokenHook: target(url) }, { maxBytes: 1_000 });
    expect((await refusalOf(hooks)).code).toBe('server_error');
    expect(asked.count).toBe(1);
  });

  test('an address that must not be called is not called', async () => {
    const { url, asked } = await givenHook((_request, response) => response.end('{}'));
    const { hooks } = givenHooks({ tokenHook: target(url) }, { disallowPrivate: true });
    expect((await refusalOf(hooks)).code).toBe('server_error');
    expect(asked.count).toBe(0);
    const exempt = givenHooks({ tokenHook: target(url) }, { disallowPrivate: true, exceptions: [url] });
    expect(await exempt.hooks(call())).toBeDefined();
  });
});

describe('the two hooks', () => {
  test('the refresh hook is asked where tokens are refreshed, and the token hook sees what it said', async () => {
    const bodies: Record<string, unknown>[] = [];
    const hook = await givenHook((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        bodies.push(JSON.parse(text));
        response.end(JSON.stringify({ session: { access_token: { from: request.url } } }));
      });
    });
    const [refreshHook, tokenHook] = [target(`${hook.url}/refresh`), target(`${hook.url}/token`)];
    const { hooks } = givenHooks({ refreshHook, tokenHook });
    expect(await hooks(call('refresh_token'))).toEqual({ accessToken: { from: '/hook/token' }, idToken: {} });
    expect(bodies.map(({ session }) => session)).toMatchObject([
      { extra: { from: 'before' } },
      { extra: { from: '/hook/refresh' } },
    ]);
    expect(await hooks(call())).toEqual({ accessToken: { from: '/hook/token' }, idToken: {} });
    expect(hook.asked.count).toBe(3);
  });

  test('what the first said stays where the second has no word; where the first refuses, the second is not asked', async () => {
    const first = await givenHook((_request, response) => response.end('{"session":{"id_token":{"a":1}}}'));
    const silent = await givenHook((_request, response) => response.writeHead(204).end());
    const refusing = await givenHook((_request, response) => response.writeHead(403).end());
    const { hooks } = givenHooks({ refreshHook: target(first.url), tokenHook: target(silent.url) });
    expect(await hooks(call('refresh_token'))).toEqual({ accessToken: {}, idToken: { a: 1 } });
    const refused = givenHooks({ refreshHook: target(refusing.url), tokenHook: target(first.url) });
    await expect(refused.hooks(call('refresh_token'))).rejects.toThrow(OAuthError);
    expect(first.asked.count).toBe(1);
  });
});
