import { seal, unseal } from '../crypto/sealing.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { StoredKey } from '../model/json-web-key.js';
import type { Instant } from '../protocol/time.js';
import type { KeyStore } from '../store/key-store.js';
import { tell } from './change-clock.js';
import type { Database } from './database.js';
import { type Call, call, DatabaseUnusable, statement, UniqueViolation } from './driver.js';
import { type ReadThroughCache, readThroughCache } from './read-through-cache.js';

interface JwkRow {
  readonly set_id: string;
  readonly kid: string;
  readonly generated: number;
  readonly created_at: Instant;
  readonly sealed: string;
}

const list = statement<JwkRow>(
  'jwk.list',
  `SELECT set_id, kid, "generated", created_at, sealed FROM jwk WHERE set_id = ? ORDER BY created_at DESC, place DESC`,
);

const INSERT = `INSERT INTO jwk (set_id, kid, "generated", created_at, sealed, place)
   SELECT ?, ?, ?, ?, ?, coalesce(max(place), 0) + 1 FROM jwk WHERE set_id = ?`;

const insert = statement('jwk.insert', INSERT);

const put = statement('jwk.put', INSERT, {
  onConflict: {
    columns: 'set_id, kid',
    set: '"generated" = excluded."generated", created_at = excluded.created_at, sealed = excluded.sealed',
  },
});

const add = statement('jwk.add', INSERT, { onConflict: { columns: 'set_id, kid' } });

const removeSet = statement('jwk.delete_set', 'DELETE FROM jwk WHERE set_id = ?');

const removeKey = statement('jwk.delete', 'DELETE FROM jwk WHERE set_id = ? AND kid = ?');

/** More sets than any server has; a set that nobody uses costs nothing. */
const SETS_HELD = 1_000;

/** The key store, and how to make it forget what another process has changed. */
export function keyStore(
  database: Database,
  ring: SecretRing,
): KeyStore & Pick<ReadThroughCache<unknown>, 'clear' | 'forget'> {
  const cache = readThroughCache<readonly StoredKey[]>(SETS_HELD, async (set) => {
    const rows = await database.read(list, set);
    return rows.length === 0 ? undefined : rows.map((row) => fromRow(row, ring));
  });

  async function write(sets: readonly string[], guard: Call | undefined, effects: readonly Call[]): Promise<number> {
    try {
      return (await database.write({ ...(guard && { guard }), effects: [...effects, tell('jwk')] })).count;
    } finally {
      for (const set of sets) cache.forget(set);
    }
  }

  return {
    clear: () => cache.clear(),
    forget: (set) => cache.forget(set),
    list: async (set) => [...((await cache.get(set)) ?? [])],
    async insert(keys) {
      if (keys.length === 0) return true;
      try {
        await write(setsOf(keys), undefined, inOrder(keys, ring));
        return true;
      } catch (error) {
        if (error instanceof UniqueViolation) return false;
        throw error;
      }
    },
    async replace(set, keys) {
      await write([set, ...setsOf(keys)], undefined, [call(removeSet, set), ...inOrder(keys, ring)]);
    },
    async put(key) {
      await write([key.set], undefined, [call(put, ...toRow(key, ring))]);
    },
    delete: (set, kid) => write([set], kid === undefined ? call(removeSet, set) : call(removeKey, set, kid), []),
  };
}

/** Adds a key unless its `kid` is taken in its set, as a part of another write. */
export function addKey(key: StoredKey, ring: SecretRing): Call {
  return call(add, ...toRow(key, ring));
}

function setsOf(keys: readonly StoredKey[]): string[] {
  return [...new Set(keys.map((key) => key.set))];
}

/** Of keys that are equally old the last written counts as the newest, so the list is written from its end. */
function inOrder(keys: readonly StoredKey[], ring: SecretRing): Call[] {
  return keys.map((key) => call(insert, ...toRow(key, ring))).reverse();
}

function toRow(key: StoredKey, ring: SecretRing): [string, string, number, Instant, string, string] {
  // Sealed whole: which members are secret depends on the kind of key, and some keys are nothing but a secret.
  return [key.set, key.kid, Number(key.generated), key.createdAt, seal(ring, JSON.stringify(key.jwk)), key.set];
}

function fromRow(row: JwkRow, ring: SecretRing): StoredKey {
  const plain = unseal(ring, row.sealed);
  if (plain === undefined) {
    throw new DatabaseUnusable(
      `No entry of secrets.system opens the key ${row.kid} of the set ${row.set_id}: put the secret that it was sealed with behind the first entry. If that secret is lost, so is the key; then begin with another database.`,
    );
  }
  return {
    set: row.set_id,
    kid: row.kid,
    generated: row.generated === 1,
    createdAt: row.created_at,
    jwk: parseJwk(plain),
  };
}

function parseJwk(json: string): StoredKey['jwk'] {
  return JSON.parse(json) as StoredKey['jwk'];
}
