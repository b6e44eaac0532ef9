import type { ClientAuth } from '../client-auth/index.js';
import { OAuthError } from '../protocol/errors.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import type { TokenRequest } from './exchange.js';
import type { FindToken } from './find-token.js';

export interface RevokeOptions {
  readonly clientAuth: ClientAuth;
  readonly findToken: FindToken;
  readonly store: Pick<Store, 'families' | 'tokens'>;
  readonly clock: Clock;
}

/** Revokes a token and with it the whole authorization (RFC 7009 §2.1). What is not there, or another client's, is left alone without a word. */
export type Revoke = (request: TokenRequest) => Promise<void>;

export function createRevoke({ clientAuth, findToken, store, clock }: RevokeOptions): Revoke {
  return async ({ form, authorization }) => {
    if (!form || [...form.keys()].length === 0)
      throw new OAuthError('invalid_request', 'The body is empty or no form; send application/x-www-form-urlencoded.');
    const client = await clientAuth.authenticate({ form, authorization });
    const found = await findToken(form.get('token') ?? '');
    // RFC 7009 §2.1: a token of another client is not revoked. Hydra: and the answer does not tell.
    if (found.kind !== 'live' || found.client.id !== client.id) return;
    if (found.token.familyId === null) await store.tokens.delete(found.token.key);
    else await store.families.end(found.token.familyId, clock.now());
  };
}
