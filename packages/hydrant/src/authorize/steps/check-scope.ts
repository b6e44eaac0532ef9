import { OAuthError } from '../../protocol/errors.js';
import { coversScope, parseScope } from '../../protocol/scope.js';
import type { Check } from './check.js';

/** RFC 6749 §3.3: every requested scope is one the client registered, by the configured strategy. */
export const checkScope: Check = ({ client, scope }, { scopeStrategy }) => {
  const uncovered = coversScope(scopeStrategy, parseScope(client.metadata.scope), scope);
  if (uncovered !== undefined)
    throw new OAuthError('invalid_scope', `The client may not ask for the scope '${uncovered}'.`);
};
