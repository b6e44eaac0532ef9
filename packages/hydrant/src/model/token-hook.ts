import type { Client } from './client.js';
import type { SessionClaims } from './flow.js';
import type { OwnGrant } from './token.js';
import type { TokenFamily } from './token-family.js';

/** What is about to be issued, for the hooks to see before it is. */
export interface HookCall {
  /** The `grant_type`. */
  readonly grantType: string;
  readonly client: Client;
  /** The token request; secrets are in it, so a hook is shown parts of it only. */
  readonly form: URLSearchParams;
  /** Of whom the tokens speak: of a person through a family, or of an access token's own subject. */
  readonly grantee:
    | { readonly family: TokenFamily; readonly own?: undefined }
    | { readonly family?: undefined; readonly own: OwnGrant };
}

/**
 * Asks the operator's hooks for another word on the claims of the tokens; `undefined` where they have none.
 *
 * @throws OAuthError `access_denied` where a hook refuses, `server_error` where it fails
 */
export type TokenHooks = (call: HookCall) => Promise<SessionClaims | undefined>;
