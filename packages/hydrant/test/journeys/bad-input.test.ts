/** Whatever comes in, no answer is a 5xx, and what is refused leaves no row behind. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminEndpoints } from '../../src/http/admin/index.js';
import { legacyPaths } from '../../src/http/legacy/index.js';
import { type Answer, type Request, send } from '../support/browser.js';
import {
  authorizationUrl,
  CALLBACK,
  clientCredentials,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  type TestClient,
  walk,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { type TemporaryDatabase, temporaryDatabase } from '../support/temporary-database.js';

const database: TemporaryDatabase = await temporaryDatabase();
let hydrant: Hydrant;
let client: TestClient;
/** Credentials that are good, for mutations of them. */
let good: readonly string[];

beforeAll(async () => {
  hydrant = await startHydrant({ settings: { DSN: database.dsn } });
  client = await givenClient(hydrant, { client_id: 'known' });
  const { accessToken, refreshToken, idToken } = await obtainTokens(hydrant, client);
  const { browser } = await walk(hydrant, client, { login: { remember: true } });
  const asked = await browser.get(authorizationUrl(hydrant, client));
  const challenge = asked.location?.searchParams.get('login_challenge') ?? '';
  good = [accessToken, refreshToken, idToken, challenge, await obtainCode(hydrant, client)];
});

afterAll(async () => {
  await hydrant.close();
  await database[Symbol.asyncDispose]();
});

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.stringMatching(/^[\x21-\x7e]{0,30}$/),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e999',
    'null',
    'true',
    '[]',
    '{}',
    '\u0000',
    '%',
    '%zz',
    '💧',
    '../..',
    "'",
    '"',
    '<a>',
  ),
  fc.integer({ min: 1, max: 20 }).map((power) => 'long'.repeat(2 ** (power % 9))),
);

/** Values that get further than junk does. */
const plausible = fc.constantFrom(
  ...['known', 'unknown', 'code', 'token', 'id_token', 'code id_token token', 'none', 'login', 'consent', 'login none'],
  ...[CALLBACK, `${CALLBACK}#fragment`, 'javascript:alert(1)', 'openid', 'openid offline', 'S256', 'plain', 'query'],
  ...['fragment', 'form_post', 'authorization_code', 'refresh_token', 'client_credentials', 'a-state-long-enough'],
  ...['60', 'alice', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'eyJhbGciOiJub25lIn0.e30.', 'ES256'],
);

/** A good credential with one character exchanged, or cut. */
const mutated = fc
  .record({ which: fc.nat(), at: fc.nat(), by: fc.constantFrom(...'Ab0-_.='), cut: fc.boolean() })
  .map(({ which, at, by, cut }) => {
    const token = good[which % good.length] ?? '';
    const place = at % token.length;
    return cut ? token.slice(0, place) : `${token.slice(0, place)}${by}${token.slice(place + 1)}`;
  });

const value = fc.oneof(
  { weight: 3, arbitrary: plausible },
  { weight: 2, arbitrary: junk },
  { weight: 1, arbitrary: mutated },
);

/** Parameters of these names and sometimes of others, now and then twice. */
const parameters = (...names: readonly string[]) =>
  fc
    .array(fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, junk), value), { maxLength: 10 })
    .map((pairs) => new URLSearchParams(pairs));

