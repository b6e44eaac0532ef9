/**
 * When secrets of clients were last used, to the hour: enough to tell whether an old one may go, and no request waits for
 * it. A use is noted in memory and written later, many at once.
 */
import type { Client, ClientSecret } from '../model/client.js';
import type { Clock, Instant, Milliseconds } from '../protocol/time.js';
import type { SecretUse, SecretUseStore } from '../store/index.js';

/** How long a use stands for those that follow. */
const ROUGHLY: Milliseconds = 3_600_000;
/** Secrets in use that are kept in mind; beyond, they are noted more often than necessary. */
const KEPT_IN_MIND = 50_000;
/** Uses that go into one transaction, small enough that a request waits for none. */
const BATCH = 200;

export interface SecretUses {
  /** A secret of the client was right just now. Costs a look into a map. */
  note(client: Client, secret: ClientSecret): void;
  /** Writes what was noted since the last time; what could not be written is kept for the next. */
  write(): Promise<void>;
  /** The last uses of a client's secrets by when the secrets were made, those of this process included. */
  of(clientId: string): Promise<ReadonlyMap<Instant, Instant>>;
}

export interface SecretUsesParts {
  readonly store: { readonly secretUses: SecretUseStore };
  readonly clock: Clock;
}

export function createSecretUses({ store, clock }: SecretUsesParts): SecretUses {
  /** When a use of each secret was last noted. Deleted and inserted anew, so that the oldest are first. */
  const noted = new Map<string, Instant>();
  let unwritten: SecretUse[] = [];

  function tidy(now: Instant): void {
    for (const [key, at] of noted) {
      if (at + ROUGHLY > now && noted.size <= KEPT_IN_MIND) return;
      noted.delete(key);
    }
  }

  async function write(): Promise<void> {
    tidy(clock.now());
    while (unwritten.length > 0) {
      const batch = unwritten.slice(0, BATCH);
      unwritten = unwritten.slice(BATCH);
      try {
        await store.secretUses.record(batch);
      } catch (error) {
        unwritten = [...batch, ...unwritten].slice(0, KEPT_IN_MIND);
        throw error;
      }
    }
  }

  return {
    note({ id, bornAt }, { created }) {
      const now = clock.now();
      const key = `${created} ${bornAt} ${id}`;
      const before = noted.get(key);
      if (before !== undefined && before + ROUGHLY > now) return;
      noted.delete(key);
      noted.set(key, now);
      if (noted.size > KEPT_IN_MIND) tidy(now);
      if (unwritten.length < KEPT_IN_MIND) unwritten.push({ clientId: id, secretCreated: created, at: now });
    },
    write,
    async of(clientId) {
      await write();
      return store.secretUses.of(clientId);
    },
  };
}
