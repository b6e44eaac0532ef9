import type { Jwk } from '../crypto/jwk.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Milliseconds } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import type { Lifetimes } from '../tokens/lifetimes.js';
import type { Minter } from '../tokens/mint.js';
import type { SessionOptions } from './session.js';
import type { CheckRules } from './steps/check.js';
import type { SubjectOptions } from './subject.js';
import type { TrustOptions } from './trust.js';

/** The apps that show login and consent, and where the browser comes back to. */
export interface AppUrls {
  readonly login: string;
  readonly registration: string;
  readonly consent: string;
  /** The authorization endpoint as the world sees it: `request_url` and `redirect_to` begin with it. */
  readonly authorizationEndpoint: string;
}

/** What the authorization endpoint reports. */
export interface FlowEvents {
  flowStarted(clientId: string): void;
  flowFinished(clientId: string, familyId: string): void;
}

/** What the authorization endpoint works with. */
export interface AuthorizeOptions extends TrustOptions, SessionOptions, SubjectOptions {
  readonly store: Pick<Store, 'flows'>;
  readonly minter: Minter;
  readonly random: Random;
  /** `secrets.system`. */
  readonly ring: SecretRing;
  readonly rules: CheckRules;
  readonly lifetimes: Lifetimes;
  readonly urls: AppUrls;
  readonly issuer: string;
  /** `ttl.login_consent_request`: login and consent together. */
  readonly flowLifetime: Milliseconds;
  /** `ttl.authentication_session`: a login that is remembered without saying how long. */
  readonly sessionLifetime: Milliseconds;
  /** The public keys that ID tokens verify with. */
  readonly idTokenKeys: () => Promise<readonly Jwk[]>;
  readonly exposeDebug: boolean;
  readonly events: FlowEvents;
}
