import type { Jwk } from '../crypto/jwk.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Clock, Milliseconds } from '../protocol/time.js';
import type { ClientStore, FamilyStore, LogoutStore, NoticeStore, SessionStore } from '../store/index.js';

/** What the logout endpoint works with. */
export interface LogoutOptions {
  readonly sessions: SessionStore;
  readonly clients: Pick<ClientStore, 'find'>;
  readonly families: Pick<FamilyStore, 'clientsOfSession'>;
  readonly logouts: LogoutStore;
  readonly notices: Pick<NoticeStore, 'insert'>;
  readonly ring: SecretRing;
  readonly cookieRing: SecretRing;
  readonly random: Random;
  readonly clock: Clock;
  readonly issuer: string;
  readonly idTokenKeys: () => Promise<readonly Jwk[]>;
  readonly urls: { readonly logout: string; readonly postLogoutRedirect: string };
  /** How long the logout app may take over a logout that no client began. */
  readonly lifetime: Milliseconds;
  /** Notices were recorded: deliver them now rather than at the next round. */
  readonly deliverSoon: () => void;
}

/** Where a visit of the logout endpoint ends. */
export type LogoutOutcome =
  | { readonly kind: 'redirect'; readonly url: string; readonly endSession?: boolean }
  /** A page that tells clients through the browser (OpenID Connect Front-Channel Logout 1.0 §4), then goes on. */
  | { readonly kind: 'frames'; readonly frames: readonly string[]; readonly url: string };
