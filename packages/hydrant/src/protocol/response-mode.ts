import { OAuthError } from './errors.js';

/** How an answer of the authorization endpoint travels (Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode). */
export type ResponseMode = 'query' | 'fragment' | 'form_post';

const MODES: readonly ResponseMode[] = ['query', 'fragment', 'form_post'];

/** Reads `response_mode`; `undefined` where none was sent. Throws `unsupported_response_mode` for any other word. */
export function parseResponseMode(text: string | undefined): ResponseMode | undefined {
  if (text === undefined || text === '') return undefined;
  const mode = MODES.find((known) => known === text);
  if (mode) return mode;
  throw new OAuthError('unsupported_response_mode', `The response_mode must be one of ${MODES.join(', ')}.`);
}
