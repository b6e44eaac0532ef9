import { OAuthError } from '../../protocol/errors.js';
import type { Check } from './check.js';

const SHORTEST = 8;

/** RFC 6749 §10.12: a state that can be guessed protects from nothing. */
export const checkState: Check = ({ state }) => {
  if (state.length < SHORTEST)
    throw new OAuthError('invalid_state', `The parameter 'state' needs at least ${SHORTEST} characters.`);
};
