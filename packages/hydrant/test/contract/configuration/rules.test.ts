/**
 * The rules of the configuration contract that are not about one key, numbered by its sections. What is decided otherwise
 * here says so: a mistake is refused where Hydra takes zero or the default for it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertSafe, type Config, ConfigError, loadConfig } from '../../../src/config/index.js';
import { send } from '../../support/browser.js';
import { CERTIFICATE_ONE } from '../../support/certificates.js';
import { authorizationUrl, givenClient } from '../../support/relying-party.js';
import { started } from './effect.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hydrant-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
function file(text: string, extension = 'yaml'): string {
  const path = join(folder, `${made++}.${extension}`);
  writeFileSync(path, text);
  return path;
}

type Env = Readonly<Record<string, string>>;

const from = (env: Env, ...files: string[]): Config => loadConfig({ files, env: { DSN: 'memory', ...env } });

/** The paths that are refused, and why. */
function refused(load: () => unknown): Readonly<Record<string, string>> {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.problems.map(({ path, reason }) => [path, reason]));
    throw error;
  }
  return {};
}

const refusedIn = (yaml: string): string[] => Object.keys(refused(() => from({}, file(yaml))));

describe('§1.2 sources', () => {
  test('later files win key by key, the environment over all of them', () => {
    const files = [file('ttl: { id_token: 1m, access_token: 1m }'), file('ttl: { id_token: 2m }')];
    expect(from({ TTL_AUTH_CODE: '3m' }, ...files).ttl).toMatchObject({ id_token: 120_000, access_token: 60_000 });
    expect(from({ TTL_ID_TOKEN: '3m' }, ...files).ttl.id_token).toBe(180_000);
  });

  test('a missing file, and one of another kind, end the start', () => {
    expect(Object.values(refused(() => from({}, join(folder, 'none.yaml'))))).toEqual(['there is no such file']);
    expect(Object.values(refused(() => from({}, file('a = 1', 'ini'))))[0]).toMatch(/must be a \.yaml/);
  });

  test('there is no default place for a file', () => {
    expect(from({}).warnings).toEqual([]);
  });

  test('dev: true counts in a file, unlike in Hydra; a list of the environment takes the place of the file’s', () => {
    expect(from({}, file('dev: true')).dev).toBe(true);
    const two = file('secrets: { system: [aaaaaaaaaaaaaaa1, aaaaaaaaaaaaaaa2] }');
    expect(from({ SECRETS_SYSTEM: 'bbbbbbbbbbbbbbb1' }, two).secrets.system).toEqual(['bbbbbbbbbbbbbbb1']);
  });
});

describe('§2.1 names in the environment', () => {
  test('underscores in a key stay, items have names of their own, blocks are JSON', () => {
    expect(from({ SERVE_COOKIES_SAME_SITE_MODE: 'Lax' }).serve.cookies.same_site_mode).toBe('Lax');
    const items = { SECRETS_SYSTEM_0: 'aaaaaaaaaaaaaaa1', SECRETS_SYSTEM_1: 'aaaaaaaaaaaaaaa2' };
    expect(from(items).secrets.system).toEqual(Object.values(items));
    expect(from({ SERVE: '{"public":{"port":5000}}' }).serve.public.port).toBe(5000);
  });

  test.each(['VERSION', 'DB', 'LOG', 'TTL', 'SERVE', 'CLIENTS', 'SECRETS', 'TRACING', 'PROFILING'])(
    'a stray %s breaks nothing, unlike in Hydra',
    (name) => expect(from({ [name]: '1.2' })).toEqual(from({})),
  );
});

describe('§2.2 values in the environment', () => {
  test.each([
    ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
    ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
  ])('%s is %s', (word, value) => expect(from({ OAUTH2_PKCE_ENFORCED: word }).oauth2.pkce.enforced).toBe(value));

  test('what is no number or no word for true and false is refused, where Hydra takes 0 or false', () => {
    const env = { SERVE_PUBLIC_PORT: 'many', OAUTH2_PKCE_ENFORCED: 'yes' };
    expect(Object.keys(refused(() => from(env)))).toEqual(['serve.public.port', 'oauth2.pkce.enforced']);
  });

  test.each([
    ['["a","b"]', ['a', 'b']],
    ['a,"b,c"', ['a', 'b,c']],
    ['a b', ['a', 'b']],
  ])('the list %s', (text, list) => {
    const { oidc_discovery: discovery } = from({ WEBFINGER_OIDC_DISCOVERY_SUPPORTED_CLAIMS: text }).webfinger;
    expect(discovery.supported_claims).toEqual(list);
  });

  const auth = '{"in":"header","name":"x","value":"v"}';
  test.each<[string, Env]>([
    ['its address alone', { OAUTH2_TOKEN_HOOK: 'https://h.example/' }],
    ['its address by its own name', { OAUTH2_TOKEN_HOOK_URL: 'https://h.example/' }],
    ['JSON', { OAUTH2_TOKEN_HOOK: '{"url":"https://h.example/"}' }],
  ])('a hook by %s', (_, env) => expect(from(env).oauth2.token_hook.url).toBe('https://h.example/'));

  test.each<[string, Env]>([
    ['as a block (2.2, 2.3)', { OAUTH2_TOKEN_HOOK_AUTH_CONFIG: auth }],
    [
      'one by one (25.4)',
      {
        OAUTH2_TOKEN_HOOK_AUTH_CONFIG_IN: 'header',
        OAUTH2_TOKEN_HOOK_AUTH_CONFIG_NAME: 'x',
        OAUTH2_TOKEN_HOOK_AUTH_CONFIG_VALUE: 'v',
      },
    ],
  ])('the key of a hook %s', (_, env) => {
    const { token_hook } = from({
      OAUTH2_TOKEN_HOOK: 'https://h.example/',
      OAUTH2_TOKEN_HOOK_AUTH_TYPE: 'api_key',
      ...env,
    }).oauth2;
    expect(token_hook.auth.config).toEqual({ in: 'header', name: 'x', value: 'v' });
  });
});

