import type { Client } from '../../model/client.js';
import type { ScopeStrategy } from '../../protocol/scope.js';
import type { TrustedRequest } from '../request.js';

/** Settings that checks depend on. */
export interface CheckRules {
  readonly scopeStrategy: ScopeStrategy;
  readonly pkceRequired: (client: Client) => boolean;
  /** Whether `code_challenge_method=plain` will do. */
  readonly plainPkce: boolean;
  /** Development mode: codes may travel over plain http to other machines. */
  readonly insecureRedirects: boolean;
}

/** One rule for a request whose redirect URI is trusted. @throws OAuthError when the request breaks it. */
export type Check = (request: TrustedRequest, rules: CheckRules) => void;

/** One rule that can only be told when the granted scope is known. */
export type LateCheck = (request: TrustedRequest, rules: CheckRules, grantedScope: readonly string[]) => void;
