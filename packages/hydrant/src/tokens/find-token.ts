import { keyExpiry } from '../crypto/expiry-prefix.js';
import type { Jwk } from '../crypto/jwk.js';
import { verifyJwt } from '../crypto/jwt.js';
import { jwtTokenKey } from '../crypto/jwt-key.js';
import { readOpaque } from '../crypto/opaque-token.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Client } from '../model/client.js';
import { isInGrace, type RotationGrace, type Token } from '../model/token.js';
import type { TokenFamily } from '../model/token-family.js';
import { type Clock, fromSeconds, type Instant } from '../protocol/time.js';
import type { ClientStore, TokenStore } from '../store/index.js';

/** A presented token that stands behind what it says: known, unexpired, not revoked, its client still there. */
export interface LiveToken {
  readonly kind: 'live';
  readonly token: Token;
  readonly client: Client;
  /** Absent for a token of the client alone. */
  readonly family: TokenFamily | undefined;
  readonly expiresAt: Instant | null;
}

/** What became of a presented token. `mismatch`: of Hydra's form, but not from here. */
export type TokenLookup = LiveToken | { readonly kind: 'expired' | 'mismatch' | 'none' };

export interface FindTokenOptions {
  readonly tokens: Pick<TokenStore, 'find'>;
  readonly clients: Pick<ClientStore, 'find'>;
  readonly ring: SecretRing;
  readonly clock: Clock;
  /** The public keys that JWT access tokens verify with. */
  readonly accessTokenKeys: () => Promise<readonly Jwk[]>;
  readonly rotationGrace: RotationGrace;
}

export type FindToken = (text: string) => Promise<TokenLookup>;

const NONE = { kind: 'none' } as const;
const EXPIRED = { kind: 'expired' } as const;
/** Finds a token by what the client presents: one look-up, and none for what is invented or expired. */
export function createFindToken(options: FindTokenOptions): FindToken {
  const { tokens, clients, ring, clock } = options;

  async function keyOf(text: string): Promise<{ kind: 'key'; key: Buffer } | { kind: 'none' | 'mismatch' }> {
    if (text.split('.').length === 3) {
      const verified = await verifyJwt(text, await options.accessTokenKeys());
      if ('failure' in verified) return NONE;
      const { exp, jti } = verified.claims;
      return typeof exp === 'number' && typeof jti === 'string'
        ? { kind: 'key', key: jwtTokenKey(fromSeconds(exp), jti) }
        : NONE;
    }
    const reading = readOpaque(text.startsWith('ory_rt_') ? 'refresh_token' : 'access_token', text, ring);
    if (reading.kind === 'valid') return { kind: 'key', key: reading.key };
    return reading.kind === 'mismatch' ? reading : NONE;
  }

  return async (text) => {
    const read = await keyOf(text);
    if (read.kind !== 'key') return read;
    const now = clock.now();
    const expiresAt = keyExpiry(read.key);
    if (expiresAt !== null && expiresAt <= now) return EXPIRED;
    const found = await tokens.find(read.key);
    if (!found) return NONE;
    const { token, family } = found;
    if (token.familyId !== null && !family) return NONE;
    // A used refresh token is still somebody's answer for as long as it may be repeated.
    if (token.kind === 'refresh_token' && token.spent && !isInGrace(token.spent, options.rotationGrace, now))
      return NONE;
    const client = await clients.find(token.clientId);
    // A token that is older than its client belonged to a deleted one of the same id.
    if (!client || token.issuedAt < client.bornAt) return NONE;
    const { accessTokensRevokedAt } = client;
    if (token.kind === 'access_token' && accessTokensRevokedAt !== null && token.issuedAt <= accessTokensRevokedAt)
      return NONE;
    return { kind: 'live', token, client, family, expiresAt };
  };
}
