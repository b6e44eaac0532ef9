/** What the two generations of the admin API say differently about keys. The rules of `key-sets.ts` are one. */
import { signatureAlgorithmNames } from '../crypto/signature-algorithms.js';
import { OAuthError } from '../protocol/errors.js';
import { type KeyNaming, PAIRS, PLAIN } from './naming.js';

export interface KeyGeneration {
  /** What `alg` can be asked for when a key is made. */
  readonly algorithms: ReadonlySet<string>;
  /** The `use` of a key for which none was named; empty for no such member. */
  readonly defaultUse: string;
  readonly naming: KeyNaming;
  /** The refusal of any other `alg`. */
  unsupported(alg: string): OAuthError;
  /** The refusal of a body in which there is no key. */
  unreadable(reason: string): OAuthError;
}

/** `/admin/keys`. */
export const SECOND_GENERATION: KeyGeneration = {
  algorithms: new Set(signatureAlgorithmNames),
  defaultUse: 'sig',
  naming: PLAIN,
  unsupported: () =>
    new OAuthError(
      'Bad Request',
      `The alg must be one of ${signatureAlgorithmNames.join(', ')}, in these very letters.`,
    ),
  unreadable: (reason) =>
    new OAuthError('The request was malformed or contained invalid parameters', `The body cannot be used: ${reason}.`),
};

/** `/keys`. Hydra: 1.7 offers these four and knows one word for every mistake. */
export const FIRST_GENERATION: KeyGeneration = {
  algorithms: new Set(['RS256', 'ES512', 'HS256', 'HS512']),
  defaultUse: '',
  naming: PAIRS,
  unsupported: (alg) =>
    new OAuthError('error', undefined, { status: 400, debug: `alg "${alg}" is none of RS256, ES512, HS256, HS512` }),
  unreadable: (reason) => new OAuthError('error', undefined, { status: 400, debug: reason }),
};

/** By the name of the generation. */
export const KEY_GENERATIONS: Readonly<Record<'first' | 'second', KeyGeneration>> = {
  first: FIRST_GENERATION,
  second: SECOND_GENERATION,
};
