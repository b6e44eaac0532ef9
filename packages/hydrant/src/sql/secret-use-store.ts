import { type Client, MOST_SECRETS } from '../model/client.js';
import type { Instant } from '../protocol/time.js';
import type { SecretUseStore } from '../store/secret-use-store.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';

interface UseRow {
  readonly secret_created_at: Instant;
  readonly used_at: Instant;
}

/** Not for a client that was deleted meanwhile: its successor of the same id has nothing to do with it. */
const record = statement(
  'client_secret_use.record',
  `INSERT INTO client_secret_use (client_id, secret_created_at, used_at)
   SELECT ?, ?, ? FROM client WHERE id = ? AND born_at <= ?`,
  {
    onConflict: {
      columns: 'client_id, secret_created_at',
      set: `used_at = CASE WHEN excluded.used_at > client_secret_use.used_at
              THEN excluded.used_at ELSE client_secret_use.used_at END`,
    },
  },
);

const ofClient = statement<UseRow>(
  'client_secret_use.of_client',
  'SELECT secret_created_at, used_at FROM client_secret_use WHERE client_id = ?',
);

const removeAll = statement('client_secret_use.delete_of_client', 'DELETE FROM client_secret_use WHERE client_id = ?');

const removeOthers = statement(
  'client_secret_use.delete_of_gone_secrets',
  `DELETE FROM client_secret_use
   WHERE client_id = ? AND secret_created_at NOT IN (${Array(MOST_SECRETS).fill('?').join(', ')})`,
);

/** A time at which no secret was made. */
const NEVER: Instant = -1;

export function secretUseStore(database: Database): SecretUseStore {
  return {
    async record(uses) {
      const effects = uses.map(({ clientId, secretCreated, at }) =>
        call(record, clientId, secretCreated, at, clientId, at),
      );
      if (effects.length > 0) await database.write({ effects });
    },
    async of(clientId) {
      const rows = await database.read(ofClient, clientId);
      return new Map(rows.map((row) => [row.secret_created_at, row.used_at]));
    },
  };
}

/** Belongs to the deletion of a client. */
export function removeSecretUsesOf(clientId: string): Call {
  return call(removeAll, clientId);
}

/** Belongs to the update of a client: secrets that it has no more were never used. */
export function removeUsesOfGoneSecrets({ id, secrets }: Pick<Client, 'id' | 'secrets'>): Call {
  const created = Array.from({ length: MOST_SECRETS }, (_, index) => secrets[index]?.created ?? NEVER);
  return call(removeOthers, id, ...created);
}
