import { KINDS } from './kinds.js';
import type { Problem } from './problem.js';
import { BLOCKS, type Given, isBlock, type Read, readDocument, SHORTHANDS } from './read-document.js';
import { environmentName, RENAMED, SETTINGS } from './sections/index.js';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names of whole blocks (`SERVE`, `SERVE_PUBLIC`), which take a JSON object; outer ones first. */
const BLOCK_NAMES: readonly (readonly [name: string, path: string])[] = [...BLOCKS]
  .map((path) => [environmentName(path), path] as const)
  .sort(([, one], [, other]) => one.split('.').length - other.split('.').length);

/** The variable of each key, older key paths first so that the present one wins. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...[...RENAMED].map(([old, key]) => [environmentName(old), key] as const),
  ...[...SETTINGS].flatMap(([key, { fromEnvironment }]) =>
    fromEnvironment === false ? [] : [[environmentName(key), key] as const],
  ),
]);

/**
 * Reads the environment: canonical names, `SECRETS_SYSTEM_0` for one item of a list (laid over the list in `below`), and
 * JSON objects for blocks, or a text for those that may be one. An empty variable counts as unset. Any other variable is none of our business, however close
 * its name comes: a stray `VERSION` or `LOG` must not break the start.
 */
export function readEnvironment(environment: Environment, below: ReadonlyMap<string, Given>): Read {
  const values = new Map<string, Given>();
  const problems: Problem[] = [];
  const warnings: string[] = [];

  for (const [name, path] of BLOCK_NAMES) {
    const text = environment[name];
    const block = jsonObject(text);
    const short = SHORTHANDS.get(path);
    if (!block && short && text) values.set(short, { value: text, source: `the variable ${name}` });
    if (!block) continue;
    const read = readDocument(block, `the variable ${name}`, path);
    for (const [key, given] of read.values) values.set(key, given);
    problems.push(...read.problems);
    warnings.push(...read.warnings);
  }
  for (const [name, key] of NAMES) {
    const given = fromText(environment[name], key, name);
    if (given === undefined) continue;
    if (name !== environmentName(key)) warnings.push(`${name}: ${key} is now called ${environmentName(key)}`);
    if ('reason' in given) problems.push({ path: key, source: given.source, reason: given.reason });
    else values.set(key, given);
  }
  for (const [key, items] of listItems(environment)) {
    const under = (values.get(key) ?? below.get(key))?.value;
    const list: unknown[] = Array.isArray(under) ? [...under] : [];
    for (const [index, text] of items) list[index] = text;
    const source = `the variables ${environmentName(key)}_${[...items.keys()].join(', _')}`;
    values.set(key, { value: list.filter((item) => item !== undefined), source });
  }
  return { values, problems, warnings };
}

/**
 * Reads the names that only Hydra 1.7 knew (`DATABASE_URL`, `ISSUER`). They rank below everything else, and one that does
 * not make sense is passed over: such names are commonplace, and Kubernetes sets `ADMIN_PORT` to a URL by itself.
 */
export function readOldEnvironment(environment: Environment, above: ReadonlyMap<string, Given>): Read {
  const values = new Map<string, Given>();
  const warnings: string[] = [];
  for (const [key, setting] of SETTINGS) {
    for (const name of setting.environment ?? []) {
      const given = fromText(environment[name], key, name);
      if (given === undefined || above.has(key) || values.has(key)) continue;
      const usable = !('reason' in given) && KINDS[setting.kind].parse(given.value, setting).ok;
      if (usable) values.set(key, given);
      const advice = usable
        ? `is an old name, use ${environmentName(key)}`
        : `was passed over: it does not suit ${key}`;
      warnings.push(`${name} ${advice}`);
    }
  }
  return { values, problems: [], warnings };
}

function fromText(
  text: string | undefined,
  key: string,
  name: string,
): Given | { readonly reason: string; readonly source: string } | undefined {
  const setting = SETTINGS.get(key);
  if (!setting || text === undefined || text === '') return undefined;
  const source = `the variable ${name}`;
  const read = KINDS[setting.kind].fromText?.(text, setting) ?? { ok: true, value: text };
  return read.ok ? { value: read.value, source } : { reason: read.reason, source };
}

function listItems(environment: Environment): Map<string, Map<number, string>> {
  const found = new Map<string, Map<number, string>>();
  for (const [name, text] of Object.entries(environment)) {
    const [, base = '', index = ''] = /^([A-Z0-9_]+)_(\d{1,2})$/.exec(name) ?? [];
    const key = NAMES.get(base);
    if (!key || !text || SETTINGS.get(key)?.kind !== 'list') continue;
    const items = found.get(key) ?? new Map<number, string>();
    found.set(key, items.set(Number(index), text));
  }
  return found;
}

function jsonObject(text: string | undefined): Record<string, unknown> | undefined {
  if (!text?.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isBlock(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
