/** By which way a node learns what another one changed: told where the engine can tell, else by its next poll. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SqlStore } from '../../src/sql/index.js';
import { openStore } from '../../src/sql/index.js';
import { NOW, ring } from '../store/support/for-each-dialect.js';
import { aClient, aKey } from '../store/support/records.js';
import { makeDatabase } from '../support/databases/index.js';
import { eventually } from '../support/eventually.js';
import { sqliteFile } from '../support/sqlite-file.js';
import { describeOn } from './cluster.js';

// The poll is the one interval of a store; nothing else here waits for one.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const PAST_A_POLL_MS = 500;

interface Two extends AsyncDisposable {
  readonly one: SqlStore;
  readonly other: SqlStore;
}

async function openTwo(dsn: string): Promise<Two> {
  const open = () => openStore({ dsn, ring, clock: { now: () => NOW }, migrates: true });
  const [one, other] = [await open(), await open()];
  return {
    one,
    other,
    [Symbol.asyncDispose]: async () => void (await Promise.all([one.close(), other.close()])),
  };
}

/** Lets both know a client and a set of keys, has one of them change both, and tells what the other thinks they are. */
async function change({ one, other }: Two): Promise<() => Promise<{ clients: number; keys: number }>> {
  const [client, key] = [aClient(), aKey()];
  await one.clients.insert(client);
  await one.keys.insert([key]);
  const known = async () => ({
    clients: (await other.clients.find(client.id)) ? 1 : 0,
    keys: (await other.keys.list(key.set)).length,
  });
  expect(await known()).toEqual({ clients: 1, keys: 1 });
  await one.clients.delete(client.id);
  await one.keys.insert([{ ...key, kid: 'another' }]);
  return known;
}

const isFresh = ({ clients, keys }: { clients: number; keys: number }) => clients === 0 && keys === 2;

describeOn('postgres', 'PostgreSQL', () => {
  test('tells at once, and no poll is needed', async () => {
    await using database = await makeDatabase('postgres');
    await using two = await openTwo(database.dsn);
    const listeners = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    await eventually('both listen', async () => (await database.query(listeners)).length === 2);
    const known = await change(two);
    await eventually('the other has heard', async () => isFresh(await known()));
  });
});

for (const engine of ['pgbouncer', 'mariadb', 'mysql'] as const)
  describeOn(engine, engine, () => {
    test('tells nothing, and the next poll finds it', async () => {
      await using database = await makeDatabase(engine);
      await foundByPoll(database.dsn);
    });
  });

test('SQLite tells nothing, and the next poll finds it', async () => {
  using database = sqliteFile();
  await foundByPoll(database.dsn);
});

async function foundByPoll(dsn: string): Promise<void> {
  await using two = await openTwo(dsn);
  const known = await change(two);
  expect(await known()).toEqual({ clients: 1, keys: 1 });
  vi.advanceTimersByTime(PAST_A_POLL_MS);
  await eventually('the other has asked', async () => isFresh(await known()));
}
