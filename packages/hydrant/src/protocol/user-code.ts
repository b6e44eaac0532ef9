/** The alphabet and length of user codes: what a person reads off one screen and types at another (RFC 8628 §6.1). */

export interface UserCodeFormat {
  /** The characters of a code, each once. */
  readonly characters: readonly string[];
  readonly length: number;
}

/** Without pairs that look alike on a television: `0 O o`, `1 I l`, `B 8`, `S 5`, `Z 2`. */
const UNMISTAKABLE = '34679ACDEFGHJKLMNPQRTUVWXYabcdefghijkmnpqrstuvwxyz';

/** Hydra's presets. */
export const USER_CODE_PRESETS: Readonly<Record<'high' | 'medium' | 'low', UserCodeFormat>> = {
  high: userCodeFormat(UNMISTAKABLE, 8),
  medium: userCodeFormat('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 8),
  low: userCodeFormat('0123456789', 9),
};

export function userCodeFormat(characters: string, length: number): UserCodeFormat {
  return { characters: [...new Set(characters)], length };
}

/**
 * A code as it was meant: spaces and dashes that people put in for reading are taken out, and where the alphabet has one
 * case only, the other is read as that one (RFC 8628 §6.1). Anything else stays and simply fits no code.
 */
export function normaliseUserCode(text: string, { characters }: UserCodeFormat): string {
  const known = new Set(characters);
  return [...text]
    .filter((one) => known.has(one) || !/[\s\p{Dash_Punctuation}]/u.test(one))
    .map((one) => [one, one.toUpperCase(), one.toLowerCase()].find((form) => known.has(form)) ?? one)
    .join('');
}
