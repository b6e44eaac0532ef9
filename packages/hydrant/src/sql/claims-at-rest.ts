import { seal, sealedByFirst, unseal } from '../crypto/sealing.js';
import type { SecretRing } from '../crypto/secret-ring.js';

/**
 * How session claims lie in the database (`oauth2.session.encrypt_at_rest`): sealed, or as the JSON that they are. Both are
 * read, whatever is written; claims without a value have nothing to hide and are never sealed.
 */
export interface ClaimsAtRest {
  /** The member of a JSON document that stands for these claims. */
  close(claims: object): unknown;
  /** The claims behind such a member; `undefined` where no secret opens them any more. */
  open<T extends object>(stored: unknown): T | undefined;
  /** Whether a secret other than the first opens the member, so that it should be sealed anew before that one is taken away. */
  isStale(stored: unknown): boolean;
}

export function claimsAtRest(ring: SecretRing, sealing: boolean): ClaimsAtRest {
  return {
    close: (claims) => (sealing && hasValue(claims) ? seal(ring, JSON.stringify(claims)) : claims),
    open<T>(stored: unknown) {
      if (typeof stored !== 'string') return stored as T;
      const plain = unseal(ring, stored);
      return plain === undefined ? undefined : (JSON.parse(plain) as T);
    },
    isStale: (stored) => typeof stored === 'string' && ring.entries.length > 1 && !sealedByFirst(ring, stored),
  };
}

function hasValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.values(value).some(hasValue) : true;
}
