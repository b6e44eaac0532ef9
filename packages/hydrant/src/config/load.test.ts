import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from './load.js';
import { ConfigError, type Problem } from './problem.js';
import type { Config } from './sections/index.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hydrant-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function givenFile(text: string, extension = 'yaml'): string {
  const path = join(folder, `${made++}.${extension}`);
  writeFileSync(path, text);
  return path;
}

const fromYaml = (text: string, env: Record<string, string> = {}): Config =>
  loadConfig({ files: [givenFile(text)], env: { DSN: 'memory', ...env } });
const fromEnvironment = (env: Record<string, string>): Config => loadConfig({ env: { DSN: 'memory', ...env } });

function problemsOf(load: () => unknown): readonly Problem[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('values', () => {
  test('defaults are parsed: durations in milliseconds', () => {
    const config = fromEnvironment({});
    expect(config.serve.public.port).toBe(4444);
    expect(config.ttl.login_consent_request).toBe(30 * 60_000);
    expect(config.oauth2.grant.refresh_token.rotation_grace_period).toBe(10_000);
    expect(config.strategies.jwt.signing_algorithm).toBe('RS256');
    expect(config.oauth2.hashers.algorithm).toBe('scrypt');
    expect(config.urls.login).toBeUndefined();
    expect(config.warnings).toEqual([]);
  });

  test.each(['-1', '"-1"'])('ttl.refresh_token: %s means never', (text) => {
    expect(fromYaml(`ttl: { refresh_token: ${text} }`).ttl.refresh_token).toBeNull();
    expect(fromEnvironment({ TTL_REFRESH_TOKEN: '-1' }).ttl.refresh_token).toBeNull();
  });

  test('the issuer is used as it stands', () => {
    expect(fromEnvironment({ URLS_SELF_ISSUER: 'https://id.example' }).urls.self.issuer).toBe('https://id.example');
    expect(fromEnvironment({ URLS_SELF_ISSUER: 'https://id.example/' }).urls.self.public).toBe('https://id.example/');
  });

  test('an issuer that nobody gave follows from mode, host and port', () => {
    const issuer = (env: Record<string, string>): string => fromEnvironment(env).urls.self.issuer;
    expect(issuer({})).toBe('https://localhost:4444/');
    expect(issuer({ DEV: 'true' })).toBe('http://127.0.0.1:4444/');
    expect(issuer({ DEV: 'true', SERVE_PUBLIC_HOST: '0.0.0.0', SERVE_PUBLIC_PORT: '80' })).toBe('http://localhost:80/');
    expect(issuer({ DEV: 'true', SERVE_PUBLIC_HOST: '::1' })).toBe('http://[::1]:4444/');
  });

  test('development mode listens to this machine alone unless told otherwise', () => {
    expect(fromEnvironment({}).serve.admin.host).toBe('0.0.0.0');
    expect(fromEnvironment({ DEV: '1' }).serve.admin.host).toBe('127.0.0.1');
    expect(fromYaml('dev: true\nserve: { admin: { host: "" } }').serve.admin.host).toBe('0.0.0.0');
  });

  test('a socket mode in YAML octal is octal', () => {
    expect(fromYaml('serve: { admin: { socket: { mode: 0775 } } }').serve.admin.socket.mode).toBe(0o775);
    expect(fromYaml('serve: { admin: { socket: { mode: 493 } } }').serve.admin.socket.mode).toBe(0o755);
  });

  test('a listener takes from serve.tls what it does not say itself', () => {
    const { serve } = fromYaml(
      'serve: { tls: { enabled: true, key: { path: k }, cert: { path: c } }, admin: { tls: { enabled: false, key: { base64: eA== } } } }',
    );
    expect(serve.public.tls).toMatchObject({ enabled: true, key: { path: 'k' }, cert: { path: 'c' } });
    expect(serve.admin.tls).toMatchObject({ enabled: false, key: { path: undefined, base64: 'eA==' } });
  });

  test('nothing in it can be changed', () => {
    const config = fromYaml('secrets: { system: [0123456789abcdef] }');
    expect(() => Object.assign(config.serve.public, { port: 1 })).toThrow(TypeError);
    expect(() => Array.prototype.push.call(config.secrets.system, 'x')).toThrow(TypeError);
  });
});

describe('rank', () => {
  test('later files win key by key, flags over files, environment over flags, forced values over all', () => {
    const files = [
      givenFile('dsn: memory\nttl: { access_token: 1m, id_token: 1m }'),
      givenFile('{"ttl":{"id_token":"2m"}}', 'json'),
    ];
    const config = loadConfig({
      files,
      flags: { dev: true, 'ttl.auth_code': '1m' },
      env: { TTL_AUTH_CODE: '3m', DSN: 'sqlite:///tmp/env.sqlite' },
      forced: { dsn: 'sqlite:///tmp/argument.sqlite' },
    });
    expect(config.ttl).toMatchObject({ access_token: 60_000, id_token: 120_000, auth_code: 180_000 });
    expect(config).toMatchObject({ dev: true, dsn: 'sqlite:///tmp/argument.sqlite' });
  });

  test('dev: true counts in a file, and an empty variable counts as unset', () => {
    expect(fromYaml('dev: true', { DEV: '' }).dev).toBe(true);
    expect(fromYaml('dev: true', { DEV: 'false' }).dev).toBe(false);
  });
});

describe('environment', () => {
  test('lists are JSON, CSV, or words between white space', () => {
    const scopes = (text: string): readonly string[] =>
      fromEnvironment({ WEBFINGER_OIDC_DISCOVERY_SUPPORTED_SCOPE: text }).webfinger.oidc_discovery.supported_scope;
    expect(scopes('["a","b"]')).toEqual(['a', 'b']);
    expect(scopes('a,"b,c"')).toEqual(['a', 'b,c']);
    expect(scopes('a b')).toEqual(['a', 'b']);
    expect(fromEnvironment({ SECRETS_SYSTEM: 'with some spaces in it' }).secrets.system).toHaveLength(1);
  });

  test('one item of a list is laid over the list of a file', () => {
    const config = fromYaml('secrets: { system: [aaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbb] }', {
      SECRETS_SYSTEM_0: 'cccccccccccccccc',
    });
    expect(config.secrets.system).toEqual(['cccccccccccccccc', 'bbbbbbbbbbbbbbbb']);
  });

  test('a block takes JSON, and a single variable wins over it', () => {
    const config = fromEnvironment({ SERVE: '{"public":{"port":5000,"host":"h"}}', SERVE_PUBLIC_PORT: '5001' });
    expect(config.serve.public).toMatchObject({ port: 5001, host: 'h' });
  });

  test('stray variables with commonplace names do no harm', () => {
    const config = fromEnvironment({
      VERSION: '1.2',
      LOG: '1',
      SERVE: 'x',
      PROFILING: 'y',
      TTL: '5',
      ADMIN_PORT: 'tcp://10.0.0.1:80',
    });
    expect(config.version).toBeUndefined();
    expect(config.serve.admin.port).toBe(4445);
    expect(config.warnings).toEqual([expect.stringContaining('ADMIN_PORT was passed over')]);
  });

  test('names of Hydra 1.7 count where nothing else does', () => {
    const config = loadConfig({
      files: [givenFile('urls: { login: https://file.example/login }')],
      env: {
        DATABASE_URL: 'memory',
        ISSUER: 'https://id.example/',
        OAUTH2_LOGIN_URL: 'https://old.example/login',
        CORS_ENABLED: 'true',
        SYSTEM_SECRET: 'a-secret-from-long-ago',
      },
    });
    expect(config.dsn).toBe('memory');
    expect(config.urls).toMatchObject({ self: { issuer: 'https://id.example/' }, login: 'https://file.example/login' });
    expect([config.serve.public.cors.enabled, config.serve.admin.cors.enabled]).toEqual([true, true]);
    expect(config.secrets.system).toEqual(['a-secret-from-long-ago']);
    expect(config.warnings).toContain('DATABASE_URL is an old name, use DSN');
  });

  test.each([
    ['SERVE_PUBLIC_PORT', 'http', 'serve.public.port', 'must be a whole number, not "http"'],
    ['OAUTH2_PKCE_ENFORCED', 'yes', 'oauth2.pkce.enforced', 'must be true or false, not "yes"'],
    ['SECRETS_SYSTEM', '"open', 'secrets.system', 'quotation mark is left open'],
  ])('%s=%s is refused', (name, text, path, reason) => {
    const problems = problemsOf(() => fromEnvironment({ [name]: text }));
    expect(problems).toEqual([{ path, source: `the variable ${name}`, reason: expect.stringContaining(reason) }]);
  });
});

describe('older spellings', () => {
  test('keys of 1.x are taken, with a warning', () => {
    const config = fromYaml(
      'oidc: { subject_identifiers: { enabled: [public, pairwise], pairwise: { salt: some-good-salt } } }\n' +
        'serve: { public: { access_log: { disable_for_health: true } } }',
    );
    expect(config.oidc.subject_identifiers.supported_types).toEqual(['public', 'pairwise']);
    expect(config.serve.public.request_log.disable_for_health).toBe(true);
    expect(config.warnings).toHaveLength(2);
    expect(fromEnvironment({ OIDC_SUBJECT_IDENTIFIERS_ENABLED: 'public' }).warnings).toHaveLength(1);
  });

  test('dangerous-force-http switches TLS off and nothing else', () => {
    const config = loadConfig({
      env: { DSN: 'memory' },
      flags: { 'dangerous-force-http': true, 'serve.tls.enabled': true },
    });
    expect([config.serve.public.tls.enabled, config.dev]).toEqual([false, false]);
    expect(config.warnings).toEqual([expect.stringContaining('dangerous-force-http')]);
    expect(Object.keys(config)).not.toContain('dangerous-force-http');
  });

  test('caps of Hydra are kept', () => {
    const config = fromYaml(
      'ttl: { authentication_session: 9999h }\noauth2: { grant: { refresh_token: { rotation_grace_period: 1h } } }',
    );
    expect(config.ttl.authentication_session).toBe(180 * 86_400_000);
    expect(config.oauth2.grant.refresh_token.rotation_grace_period).toBe(300_000);
    expect(config.warnings).toHaveLength(2);
  });
});

describe('hooks', () => {
  const auth = { type: 'api_key', config: { in: 'header', name: 'X-Key', value: 'planted' } };
  const nothing = { type: undefined, config: { in: undefined, name: undefined, value: undefined } };
  const json = JSON.stringify({ url: 'https://hook.example/', auth });

  test.each([
    ['a URL in a file', () => fromYaml('oauth2: { token_hook: https://hook.example/ }'), nothing],
    ['an object in a file', () => fromYaml(`oauth2: { token_hook: ${json} }`), auth],
    ['a URL in the environment', () => fromEnvironment({ OAUTH2_TOKEN_HOOK: 'https://hook.example/' }), nothing],
    ['JSON in the environment', () => fromEnvironment({ OAUTH2_TOKEN_HOOK: json }), auth],
    ['JSON of the whole block', () => fromEnvironment({ OAUTH2: `{"token_hook":${json}}` }), auth],
    [
      'single variables',
      () =>
        fromEnvironment({
          OAUTH2_TOKEN_HOOK_URL: 'https://hook.example/',
          OAUTH2_TOKEN_HOOK_AUTH_TYPE: 'api_key',
          OAUTH2_TOKEN_HOOK_AUTH_CONFIG: '{"in":"header","name":"X-Key"}',
          OAUTH2_TOKEN_HOOK_AUTH_CONFIG_VALUE: 'planted',
        }),
      auth,
    ],
    [
      'a variable over a file',
      () => fromYaml(`oauth2: { token_hook: ${json} }`, { OAUTH2_TOKEN_HOOK_URL: 'https://hook.example/' }),
      auth,
    ],
  ])('%s', (_, load, expected) => {
    const { token_hook: hook, refresh_token_hook: other } = load().oauth2;
    expect(hook).toEqual({ url: 'https://hook.example/', auth: expected });
    expect(other.url).toBeUndefined();
  });

  test('a variable that is neither is refused, and not quoted', () => {
    const problems = problemsOf(() => fromEnvironment({ OAUTH2_TOKEN_HOOK: '{"url": planted' }));
    expect(problems.map(({ path }) => path)).toEqual(['oauth2.token_hook.url']);
    expect(JSON.stringify(problems)).not.toContain('planted');
  });
});

describe('refusals', () => {
  test('all problems are reported together, each with its path and source', () => {
    const file = givenFile(
      'ttl: { acces_token: 1h, id_token: 1d }\nserve: { public: { port: 99999 } }\nurls: { login: "" }',
    );
    const problems = problemsOf(() => loadConfig({ files: [file] }));
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'dsn',
      'serve.public.port',
      'ttl.acces_token',
      'ttl.id_token',
      'urls.login',
    ]);
    expect(problems.find(({ path }) => path === 'ttl.acces_token')).toEqual({
      path: 'ttl.acces_token',
      source: file,
      reason: 'is not a known key; did you mean ttl.access_token?',
    });
  });

  test.each([
    ['hsm: { enabled: true }', 'hsm.enabled'],
    ['tracing: { provider: otel }', 'tracing.provider'],
    ['oauth2: { token_hook: mailto:hook@example.com }', 'oauth2.token_hook.url'],
    ['oauth2: { token_hook: [https://hook.example/] }', 'oauth2.token_hook'],
    ['oauth2: { token_hook: { url: https://hook.example/, auth: { type: api_key } } }', 'oauth2.token_hook.auth'],
    [
      'oauth2: { refresh_token_hook: { auth: { type: api_key, config: { in: header, name: a, value: b } } } }',
      'oauth2.refresh_token_hook',
    ],
    [
      'oauth2: { token_hook: { url: https://hook.example/, auth: { type: api_key, config: { in: cookie, name: a, value: b;c } } } }',
      'oauth2.token_hook.auth.config.value',
    ],
    ['urls: { identity_provider: { url: https://idp.example/ } }', 'urls.identity_provider.url'],
    ['serve: { tls: { enabled: true, key: { path: a, base64: b }, cert: { path: a } } }', 'serve.tls.key'],
    ['oidc: { subject_identifiers: { supported_types: [pairwise] } }', 'oidc.subject_identifiers.pairwise.salt'],
    ['oauth2: { device_authorization: { user_code: { length: 8 } } }', 'oauth2.device_authorization.user_code'],
    [
      'oauth2: { device_authorization: { user_code: { length: 8, character_set: abcdefgh, entropy_preset: low } } }',
      'oauth2.device_authorization.user_code',
    ],
    [
      'oauth2: { device_authorization: { user_code: { length: 8, character_set: aabbccdd } } }',
      'oauth2.device_authorization.user_code.character_set',
    ],
    ['secrets: { system: [short] }', 'secrets.system'],
    ['serve: on', 'serve'],
    ['just a text', '(document)'],
  ])('%s', (text, path) => {
    expect(problemsOf(() => fromYaml(text)).map((problem) => problem.path)).toEqual([path]);
  });

  test('what has no effect is accepted', () => {
    const text =
      'version: v1.7.4\nsqa: { opt_out: true, other: 1 }\nfeature_flags: { x: [1] }\nprofiling: cpu\nhsm: { enabled: false }\n' +
      'cgroups: { v1: { auto_max_procs_enabled: true } }\ntracing: { provider: "", providers: { jaeger: { propagation: b3 } } }\nlog:\n';
    expect(problemsOf(() => fromYaml(text))).toEqual([]);
  });

  test.each([
    ['oracle://u:planted@db/x', 'must be memory, or begin with'],
    ['plugin://planted', 'must be memory, or begin with sqlite://'],
    ['u:planted@tcp(db)/x', 'must be memory, or begin with sqlite://'],
  ])('a database that is not supported: %s', (dsn, reason) => {
    const [problem] = problemsOf(() => loadConfig({ env: { DSN: dsn } }));
    expect(problem?.reason).toContain(reason);
    expect(JSON.stringify(problem)).not.toContain('planted');
  });

  test.each(['postgres://u@db/x', 'postgresql://db/x', 'cockroach://db/x', 'mysql://u@tcp(db)/x', 'mariadb://db/x'])(
    'a database on a server is taken as it is written: %s',
    (dsn) => {
      expect(loadConfig({ env: { DSN: dsn }, command: 'migrate' }).dsn).toBe(dsn);
    },
  );

  test.each([
    ['toml', 'x = 1', 'TOML files are not supported'],
    ['ini', 'x = 1', 'must be a .yaml, .yml or .json file'],
    ['json', '{"secrets":{"system":["planted"', 'not well-formed JSON'],
    ['yaml', 'a: 1\nsecrets: { system: [planted', 'not well-formed YAML, in line 2'],
  ])('a file that cannot be read (.%s) is a problem and is not quoted', (extension, text, reason) => {
    const [problem] = problemsOf(() => loadConfig({ files: [givenFile(text, extension)] }));
    expect(problem?.reason).toContain(reason);
    expect(problem?.reason).not.toContain('planted');
  });

  test('a missing file is a problem', () => {
    const [problem] = problemsOf(() => loadConfig({ files: [join(folder, 'none.yaml')] }));
    expect(problem?.reason).toBe('there is no such file');
  });

  test('migrate looks at the database alone', () => {
    const file = givenFile('dsn: memory\nttl: { nonsense: 1 }');
    expect(loadConfig({ files: [file], command: 'migrate' }).dsn).toBe('memory');
    expect(problemsOf(() => loadConfig({ command: 'migrate' })).map(({ path }) => path)).toEqual(['dsn']);
  });
});
