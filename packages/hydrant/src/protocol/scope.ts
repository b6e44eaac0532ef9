import { splitWords } from './words.js';

/** Reads a `scope` value (RFC 6749 §3.3): the order is kept, of a repeated scope the first one stays. */
export function parseScope(text: string | undefined): string[] {
  return [...new Set(splitWords(text))];
}

/** Writes a `scope` value (RFC 6749 §3.3). */
export function formatScope(list: readonly string[]): string {
  return list.join(' ');
}

/** Whether a registered or granted scope (`pattern`) lets somebody have a requested one (`needle`). */
export type ScopeStrategy = (pattern: string, needle: string) => boolean;

const exact: ScopeStrategy = (pattern, needle) => pattern === needle;

/** `foo` covers `foo.bar`. Kept for installations that still name it. */
const hierarchic: ScopeStrategy = (pattern, needle) => pattern === needle || needle.startsWith(`${pattern}.`);

/**
 * Part by part between dots. `*` stands for one part that is not empty; as the last part of a pattern it also takes
 * whatever follows, so `foo.*` covers `foo.bar.baz`, but neither `foo` nor `foo.`.
 */
const wildcard: ScopeStrategy = (pattern, needle) => {
  const wanted = pattern.split('.');
  const given = needle.split('.');
  if (wanted.length > given.length) return false;
  if (wanted.length < given.length && wanted.at(-1) !== '*') return false;
  return wanted.every((part, index) => part === given[index] || (part === '*' && given[index] !== ''));
};

const STRATEGIES: ReadonlyMap<string, ScopeStrategy> = new Map([
  ['wildcard', wildcard],
  ['exact', exact],
  ['DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY', hierarchic],
]);

/**
 * The strategy that `strategies.scope` names. Hydra: any other word means `exact` in the second generation (the first
 * took it for `wildcard`); the narrower reading is the safe one.
 */
export function scopeStrategy(name: string): ScopeStrategy {
  return STRATEGIES.get(name) ?? exact;
}

/** The first requested scope that none of the granted ones covers; `undefined` where all are covered. */
export function coversScope(
  strategy: ScopeStrategy,
  granted: readonly string[],
  requested: readonly string[],
): string | undefined {
  return requested.find((needle) => !granted.some((pattern) => strategy(pattern, needle)));
}
