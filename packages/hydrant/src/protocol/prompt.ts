import { OAuthError } from './errors.js';
import type { Seconds } from './time.js';
import { splitWords } from './words.js';

/** Hydra: `select_account` of OpenID Connect Core §3.1.2.1 is not among them; `registration` (Prompt Create's forerunner) is. */
const KNOWN: ReadonlySet<string> = new Set(['login', 'none', 'consent', 'registration']);

/** The words of `prompt`, known or not: {@link checkPromptWords} comes later, when there is somebody to tell. */
export function parsePrompt(text: string | undefined): string[] {
  return splitWords(text);
}

/** Throws `invalid_request` for an unknown word, and for `none` with company (OpenID Connect Core §3.1.2.1). */
export function checkPromptWords(prompt: readonly string[]): void {
  if (!prompt.every((word) => KNOWN.has(word))) {
    throw new OAuthError('invalid_request', `The prompt has an unknown value; known are ${[...KNOWN].join(', ')}.`);
  }
  if (prompt.includes('none') && prompt.length > 1) {
    throw new OAuthError('invalid_request', 'The prompt value none cannot be combined with others.');
  }
}

/**
 * Reads `max_age` (OpenID Connect Core §3.1.2.1); `undefined` where none was sent. Throws `invalid_request` for anything but a
 * non-negative integer that still is one in milliseconds. Hydra answers `error`, which nobody knows.
 */
export function parseMaxAge(text: string | undefined): Seconds | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seconds * 1000)) return seconds;
  throw new OAuthError('invalid_request', 'The max_age must be a whole number of seconds, zero or more.');
}
