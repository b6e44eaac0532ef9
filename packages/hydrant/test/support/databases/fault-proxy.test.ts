import pg from 'pg';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.js';
import { type FaultProxy, isCommit, type MadeDatabase, makeDatabase, startFaultProxy } from './index.js';

interface World extends AsyncDisposable {
  readonly database: MadeDatabase;
  readonly proxy: FaultProxy;
  readonly client: pg.Client;
  /** Whether the connection of the client has failed. */
  readonly failed: () => boolean;
}

/** A client that has an insertion open, by way of a proxy. */
async function openTransaction(): Promise<World> {
  const database = await makeDatabase('postgres');
  await database.query('CREATE TABLE flows (id int)');
  const { hostname, port } = new URL(database.dsn);
  const proxy = await startFaultProxy({ host: hostname, port: Number(port) });
  const client = new pg.Client(proxy.dsn(database.dsn));
  let failed = false;
  client.on('error', () => {
    failed = true;
  });
  await client.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO flows VALUES (1)');
  const close = async () => {
    await proxy[Symbol.asyncDispose]();
    await client.end().catch(() => {});
    await database.drop();
  };
  return { database, proxy, client, failed: () => failed, [Symbol.asyncDispose]: close };
}

test('a commit that was cut before it arrived is not there', async () => {
  await using world = await openTransaction();
  const cut = world.proxy.cutBefore(isCommit);
  await expect(world.client.query('COMMIT')).rejects.toThrow();
  await cut;
  expect(await world.database.rows()).toEqual({});
});

test('a commit that was cut after it arrived is there, and nobody was told', async () => {
  await using world = await openTransaction();
  const cut = world.proxy.cutAfter(isCommit);
  await expect(world.client.query('COMMIT')).rejects.toThrow();
  await cut;
  expect(await world.database.rows()).toEqual({ flows: 1 });
});

test('a cut is met by an idle client, and a refused one gets no further until new ones are accepted', async () => {
  await using world = await openTransaction();
  expect(world.proxy.connections()).toBe(1);
  await world.proxy.refuse();
  await world.client.query('SELECT 1');
  world.proxy.cut();
  await eventually('the client saw the cut', world.failed);
  await eventually('the connection is forgotten', () => world.proxy.connections() === 0);
  const dsn = world.proxy.dsn(world.database.dsn);
  await expect(new pg.Client(dsn).connect()).rejects.toThrow(/ECONNREFUSED/);
  await world.proxy.accept();
  const later = new pg.Client(dsn);
  await later.connect();
  expect((await later.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await later.end();
});

test('what is stalled arrives after it was let go, in order, and delays do not change that', async () => {
  await using world = await openTransaction();
  const arrived: number[] = [];
  world.proxy.stall();
  world.proxy.delay(20);
  const sending = (async () => {
    for (const n of [1, 2, 3]) {
      await world.client.query('INSERT INTO flows VALUES ($1)', [n]);
      arrived.push(n);
    }
  })();
  // Another way to the database is open, and shows that nothing has come through this one.
  const waiting = await world.database.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
  );
  expect(waiting).toHaveLength(1);
  expect(arrived).toEqual([]);
  world.proxy.resume();
  await sending;
  await world.client.query('COMMIT');
  expect(arrived).toEqual([1, 2, 3]);
  expect(await world.database.rows()).toEqual({ flows: 4 });
});

test('the death of the database is passed on', async () => {
  await using world = await openTransaction();
  await world.database.drop();
  await eventually('the client saw it', world.failed);
});
