import { fitsProofNonce, mintProofNonce } from '../crypto/proof-nonce.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import { type Clock, type Milliseconds, type Seconds, toSeconds } from '../protocol/time.js';

/** Who has both may have a credential of the claims about the person. */
export const CREDENTIAL_SCOPES: readonly string[] = ['openid', 'userinfo_credential_draft_00'];

/** Nonces that a wallet puts into its proof of possession (OpenID for Verifiable Credential Issuance, draft). */
export interface ProofNonces {
  make(accessToken: string): { readonly nonce: string; readonly expiresIn: Seconds };
  fits(nonce: string, accessToken: string): boolean;
}

export interface ProofNoncesOptions {
  readonly ring: SecretRing;
  readonly random: Random;
  readonly clock: Clock;
  readonly lifetime: Milliseconds;
}

export function createProofNonces({ ring, random, clock, lifetime }: ProofNoncesOptions): ProofNonces {
  return {
    make: (accessToken) => ({
      nonce: mintProofNonce(accessToken, clock.now() + lifetime, ring, random),
      expiresIn: toSeconds(lifetime),
    }),
    fits: (nonce, accessToken) => fitsProofNonce(nonce, accessToken, ring, clock.now()),
  };
}