describe('§2.3 names of 1.7', () => {
  test.each<[string, string, (config: Config) => unknown]>([
    ['SYSTEM_SECRET', 'aaaaaaaaaaaaaaa1', ({ secrets }) => secrets.system[0]],
    ['COOKIE_SECRET', 'aaaaaaaaaaaaaaa1', ({ secrets }) => secrets.cookie[0]],
    ['BCRYPT_COST', '12', ({ oauth2 }) => String(oauth2.hashers.bcrypt.cost)],
    ['ADMIN_HOST', '127.0.0.9', ({ serve }) => serve.admin.host],
    ['PUBLIC_PORT', '4', ({ serve }) => String(serve.public.port)],
    ['COOKIE_SAME_SITE_MODE', 'Strict', ({ serve }) => serve.cookies.same_site_mode],
    ['HTTPS_ALLOW_TERMINATION_FROM', '10.0.0.0/8', ({ serve }) => serve.admin.tls.allow_termination_from?.[0]],
    ['CORS_ALLOWED_ORIGINS', 'https://a.example', ({ serve }) => serve.public.cors.allowed_origins[0]],
    ['LOGIN_CONSENT_REQUEST_LIFESPAN', '7000ms', ({ ttl }) => `${ttl.login_consent_request}ms`],
    ['SCOPE_STRATEGY', 'exact', ({ strategies }) => strategies.scope],
    ['OAUTH2_ACCESS_TOKEN_STRATEGY', 'jwt', ({ strategies }) => strategies.access_token],
    ['OAUTH2_ISSUER_URL', 'https://a.example/', ({ urls }) => urls.self.issuer],
    ['ISSUER', 'https://a.example/', ({ urls }) => urls.self.issuer],
    ['OAUTH2_LOGOUT_REDIRECT_URL', 'https://a.example/', ({ urls }) => urls.post_logout_redirect],
    ['OIDC_SUBJECT_TYPE_PAIRWISE_SALT', 'a-long-salt', ({ oidc }) => oidc.subject_identifiers.pairwise.salt],
    ['DISABLE_TELEMETRY', 'true', ({ sqa }) => String(sqa.opt_out)],
  ])('%s is read, with a warning', (name, text, read) => {
    const config = from({ [name]: text });
    expect(read(config)).toBe(text);
    expect(config.warnings.some((warning) => warning.startsWith(`${name} `))).toBe(true);
  });
});

describe('§3 syntax', () => {
  test.each(['1d', '1w', '1.5h', '-1h', '10', ''])('the duration %j is refused', (text) => {
    expect(refusedIn(`ttl: { access_token: "${text}" }`)).toEqual(['ttl.access_token']);
  });

  test('a duration has one or more numbers with units', () => {
    expect(from({}, file('ttl: { access_token: 1h5m1s, id_token: 1000ms }')).ttl).toMatchObject({
      access_token: 3_901_000,
      id_token: 1000,
    });
  });

  test('-1 is a lifetime of refresh tokens and of nothing else', () => {
    expect(from({ TTL_REFRESH_TOKEN: '-1' }).ttl.refresh_token).toBeNull();
    expect(refusedIn('ttl: { access_token: -1 }')).toEqual(['ttl.access_token']);
  });

  test('TLS material is a file or base64, not both', () => {
    expect(refusedIn('serve: { tls: { key: { path: a, base64: b } } }')).toEqual(['serve.tls.key']);
  });

  test('a socket mode in YAML octal is octal; an origin has at most one *', () => {
    expect(from({}, file('serve: { admin: { socket: { mode: 0755 } } }')).serve.admin.socket.mode).toBe(493);
    expect(refusedIn('serve: { public: { cors: { allowed_origins: ["https://*.*.example"] } } }')).toEqual([
      'serve.public.cors.allowed_origins',
    ]);
  });
});

