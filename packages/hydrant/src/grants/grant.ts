/**
 * What a grant is: it reads and decides. Parsing, client authentication, permission, minting, spending and writing are
 * phases of the token endpoint (`tokens/exchange.ts`), so that no grant can forget or reorder one. Imports crypto, store
 * interfaces, model and protocol; must not know HTTP, nor write anything.
 */
import type { Jwk } from '../crypto/jwk.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Client } from '../model/client.js';
import type { Polling } from '../model/device.js';
import type { SessionClaims } from '../model/flow.js';
import type { OwnGrant, RefreshToken, RotationGrace, Spent } from '../model/token.js';
import type { TokenFamily } from '../model/token-family.js';
import type { ScopeStrategy } from '../protocol/scope.js';
import type { Instant, Milliseconds } from '../protocol/time.js';
import type { AssertionStore, DeviceStore, FamilyStore, TokenStore, TrustStore } from '../store/index.js';
import type { AssertionRules } from './jwt-bearer.js';

/** What a grant may look at. */
export interface GrantRequest {
  readonly form: URLSearchParams;
  readonly client: Client;
  readonly now: Instant;
  readonly ring: SecretRing;
  readonly store: {
    readonly families: Pick<FamilyStore, 'findByCode'>;
    readonly tokens: Pick<TokenStore, 'find'>;
    readonly devices: Pick<DeviceStore, 'findWithFamily'>;
    readonly trust: Pick<TrustStore, 'speakingFor'>;
    readonly assertions: Pick<AssertionStore, 'isUsed'>;
  };
  /** The public keys of a JSON Web Key set. */
  readonly publicKeys: (set: string) => Promise<readonly Jwk[]>;
  readonly rules: GrantRules;
}

/** Settings that grants depend on. */
export interface GrantRules {
  readonly scopeStrategy: ScopeStrategy;
  readonly pkceRequired: (client: Client) => boolean;
  /** Client credentials without `scope`: everything that is registered. */
  readonly grantAllowedScope: boolean;
  /** How long a spent refresh token still gets its one successor. */
  readonly rotationGrace: RotationGrace;
  /** How long devices wait between two polls, as they are told. */
  readonly pollingInterval: Milliseconds;
  readonly assertions: AssertionRules;
}

/**
 * What the endpoint is to do. Refusals that leave no mark are thrown instead. `hookClaims` are the word of the operator's
 * hooks, which are asked after the grant; they become the family's. `audience` is that of the access token alone, where it
 * has less than the family.
 */
export type GrantDecision =
  /** Issue an access token that stands alone. Where an assertion gives it, that is used up by it (RFC 7523 §3, item 7). */
  | {
      readonly kind: 'issue';
      readonly own: OwnGrant;
      readonly assertion?: { readonly jti: string; readonly expiresAt: Instant };
    }
  /**
   * Spend the code of this family and issue its tokens. Whoever comes second is told `secondTime`; without one it is a
   * replay, which ends the family.
   */
  | {
      readonly kind: 'redeem';
      readonly family: TokenFamily;
      readonly code: string;
      readonly secondTime?: Error;
      readonly audience?: readonly string[];
      readonly hookClaims?: SessionClaims;
    }
  /** Nothing to give yet: write down that this device asked, then refuse (RFC 8628 §3.5). */
  | {
      readonly kind: 'wait';
      readonly key: Buffer;
      readonly seen: Polling;
      readonly after: Polling;
      readonly refusal: Error;
    }
  /** Spend this refresh token and issue its successors. */
  | {
      readonly kind: 'rotate';
      readonly used: RefreshToken;
      readonly family: TokenFamily;
      readonly token: string;
      readonly audience?: readonly string[];
      readonly hookClaims?: SessionClaims;
    }
  /** Tell the successors of this refresh token again; nothing is written. */
  | {
      readonly kind: 'repeat';
      readonly spent: Spent;
      readonly used: RefreshToken;
      readonly family: TokenFamily;
      readonly token: string;
      readonly audience?: readonly string[];
    }
  /** Somebody used a code or refresh token twice: end the family, then refuse (RFC 9700 §4.14.2, RFC 6749 §4.1.2). */
  | { readonly kind: 'replayed'; readonly family: TokenFamily; readonly what: 'code' | 'refresh_token' }
  /** A wrong verifier: burn the code, then refuse. */
  | { readonly kind: 'burn'; readonly family: TokenFamily; readonly refusal: Error };

export interface Grant {
  /** The `grant_type`. */
  readonly type: string;
  /** The name in `<name>_grant_access_token_lifespan` and its like. */
  readonly lifespans:
    | 'authorization_code'
    | 'client_credentials'
    | 'refresh_token'
    | 'device_authorization'
    | 'jwt_bearer';
  decide(request: GrantRequest): Promise<GrantDecision>;
}

export function defineGrant(grant: Grant): Grant {
  return grant;
}
