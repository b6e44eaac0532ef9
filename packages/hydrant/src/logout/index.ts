/**
 * Logout: begun by a client or by the browser itself, told to clients through the browser and behind its back. Imports
 * authorize/session, crypto, store, model and protocol; must not know HTTP.
 */
import { OAuthError } from '../protocol/errors.js';
import { finishLogout } from './finish.js';
import type { LogoutOptions, LogoutOutcome } from './options.js';
import { type LogoutVisit, startLogout } from './start.js';

export { createDeliver } from './deliver.js';
export type { LogoutOptions, LogoutOutcome } from './options.js';

export interface Logout {
  /** Answers one visit of the logout endpoint; refusals are outcomes for the error page. */
  visit(visit: LogoutVisit): Promise<LogoutOutcome | { readonly kind: 'error-page'; readonly error: OAuthError }>;
}

export function createLogout(options: LogoutOptions): Logout {
  return {
    async visit(visit) {
      try {
        const verifier = visit.params.get('logout_verifier');
        return verifier ? await finishLogout(verifier, visit.session, options) : await startLogout(visit, options);
      } catch (error) {
        if (error instanceof OAuthError) return { kind: 'error-page', error };
        throw error;
      }
    },
  };
}
