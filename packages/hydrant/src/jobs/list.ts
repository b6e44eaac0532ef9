/**
 * What goes on beside the requests: one file per job, this list, and the scheduler that keeps them going.
 *
 * May import `store` and `events` (types), `model`, `protocol`; must not know HTTP or SQL. What a job sends or signs it
 * gets as a function.
 */
import type { Events } from '../events/index.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { type Deliver, deliverLogout } from './deliver-logout.js';
import { flushExpired } from './flush-expired.js';
import type { Job } from './job.js';
import { measureTables } from './measure-tables.js';
import { recordSecretUses } from './record-secret-uses.js';
import { type RenewCertificatesOptions, renewCertificates } from './renew-certificates.js';
import { sweepOrphans } from './sweep-orphans.js';

export interface JobContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  /** Sends a logout token; from `logout/`. */
  readonly deliver: Deliver;
  /** From `clients/`. */
  readonly secretUses: Parameters<typeof recordSecretUses>[0];
  readonly renewals: RenewCertificatesOptions['renewals'];
}

/** All jobs of a server. */
export function listJobs({ store, clock, events, deliver, secretUses, renewals }: JobContext): readonly Job[] {
  return [
    flushExpired({ store, clock, events }),
    sweepOrphans({ tokens: store.tokens, events }),
    deliverLogout({ notices: store.notices, deliver, clock, events }),
    measureTables({ store, clock, events }),
    recordSecretUses(secretUses),
    ...(renewals.length > 0 ? [renewCertificates({ renewals, events })] : []),
  ];
}
