import { handleExpiry, mintHandle, readHandle } from '../crypto/handle.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Client } from '../model/client.js';
import type { LogoutRequest } from '../model/logout.js';
import { replaceQueryParams } from '../protocol/redirect-uri.js';
import type { Clock, Instant } from '../protocol/time.js';
import type { Store } from '../store/index.js';

export interface LogoutOptions {
  readonly store: Pick<Store, 'logouts' | 'clients'>;
  readonly ring: SecretRing;
  readonly clock: Clock;
  /** The logout endpoint, where the verifier is taken. */
  readonly endpoint: string;
}

/** A logout request with what is shown beside it. */
export interface ShownLogout {
  readonly request: LogoutRequest;
  readonly client: Client | undefined;
  readonly expiresAt: Instant;
}

export interface LogoutInteractions {
  /** `undefined` for what nobody knows, what is over, and what was rejected. */
  get(challenge: string): Promise<ShownLogout | undefined>;
  /** Where the browser goes next; also revives a rejected request. `undefined` where there is none. */
  accept(challenge: string): Promise<string | undefined>;
  /** Whether there was such a request. */
  reject(challenge: string): Promise<boolean>;
}

export function createLogoutInteractions({ store, ring, clock, endpoint }: LogoutOptions): LogoutInteractions {
  function keyOf(challenge: string): Buffer | undefined {
    const key = readHandle('logout_challenge', challenge, ring);
    return key && handleExpiry(key) > clock.now() ? key : undefined;
  }

  return {
    async get(challenge) {
      const key = keyOf(challenge);
      const request = key && (await store.logouts.find(key));
      if (!request || request.stage === 'rejected') return undefined;
      const client = request.clientId === null ? undefined : await store.clients.find(request.clientId);
      return { request, client, expiresAt: handleExpiry(request.key) };
    },

    async accept(challenge) {
      const key = keyOf(challenge);
      // A completed request stays completed: the verifier it gives has no further effect.
      const request =
        key &&
        ((await store.logouts.advance(key, ['asked', 'accepted', 'rejected'], 'accepted')) ??
          (await store.logouts.find(key)));
      return (
        request && replaceQueryParams(endpoint, { logout_verifier: mintHandle('logout_verifier', request.key, ring) })
      );
    },

    async reject(challenge) {
      const key = keyOf(challenge);
      if (!key) return false;
      return (
        (await store.logouts.advance(key, ['asked', 'accepted', 'rejected', 'completed'], 'rejected')) !== undefined
      );
    },
  };
}
