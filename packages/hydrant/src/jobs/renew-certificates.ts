import type { Events } from '../events/index.js';
import type { Milliseconds } from '../protocol/time.js';
import type { Job } from './job.js';

/** Looking costs a read of two small files; asking the file system to tell would miss folders that are swapped (Kubernetes). */
const EVERY: Milliseconds = 10_000;

export interface RenewCertificatesOptions {
  /** One for each listener with TLS: uses the certificate that lies there now, and throws where it is no good. */
  readonly renewals: readonly (() => void)[];
  readonly events: Pick<Events, 'warning'>;
}

/** Takes up renewed certificates. One that is no good is told once, and the old one stays in use until it is. */
export function renewCertificates({ renewals, events }: RenewCertificatesOptions): Job {
  const told = new Map<() => void, string>();
  return {
    name: 'renew-certificates',
    every: EVERY,
    async run() {
      for (const renew of renewals) {
        try {
          renew();
          told.delete(renew);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          if (told.get(renew) !== reason) events.warning(`The certificate in use stays: ${reason}`);
          told.set(renew, reason);
        }
      }
    },
  };
}
