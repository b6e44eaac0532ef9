import { isDeepStrictEqual } from 'node:util';
import { KINDS } from './kinds.js';
import { type Draft, normalise } from './normalise.js';
import { ConfigError, type Problem } from './problem.js';
import { type Given, type Read, readDocument } from './read-document.js';
import { type Environment, readEnvironment, readOldEnvironment } from './read-environment.js';
import { readFile } from './read-file.js';
import { type Config, SETTINGS } from './sections/index.js';

/** Where a configuration comes from, lowest rank first: defaults, `files`, `flags`, `env`, `forced`. */
export interface LoadOptions {
  /** Configuration files, later ones win key by key. */
  readonly files?: readonly string[];
  /** Values by key path that flags gave; a flag that was not given must be absent. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Environment;
  /** Values that nothing overrides: a database named as an argument. */
  readonly forced?: Readonly<Record<string, unknown>>;
  /** `migrate` looks at the database alone, so that a mistake elsewhere does not keep a schema from being brought up to date. */
  readonly command?: 'serve' | 'migrate';
}

/**
 * Reads, checks and completes the configuration. Throws `ConfigError` with everything that is wrong with it.
 * Unlike in Hydra, `dev: true` in a file counts, and a variable with a whole list replaces the list of a file.
 */
export function loadConfig({ files = [], flags = {}, env = {}, forced = {}, command = 'serve' }: LoadOptions): Config {
  const reads: Read[] = files.map(readFile);
  reads.push(fromFlags(flags));
  const given = new Map<string, Given>(reads.flatMap(({ values }) => [...values]));
  const environment = readEnvironment(env, given);
  for (const [key, value] of [...environment.values, ...fromFlags(forced).values]) given.set(key, value);
  const old = readOldEnvironment(env, given);
  for (const [key, value] of old.values) given.set(key, value);
  reads.push(environment, old);

  const problems = reads.flatMap((read) => read.problems);
  const warnings = reads.flatMap((read) => read.warnings);
  const draft: Draft = { values: parseAll(given, problems, warnings), given, problems, warnings };
  normalise(draft);

  const fatal = command === 'migrate' ? problems.filter(({ path }) => path === 'dsn') : problems;
  if (fatal.length > 0) throw new ConfigError(fatal);
  return toConfig(draft);
}

function fromFlags(flags: Readonly<Record<string, unknown>>): Read {
  const nested: Record<string, unknown> = {};
  const values = new Map<string, Given>();
  for (const [key, value] of Object.entries(flags)) {
    if (SETTINGS.has(key)) values.set(key, { value, source: 'the command line' });
    else nested[key] = value;
  }
  return { ...readDocument(nested, 'the command line'), values };
}

/** Turns what was given into run-time values, and fills the gaps with defaults. */
function parseAll(given: ReadonlyMap<string, Given>, problems: Problem[], warnings: string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [key, setting] of SETTINGS) {
    const entry = given.get(key);
    const kind = KINDS[setting.kind];
    const byDefault = setting.default === undefined ? undefined : parsed(kind.parse(setting.default, setting));
    if (!entry) {
      values.set(key, byDefault);
      continue;
    }
    const result = kind.parse(entry.value, setting);
    if (!result.ok) {
      problems.push({ path: key, source: entry.source, reason: result.reason });
      values.set(key, byDefault);
      continue;
    }
    values.set(key, result.value);
    if (isDeepStrictEqual(result.value, byDefault)) continue;
    if (setting.notYet) problems.push({ path: key, source: entry.source, reason: setting.notYet });
    if (setting.warns) warnings.push(`${key} ${setting.warns}`);
  }
  return values;
}

function parsed(result: ReturnType<(typeof KINDS)['any']['parse']>): unknown {
  return result.ok ? result.value : undefined;
}

/** Builds the nested value out of key paths. */
export function nest(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const parts = key.split('.');
    const last = parts.pop() ?? key;
    let block = root;
    for (const part of parts) {
      const inner = block[part] ?? {};
      block[part] = inner;
      // Blocks are made here and nowhere else, so what stands there is one of ours.
      block = inner as Record<string, unknown>;
    }
    block[last] = value;
  }
  return root;
}

/** The one place where the untyped tree becomes a `Config`: `SETTINGS` and `Config` are made of the same declarations. */
function toConfig({ values, warnings }: Draft): Config {
  for (const key of ['dangerous-force-http', 'dangerous-allow-insecure-redirect-urls']) values.delete(key);
  return deepFreeze({ ...nest(values), warnings: [...new Set(warnings)] }) as unknown as Config;
}

/** The same configuration with this secret as `secrets.system`; for development mode, where one is made up. */
export function withSystemSecret(config: Config, secret: string): Config {
  return deepFreeze({ ...config, secrets: { ...config.secrets, system: [secret] } });
}

/** Freezes a tree of plain values, so that nothing can change the settings of a running server. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
