import { expect, test } from 'vitest';
import { loadConfig } from './load.js';
import { ConfigError } from './problem.js';
import { assertSafe, isWeakSecret } from './safety.js';

const SAFE = {
  DSN: 'memory',
  SECRETS_SYSTEM: 'wire-recording-system-secret-0001',
  URLS_SELF_ISSUER: 'https://id.example/',
  URLS_LOGIN: 'https://app.example/login',
  URLS_CONSENT: 'https://app.example/consent',
};

function refused(env: Record<string, string>): string[] {
  try {
    assertSafe(loadConfig({ env }));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

test('a complete configuration is safe', () => {
  expect(refused(SAFE)).toEqual([]);
});

test('everything that is missing is named at once, and what to set', () => {
  expect(refused({ DSN: 'memory', URLS_SELF_ISSUER: 'http://id.example/' })).toEqual([
    'secrets.system',
    'urls.self.issuer',
    'urls.login',
    'urls.consent',
  ]);
});

test('development mode lifts the checks', () => {
  expect(refused({ DSN: 'memory', DEV: 'true' })).toEqual([]);
});

test('dangerous-force-http does not make an http issuer safe', () => {
  const env = { ...SAFE, URLS_SELF_ISSUER: 'http://id.example/' };
  expect(() => assertSafe(loadConfig({ env, flags: { 'dangerous-force-http': true } }))).toThrow(ConfigError);
});

test.each([
  'this-is-the-primary-secret',
  'this-is-an-old-secret',
  'youReallyNeedToChangeThis',
  'aaaaaaaaaaaaaaaaaaaa',
  'abababababababababab',
  'changeme-changeme-changeme',
  '1234123412341234',
])('%s is weak, and is not quoted', (secret) => {
  expect(isWeakSecret(secret)).toBe(true);
  const config = loadConfig({ env: { ...SAFE, SECRETS_SYSTEM: secret } });
  expect(() => assertSafe(config)).toThrow(/secrets\.system/);
  expect(() => assertSafe(config)).not.toThrow(new RegExp(secret));
});

test.each(['0123456789abcdef0123456789abcdeX', 'k3Jx9vQ2mW8zLp4T', 'wire-recording-system-secret-0001'])(
  '%s is not weak',
  (secret) => {
    expect(isWeakSecret(secret)).toBe(false);
  },
);
