/** Every key of the configuration is honoured, without effect for a reason that is told, or refused with a way out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, environmentName, loadConfig, SETTINGS, standingOf } from '../../../src/config/index.js';
import { addresses } from './addresses.js';
import { cookies } from './cookies.js';
import type { Effect } from './effect.js';
import { lifetimes } from './lifetimes.js';
import { listeners } from './listeners.js';
import { oauth2 } from './oauth2.js';
import { protocol } from './protocol.js';
import { secrets } from './secrets.js';
import { standards } from './standards.js';
import { tls } from './tls.js';
import { topLevel } from './top-level.js';

const EFFECTS: readonly Effect[] = [
  ...topLevel,
  ...listeners,
  ...tls,
  ...cookies,
  ...addresses,
  ...protocol,
  ...lifetimes,
  ...oauth2,
  ...secrets,
  ...standards,
];

const keysOf = (kind: string): string[] =>
  [...SETTINGS].filter(([, setting]) => standingOf(setting).kind === kind).map(([key]) => key);

test('each key has one standing: the honoured ones have an effect below, the others do not', () => {
  const shown = [...new Set(EFFECTS.flatMap(({ keys }) => keys))].sort();
  expect(shown).toEqual(keysOf('honoured').sort());
  for (const [key, { ignored, warns, notYet }] of SETTINGS)
    expect([ignored, warns, notYet].filter((one) => one !== undefined).length, key).toBeLessThanOrEqual(1);
});

describe('honoured', () => {
  test.each(EFFECTS)('$says ($keys)', ({ run }) => run());
});

/** Values other than the defaults, where `true` is none. */
const OTHER: Readonly<Record<string, string>> = {
  'tracing.provider': 'otel',
  'urls.identity_provider.url': 'http://127.0.0.1:1/kratos',
  'urls.identity_provider.publicUrl': 'http://127.0.0.1:1/kratos',
  'urls.identity_provider.headers': '{"authorization":"x"}',
  profiling: 'cpu',
  'hsm.slot': '7',
  'urls.self.admin': 'http://127.0.0.1:1/',
};

function given(key: string): Parameters<typeof loadConfig>[0] {
  const text = OTHER[key] ?? 'true';
  const { kind, fromEnvironment } = SETTINGS.get(key) ?? {};
  const flags = kind === 'any' ? { [key]: { some: 'thing' } } : { [key]: text };
  if (fromEnvironment === false || key.endsWith('publicUrl')) return { env: { DSN: 'memory' }, flags };
  return { env: { DSN: 'memory', [environmentName(key)]: text } };
}

test.each(keysOf('without effect'))('without effect, and the start goes on: %s', (key) => {
  const { warnings } = loadConfig(given(key));
  const { warns } = SETTINGS.get(key) ?? {};
  expect(warnings).toEqual(warns === undefined ? [] : [`${key} ${warns}`]);
});

test.each(keysOf('refused'))('refused, and told what to do instead: %s', (key) => {
  const { notYet = '' } = SETTINGS.get(key) ?? {};
  expect(notYet).toMatch(/Leave \S+ out|Leave it out/);
  try {
    loadConfig(given(key));
    expect.unreachable('It was accepted.');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems).toMatchObject([{ path: key, reason: notYet }]);
  }
});

const contract = new URL('../../../../../../shared/contract/configuration.md', import.meta.url);

/** Keys of the contract that go by another name here, or are one with others. */
const COVERED: readonly (readonly [pattern: RegExp, key: string])[] = [
  [/^tracing\.providers\./, 'tracing.providers'],
  [/^oauth2\.(refresh_)?token_hook$/, 'oauth2.token_hook.url'],
  [/^oidc\.subject_identifiers\.enabled$/, 'oidc.subject_identifiers.supported_types'],
  [/^serve\.(public|admin)\.access_log\.disable_for_health$/, 'serve.public.request_log.disable_for_health'],
];

test('every key that the contract lists is known', (context) => {
  const text = textOf(contract);
  if (text === undefined) return context.skip('The contract is not beside this checkout.');
  const rows = text.slice(text.indexOf('\n## 6. Keys'), text.indexOf('\n### 6.17')).matchAll(/^\| `([^`]+)` \|/gm);
  const listed = [...rows].flatMap(([, key = '']) =>
    key.includes('{public,admin}') ? ['public', 'admin'].map((one) => key.replace('{public,admin}', one)) : [key],
  );
  expect(listed.length).toBeGreaterThan(150);
  const nameOf = (key: string) => COVERED.find(([pattern]) => pattern.test(key))?.[1] ?? key;
  expect(listed.filter((key) => !SETTINGS.has(nameOf(key)))).toEqual([]);
});

function textOf(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}