describe('§4 validation', () => {
  test('unknown keys are refused at the root and below, all of them at once', () => {
    expect(refusedIn('nope: 1\nttl: { nope: 1 }\nserve: { tls: { nope: 1 } }')).toEqual([
      'nope',
      'ttl.nope',
      'serve.tls.nope',
    ]);
    expect(refusedIn('sqa: { anything: 1 }')).toEqual([]);
  });

  test('what a safe start needs: data, a secret of 16 characters, https', () => {
    expect(Object.keys(refused(() => loadConfig({ env: {} })))).toEqual(['dsn']);
    expect(refusedIn('secrets: { system: [short] }')).toEqual(['secrets.system']);
    const pages = { URLS_LOGIN: 'https://a.example/', URLS_CONSENT: 'https://a.example/' };
    const missing = refused(() => assertSafe(from({ ...pages, URLS_SELF_ISSUER: 'http://a.example/' })));
    expect(Object.keys(missing)).toEqual(['secrets.system', 'urls.self.issuer']);
    expect(refused(() => assertSafe(from({ DEV: 'true', URLS_SELF_ISSUER: 'http://a.example/' })))).toEqual({});
  });

  test('pairwise subjects need a salt of 8 characters, and are off with JWT access tokens', () => {
    const pairwise = { OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise' };
    const salt = 'oidc.subject_identifiers.pairwise.salt';
    expect(Object.keys(refused(() => from(pairwise)))).toEqual([salt]);
    const short = { ...pairwise, OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'short' };
    expect(Object.keys(refused(() => from(short)))).toContain(salt);
    const jwt = from({ ...pairwise, STRATEGIES_ACCESS_TOKEN: 'jwt' });
    expect(jwt.oidc.subject_identifiers.supported_types).toEqual(['public']);
    expect(jwt.warnings[0]).toContain('pairwise is switched off');
  });

  test('migrate looks at the database alone', () => {
    expect(loadConfig({ env: { DSN: 'memory', TTL_ID_TOKEN: 'x' }, command: 'migrate' }).dsn).toBe('memory');
  });
});

describe('§7 behaviour', () => {
  test('§7.1 a DSN that no engine here serves is refused', () => {
    for (const dsn of ['plugin://x', 'nonsense'])
      expect(Object.keys(refused(() => from({ DSN: dsn }))), dsn).toEqual(['dsn']);
    for (const dsn of ['postgres://db/x', 'mysql://u@tcp(db)/x', 'cockroach://db/x'])
      expect(from({ DSN: dsn }).dsn).toBe(dsn);
  });

  test('§7.2 what is not named is at the public address, and that is at the issuer', async () => {
    const { urls } = from({ URLS_SELF_ISSUER: 'https://a.example/x' });
    expect([urls.self.issuer, urls.self.public]).toEqual(['https://a.example/x', 'https://a.example/x']);
    await using hydrant = await started({ 'urls.login': 'http://127.0.0.1:1' });
    const client = await givenClient(hydrant);
    const { location } = await send(authorizationUrl(hydrant, client));
    expect(location?.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/\?login_challenge=/);
    // Without a page for it, registration is the login page's.
    const registration = await send(authorizationUrl(hydrant, client, { prompt: 'registration' }));
    expect(registration.location?.pathname).toBe('/');
  });

  test('§7.5 health checks need no TLS, and an address in X-Forwarded-For counts as a proxy’s', async () => {
    await using hydrant = await started({ 'serve.tls.allow_termination_from': '10.0.0.0/8' });
    const url = `${hydrant.publicUrl}/.well-known/jwks.json`;
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1, 10.1.2.3' };
    expect((await send(`${hydrant.publicUrl}/health/alive`)).status).toBe(200);
    expect((await send(url, { headers: forwarded })).status).toBe(200);
    expect((await send(url, { headers: { ...forwarded, 'x-forwarded-proto': 'http' } })).status).toBe(502);
    expect((await send(url, { headers: { ...forwarded, 'x-forwarded-for': '192.0.2.1' } })).status).toBe(502);
  });

  test('§7.5 a Unix socket never speaks TLS, nor asks for it', async () => {
    const path = join(folder, 'plain.sock');
    await using _hydrant = await started({
      'serve.admin.host': `unix:${path}`,
      'serve.admin.tls.enabled': 'true',
      'serve.admin.tls.key.base64': Buffer.from(CERTIFICATE_ONE.key).toString('base64'),
      'serve.admin.tls.cert.base64': Buffer.from(CERTIFICATE_ONE.cert).toString('base64'),
      'serve.admin.tls.allow_termination_from': '10.0.0.0/8',
    });
    const status = await new Promise((resolve, reject) => {
      request({ socketPath: path, path: '/admin/clients' }, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });

  test('§7.6 a * in an origin stands for any text, dots included', async () => {
    await using hydrant = await started({
      'serve.public.cors.enabled': 'true',
      'serve.public.cors.allowed_origins': 'https://*.app.example',
    });
    const allowed = async (origin: string) =>
      (await send(`${hydrant.publicUrl}/userinfo`, { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowed('https://x.y.app.example')).toBe('https://x.y.app.example');
    expect(await allowed('https://app.example')).toBeNull();
    expect(await allowed('https://x.app.example.org')).toBeNull();
  });

  test('§7.13 all ways to switch telemetry off are accepted', () => {
    expect(from({ SQA_OPT_OUT: 'true' }).warnings).toEqual([]);
    expect(from({}, file('sqa: { opt_out: true }')).warnings).toEqual([]);
  });
});
