import { nearestKey } from './nearest.js';
import type { Problem } from './problem.js';
import { RENAMED, SETTINGS } from './sections/index.js';

/** A value as somebody gave it, in the form of a file, and where it stood. */
export interface Given {
  readonly value: unknown;
  readonly source: string;
}

/** What one source gives. */
export interface Read {
  /** By full key path, older paths already renamed. */
  readonly values: Map<string, Given>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Blocks that may hold anything, because nothing in them has an effect. */
const OPEN: readonly string[] = ['sqa'];

/** Whether a value is a block of further keys. */
export function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The paths of all blocks: `serve`, `serve.public`, … */
export const BLOCKS: ReadonlySet<string> = new Set(
  [...SETTINGS.keys(), ...RENAMED.keys()].flatMap((key) => {
    const parts = key.split('.');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
  }),
);

/** The key that stands for its whole block where there is a text instead of one, by the block's path. */
export const SHORTHANDS: ReadonlyMap<string, string> = new Map(
  [...SETTINGS].flatMap(([key, { shorthand }]) => (shorthand ? [[key.replace(/\.[^.]+$/, ''), key] as const] : [])),
);

/** Says that no setting has this path, and which one may have been meant. */
function unknownKey(path: string, source: string): Problem {
  const nearest = nearestKey(path, [...SETTINGS.keys(), ...BLOCKS]);
  return { path, source, reason: `is not a known key${nearest ? `; did you mean ${nearest}?` : ''}` };
}

/**
 * Takes a nested document apart, `below` a path where it is not the whole. A key with nothing after it (`login:`) counts
 * as not given.
 */
export function readDocument(document: unknown, source: string, below = ''): Read {
  const values = new Map<string, Given>();
  const problems: Problem[] = [];
  const warnings: string[] = [];

  function take(path: string, value: unknown): void {
    const renamed = RENAMED.get(path);
    const key = renamed ?? (typeof value === 'string' ? SHORTHANDS.get(path) : undefined) ?? path;
    if (SETTINGS.has(key)) {
      if (value === null || value === undefined) return;
      if (renamed) warnings.push(`${source}: ${path} is now called ${renamed}`);
      // The newer spelling wins where a document has both, whichever comes first.
      if (!renamed || !values.has(key)) values.set(key, { value, source });
    } else if (BLOCKS.has(path)) walk(path, value);
    else problems.push(unknownKey(path, source));
  }

  function walk(path: string, value: unknown): void {
    if (value === null || value === undefined) return;
    if (!isBlock(value)) {
      problems.push({ path: path || '(document)', source, reason: 'must be a block of keys' });
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const inner = path === '' ? name : `${path}.${name}`;
      if (!OPEN.includes(path) || SETTINGS.has(inner)) take(inner, item);
    }
  }

  walk(below, document);
  return { values, problems, warnings };
}