const headerText = fc.stringMatching(/^[\x21-\x7e]{0,60}$/);
const authorization = fc.oneof(
  headerText,
  headerText.map((text) => `Bearer ${text}`),
  headerText.map((text) => `Basic ${text}`),
  fc.tuple(value, value).map(([id, secret]) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`),
);

const contentType = fc.constantFrom(
  'application/x-www-form-urlencoded',
  'application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'nonsense',
);

/** Sends something and holds the answer against the rule; `wrote` says of an answer that rows may have come of it. */
async function probe(url: string, request: Request, wrote: (answer: Answer) => boolean): Promise<Answer> {
  const before = await database.rows();
  const answer = await send(url, request);
  expect(answer.status, answer.text).toBeLessThan(500);
  expect(answer.location?.searchParams.get('error')).not.toBe('server_error');
  if (!wrote(answer)) expect(await database.rows()).toEqual(before);
  return answer;
}

const PARAMETERS = [
  ...['client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'nonce', 'prompt', 'max_age', 'id_token_hint'],
  ...['request', 'request_uri', 'response_mode', 'login_verifier', 'consent_verifier', 'code_challenge', 'claims'],
  ...['code_challenge_method', 'audience', 'registration', 'acr_values', 'display', 'ui_locales', 'login_hint'],
];

const began = (answer: Answer) => answer.location?.searchParams.has('login_challenge') ?? false;

describe('the public side', () => {
  test('/oauth2/auth, with any parameters', async () => {
    await fc.assert(
      fc.asyncProperty(parameters(...PARAMETERS), fc.boolean(), async (params, byPost) => {
        const url = `${hydrant.publicUrl}/oauth2/auth`;
        await probe(byPost ? url : `${url}?${params}`, byPost ? { form: params } : {}, began);
      }),
      { numRuns: 150 },
    );
  });

  test('/oauth2/auth, with one thing wrong in a good request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PARAMETERS), value, async (name, text) => {
        const url = authorizationUrl(hydrant, client);
        url.searchParams.set(name, text);
        await probe(url.href, {}, began);
      }),
      { numRuns: 200 },
    );
  });

  test('/oauth2/auth, with a query that does not decode', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[%&=+a-z0-9;]{0,60}$/), async (query) => {
        await probe(`${hydrant.publicUrl}/oauth2/auth?${query}`, {}, () => false);
      }),
      { numRuns: 60 },
    );
  });

  const TOKEN = [
    ...['grant_type', 'code', 'redirect_uri', 'code_verifier', 'client_id', 'client_secret', 'refresh_token', 'scope'],
    ...['audience', 'client_assertion', 'client_assertion_type', 'token', 'token_type_hint'],
  ];

  test.each(['/oauth2/token', '/oauth2/revoke'])('%s, with any form and any Authorization', async (path) => {
    await fc.assert(
      fc.asyncProperty(parameters(...TOKEN), fc.option(authorization), async (form, header) => {
        const headers = header === null ? {} : { authorization: header };
        const answer = await probe(`${hydrant.publicUrl}${path}`, { form, headers }, () => false);
        if (answer.status >= 400) expect(answer.json.error, answer.text).toBeTypeOf('string');
      }),
      { numRuns: 150 },
    );
  });

  test('/oauth2/token, of a client that proves itself and then says anything', async () => {
    await fc.assert(
      fc.asyncProperty(parameters(...TOKEN.slice(1)), plausible, async (form, grant) => {
        form.delete('client_secret');
        form.set('grant_type', grant);
        const request = { form, basic: [client.id, client.secret] as const };
        await probe(`${hydrant.publicUrl}/oauth2/token`, request, ({ status }) => status === 200);
      }),
      { numRuns: 100 },
    );
  });

  test('/oauth2/token, with bodies that are no form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), contentType, async (body, type) => {
        const headers = { 'content-type': type };
        await probe(`${hydrant.publicUrl}/oauth2/token`, { method: 'POST', body, headers }, () => false);
      }),
      { numRuns: 60 },
    );
  });

  test('/userinfo', async () => {
    await fc.assert(
      fc.asyncProperty(
        parameters('access_token'),
        fc.option(authorization),
        fc.boolean(),
        async (form, header, byPost) => {
          const headers = header === null ? {} : { authorization: header };
          const url = `${hydrant.publicUrl}/userinfo`;
          await probe(byPost ? url : `${url}?${form}`, byPost ? { form, headers } : { headers }, () => false);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('/oauth2/sessions/logout', async () => {
    const names = ['id_token_hint', 'post_logout_redirect_uri', 'state', 'logout_verifier', 'client_id'];
    await fc.assert(
      fc.asyncProperty(parameters(...names), async (params) => {
        const asked = (answer: Answer) => answer.location?.searchParams.has('logout_challenge') ?? false;
        await probe(`${hydrant.publicUrl}/oauth2/sessions/logout?${params}`, {}, asked);
      }),
      { numRuns: 80 },
    );
  });

  test('a cookie of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(headerText, headerText, async (name, text) => {
        const cookie = `${name}=${text}; ory_hydra_session_dev=${text}; ory_hydra_login_csrf_dev_${name}=${text}`;
        await probe(authorizationUrl(hydrant, client).href, { headers: { cookie } }, began);
      }),
      { numRuns: 60 },
    );
  });
});

describe('credentials', () => {
  test('no mutation of a token is one', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (token) => {
        fc.pre(!good.includes(token));
        expect(await isActive(hydrant, token)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('no mutation of a secret is one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(client.secret.length - 1), fc.string({ maxLength: 2 }), async (at, by) => {
        const secret = `${client.secret.slice(0, at)}${by}${client.secret.slice(at + 1)}`;
        fc.pre(secret !== client.secret);
        expect((await clientCredentials(hydrant, { ...client, secret })).status).toBe(401);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the admin side', () => {
  const QUERY = [
    ...['login_challenge', 'consent_challenge', 'logout_challenge', 'subject', 'client', 'all', 'limit', 'offset'],
    ...[
      'page_size',
      'page_token',
      'client_name',
      'owner',
      'sid',
      'consent_request_id',
      'login_session_id',
      'client_id',
    ],
  ];
  const FIELDS = [
    ...['client_id', 'client_secret', 'client_name', 'redirect_uris', 'grant_types', 'response_types', 'scope', 'jwks'],
    ...['jwks_uri', 'audience', 'metadata', 'contacts', 'token_endpoint_auth_method', 'subject_type', 'created_at'],
    ...['sector_identifier_uri', 'allowed_cors_origins', 'post_logout_redirect_uris', 'request_uris', 'logo_uri'],
    ...['subject', 'remember', 'remember_for', 'acr', 'amr', 'context', 'grant_scope', 'session', 'handled_at'],
    ...['error', 'error_description', 'status_code', 'alg', 'kid', 'use', 'keys', 'kty', 'crv', 'x', 'y', 'notAfter'],
    ...['token', 'authorization_code_grant_access_token_lifespan', 'force_subject_identifier', '__proto__'],
  ];
  const anyValue = fc.oneof(value, fc.jsonValue({ maxDepth: 2 }), fc.array(value, { maxLength: 3 }));
  const object = fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), anyValue), { maxLength: 8 })
    .map((pairs) => `{${pairs.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join(',')}}`);
  const body = fc.oneof(
    { weight: 4, arbitrary: object },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((one) => JSON.stringify(one)) },
    { weight: 1, arbitrary: parameters('token', 'scope').map(String) },
    { weight: 1, arbitrary: junk },
  );
  const pathPart = fc
    .oneof(value, fc.constantFrom('known', 'a-set', 'a-key'))
    .filter((part) => !/^\.{0,2}$/.test(part));

  const operations = [
    ...adminEndpoints.map(({ method, path }) => [method, path] as const),
    ...legacyPaths.map(({ endpoint, path }) => [endpoint.method, path] as const),
  ];

  test.each(operations)('%s %s', async (method, path) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(pathPart, { minLength: 2, maxLength: 2 }),
        parameters(...QUERY),
        body,
        contentType,
        async (parts, query, text, type) => {
          let part = 0;
          const filled = path.replaceAll(/:[a-z]+/g, () => encodeURIComponent(parts[part++] ?? '').slice(0, 500));
          // The client that other tests use is not to be deleted or replaced by chance.
          fc.pre(method === 'GET' || !filled.endsWith('/known'));
          const request = method === 'GET' ? {} : { method, body: text, headers: { 'content-type': type } };
          await probe(`${hydrant.adminUrl}${filled}?${query}`, request, ({ status }) => status < 300);
        },
      ),
      { numRuns: 20 },
    );
  });
});
