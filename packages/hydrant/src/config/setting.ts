/**
 * What one setting declares. A setting is one entry in one file under `sections/`; its environment name, its static type,
 * the JSON Schema and the reference page all follow from that entry.
 */

/** How much an installation depends on a key: essential, common, situational, rare, ignorable. */
export type Weight = 'E' | 'C' | 'S' | 'R' | 'I';

/** The grammar of a value; `kinds.ts` has the rules of each. */
export type KindName =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'duration'
  | 'lifetime'
  | 'url'
  | 'url-reference'
  | 'choice'
  | 'list'
  | 'any';

/** One setting. `default` is written as an operator would write it in a file. */
export interface Setting {
  readonly kind: KindName;
  readonly default?: unknown;
  /** Says how the value is found where nobody gave one; such a setting is never `undefined`. */
  readonly derived?: string;
  /** The words of a `choice`, or of each item of a `list`. */
  readonly values?: readonly string[];
  /** Least and largest: of a number, of a `duration` (as text). */
  readonly min?: number | string;
  readonly max?: number | string;
  /** Least length of a `string`, or of each item of a `list`. */
  readonly minLength?: number;
  /** What a `string`, or each item of a `list`, has to look like, and the same in words. */
  readonly pattern?: readonly [expression: string, words: string];
  /** A list of single words, which the environment may also separate with white space, as Hydra 1.7 did. */
  readonly words?: true;
  /** First Hydra release that knows the key, and the first that no longer does; `hydrant` for our own. */
  readonly since: string;
  readonly removed?: string;
  readonly weight: Weight;
  /** What it does, for the reference page. */
  readonly description: string;
  /** The block that this key is in may also be written as this value alone. */
  readonly shorthand?: true;
  /** Printed as `[redacted]`, and never quoted in a problem. */
  readonly secret?: true;
  /** Why a value other than the default weakens the server. */
  readonly unsafe?: string;
  /** Older environment names (Hydra 1.7); each use is a warning, and anything else that sets the key wins. */
  readonly environment?: readonly string[];
  /** Older key paths that mean the same. */
  readonly formerly?: readonly string[];
  /** False: no environment name, because the canonical one is a commonplace variable. */
  readonly fromEnvironment?: false;
  /** Accepted, and without effect in this server; the sentence says why that is harmless. */
  readonly ignored?: string;
  /** As `ignored`, but worth a warning when it is set. */
  readonly warns?: string;
  /** Known, yet not honoured by this release: any value but the default is refused at start with this sentence. */
  readonly notYet?: string;
}

/** What becomes of a setting: each is one of these, and the sentence of the last two says why and what to use. */
export type Standing =
  | { readonly kind: 'honoured' }
  | { readonly kind: 'without effect'; readonly sentence: string }
  | { readonly kind: 'refused'; readonly sentence: string };

/** The standing of a setting. */
export function standingOf({ ignored, warns, notYet }: Setting): Standing {
  if (notYet !== undefined) return { kind: 'refused', sentence: notYet };
  if (warns !== undefined) return { kind: 'without effect', sentence: `The log warns that it ${warns}.` };
  if (ignored !== undefined) return { kind: 'without effect', sentence: ignored };
  return { kind: 'honoured' };
}

/** Settings that share a prefix; keys are relative to it. */
export interface Section {
  readonly prefix: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** The run-time value of a setting. Durations are milliseconds; a `lifetime` of -1 is `null`: never. */
type Leaf<S> = S extends { kind: 'boolean' }
  ? boolean
  : S extends { kind: 'integer' | 'number' | 'duration' }
    ? number
    : S extends { kind: 'lifetime' }
      ? number | null
      : S extends { kind: 'choice'; values: readonly (infer V)[] }
        ? V
        : S extends { kind: 'list'; values: readonly (infer V)[] }
          ? readonly V[]
          : S extends { kind: 'list' }
            ? readonly string[]
            : S extends { kind: 'any' }
              ? unknown
              : string;

type Value<S> = S extends { default: unknown } | { derived: string } ? Leaf<S> : Leaf<S> | undefined;
type Head<K> = K extends `${infer H}.${string}` ? H : K;
type Below<T, H> = { [K in keyof T as K extends `${H & string}.${infer R}` ? R : never]: T[K] };

/** The nested value type of a table whose keys are dotted paths: `{'a.b': S}` gives `{a: {b: value of S}}`. */
export type Nested<T> = {
  readonly [H in Head<keyof T & string>]: H extends keyof T ? Value<T[H]> : Nested<Below<T, H>>;
};
