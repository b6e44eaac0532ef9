/**
 * What the domain asks of storage: one small interface per record. The promises stand here; `sql/` keeps them.
 *
 * A verb that may lose a race says so by its answer. A verb that writes more than one row writes all of them or none, in
 * one transaction. Every write is on disk before its promise resolves. "Not there" is `undefined`, never an error.
 */
import type { Instant } from '../protocol/time.js';
import type { AssertionStore } from './assertion-store.js';
import type { ClientStore } from './client-store.js';
import type { ConsentStore } from './consent-store.js';
import type { DeviceStore, DeviceVisitStore } from './device-store.js';
import type { FamilyStore } from './family-store.js';
import type { FlowStore } from './flow-store.js';
import type { KeyStore } from './key-store.js';
import type { LogoutStore, NoticeStore } from './logout-store.js';
import type { SecretUseStore } from './secret-use-store.js';
import type { SessionStore } from './session-store.js';
import type { SubjectStore } from './subject-store.js';
import type { TokenStore } from './token-store.js';
import type { TrustStore } from './trust-store.js';
import type { TableState } from './upkeep.js';

export type * from './assertion-store.js';
export type * from './client-store.js';
export type * from './consent-store.js';
export type * from './device-store.js';
export type * from './family-store.js';
export type * from './flow-store.js';
export type * from './key-store.js';
export type * from './logout-store.js';
export type * from './secret-use-store.js';
export type * from './session-store.js';
export type * from './subject-store.js';
export type * from './token-store.js';
export type * from './trust-store.js';
export * from './upkeep.js';

export interface Store {
  readonly clients: ClientStore;
  readonly secretUses: SecretUseStore;
  readonly keys: KeyStore;
  readonly flows: FlowStore;
  readonly devices: DeviceStore;
  readonly deviceVisits: DeviceVisitStore;
  readonly families: FamilyStore;
  readonly consents: ConsentStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly subjects: SubjectStore;
  readonly assertions: AssertionStore;
  readonly trust: TrustStore;
  readonly logouts: LogoutStore;
  readonly notices: NoticeStore;
  /** How large the tables are whose rows die, and what waits there to be deleted. For once a minute. */
  measure(now: Instant): Promise<readonly TableState[]>;
  /** Resolves where the database answers and its schema is complete; rejects with the reason otherwise. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
