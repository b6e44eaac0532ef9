/** What a DSN says of PostgreSQL holds on a real one, directly and behind a pooler. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSecretRing } from '../../src/crypto/secret-ring.js';
import { systemClock } from '../../src/protocol/time.js';
import { migrate, migrationStatus, openStore, type SqlStore } from '../../src/sql/index.js';
import { aClient } from '../store/support/records.js';
import {
  availableEngines,
  type Engine,
  type MadeDatabase,
  makeDatabase,
  startFaultProxy,
} from '../support/databases/index.js';
import { eventually } from '../support/eventually.js';

// Servers of databases have their own pace on a machine that does other things as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ring = createSecretRing(['the-system-secret-of-the-dsn-suite']);
const engines = availableEngines();

async function using<T>(dsn: string, run: (store: SqlStore) => Promise<T>): Promise<T> {
  const store = await openStore({ dsn, ring, clock: systemClock, migrates: true });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** Looks at the server as its administrator. */
async function counted({ query }: MadeDatabase, sql: string): Promise<number> {
  const [row] = await query(`SELECT count(*) AS counted FROM ${sql}`);
  return Number(row?.counted);
}

const SESSIONS = "pg_stat_activity WHERE datname = current_database() AND application_name = 'nodes of mine'";

describe.skipIf(!engines.postgres.available)('directly', () => {
  let database: MadeDatabase;
  beforeAll(async () => {
    database = await makeDatabase('postgres');
  });
  afterAll(() => database.drop());

  test('search_path says in which schema the tables are, and two tenants of a database do not meet', async () => {
    await database.query('CREATE SCHEMA tenant; CREATE SCHEMA "other tenant"');
    const [one, other] = [`${database.dsn}&search_path=tenant`, `${database.dsn}&search_path=%22other%20tenant%22`];
    const client = aClient();
    await using(one, async (store) => {
      await store.clients.insert(client);
      expect(await store.clients.find(client.id)).toEqual(client);
    });
    expect(await database.query('SELECT id FROM tenant.client')).toEqual([{ id: client.id }]);
    expect((await migrationStatus(other)).every(({ status }) => status === 'Pending')).toBe(true);
    await using(other, async (store) => {
      expect(await store.clients.find(client.id)).toBeUndefined();
      await store.clients.insert(client);
      await store.clients.delete(client.id);
    });
    expect(await database.query('SELECT id FROM tenant.client')).toEqual([{ id: client.id }]);
    expect(await counted(database, "information_schema.tables WHERE table_schema = 'public'")).toBe(0);
    await migrate(one, 'down', 100);
    expect(await counted(database, "information_schema.tables WHERE table_schema = 'tenant'")).toBe(1);
  });

  test('other settings and the name are those of each connection', async () => {
    const dsn = `${database.dsn}&application_name=nodes%20of%20mine&statement_timeout=0&lock_timeout=1234ms&datestyle=SQL,%20DMY`;
    await using(dsn, async (store) => {
      await store.ready();
      expect(await counted(database, SESSIONS)).toBeGreaterThan(0);
    });
    await expect(openStore({ dsn: `${database.dsn}&no_such_setting=1`, ring, clock: systemClock })).rejects.toThrow(
      /no_such_setting/,
    );
  });

  test('max_conns is the most, and one that listens', async () => {
    const dsn = `${database.dsn}&application_name=nodes%20of%20mine&max_conns=2`;
    await using(dsn, async (store) => {
      const clients = Array.from({ length: 60 }, () => aClient());
      let most = 0;
      const working = Promise.all(
        clients.map(async (client) => {
          await store.clients.insert(client);
          await store.clients.find(client.id);
        }),
      );
      const watching = (async () => {
        for (let look = 0; look < 5; look += 1) most = Math.max(most, await counted(database, SESSIONS));
      })();
      await Promise.all([working, watching]);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(3);
    });
  });

  test('a database, user or password that is not there is refused in a sentence', async () => {
    const nowhere = database.dsn.replace(database.name, 'no_such_database');
    await expect(openStore({ dsn: nowhere, ring, clock: systemClock })).rejects.toThrow('there is no such database');
    const wrong = database.dsn.replace(/:[^:@]+@/, ':planted@');
    const refused = openStore({ dsn: wrong, ring, clock: systemClock });
    await expect(refused).rejects.toThrow('the user or the password is not accepted');
    await expect(refused).rejects.not.toThrow(/planted/);
  });

  test('any password works, percent-encoded or as it is', async () => {
    const password = `p@s/w:o?r#d %&='"`;
    const user = `odd_${database.name}`;
    await database.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
    try {
      const [, address = ''] = /@(.*)\?/.exec(database.dsn) ?? [];
      for (const written of [encodeURIComponent(password), password.replace('%', '%25')]) {
        const opening = openStore({
          dsn: `postgres://${user}:${written}@${address}?sslmode=disable`,
          ring,
          clock: systemClock,
        });
        // It came in, and found no schema that it may see.
        await expect(opening).rejects.toThrow(/has no schema yet|lacks a permission/);
      }
    } finally {
      await database.query(`DROP ROLE ${user}`);
    }
  });
});

/** What a store says to its server while it is used, byte by byte; `until` is waited for. */
async function overheard(engine: Engine, parameters = '', until = /(?:)/): Promise<string> {
  await using database = await makeDatabase(engine);
  const { hostname, port } = new URL(database.dsn);
  await using proxy = await startFaultProxy({ host: hostname, port: Number(port) });
  const said: Buffer[] = [];
  // A trap that looks at everything and never springs.
  void proxy.cutBefore((bytes) => {
    said.push(Buffer.from(bytes));
    return false;
  });
  const dsn = `${proxy.dsn(database.dsn)}${parameters}`;
  await using(dsn, async (store) => {
    for (let round = 0; round < 3; round += 1) {
      const client = aClient();
      await store.clients.insert(client);
      expect(await store.clients.find(client.id)).toEqual(client);
      await store.sessions.find('nobody');
    }
    await eventually('that was said', () => until.test(Buffer.concat(said).toString('latin1')));
  });
  return Buffer.concat(said).toString('latin1');
}

/** The name of a prepared statement, and the word to be told of changes. */
const [PREPARED, LISTENING] = [/hydrant_\d+\0/, /LISTEN hydrant_change/];

describe('what is kept on a connection', () => {
  test.skipIf(!engines.postgres.available)('directly: statements are prepared, and changes listened for', async () => {
    const said = await overheard('postgres', '', LISTENING);
    expect(said).toMatch(PREPARED);
    expect(said).toMatch(LISTENING);
  });

  test.skipIf(!engines.postgres.available)('none where the DSN says so', async () => {
    for (const parameters of ['&default_query_exec_mode=exec', '&statement_cache_capacity=0']) {
      expect(await overheard('postgres', parameters)).not.toMatch(PREPARED);
    }
  });

  test.skipIf(!engines.pgbouncer.available)('nothing behind PgBouncer, which is noticed', async () => {
    const said = await overheard('pgbouncer');
    expect(said).toMatch(/INSERT INTO client/i);
    expect(said).not.toMatch(PREPARED);
    expect(said).not.toMatch(LISTENING);
  });

  test.skipIf(!engines.pgbouncer.available)(
    'no session that PgBouncer shares has a prepared statement left on it',
    async () => {
      await using database = await makeDatabase('pgbouncer');
      await using(database.dsn, async (store) => {
        for (let round = 0; round < 10; round += 1) await store.clients.insert(aClient());
        for (let look = 0; look < 20; look += 1) {
          const client = new pg.Client(database.dsn);
          await client.connect();
          const { rows } = await client.query('SELECT name FROM pg_prepared_statements');
          await client.end();
          expect(rows).toEqual([]);
        }
      });
    },
  );

  test.skipIf(!engines.pgbouncer.available)(
    'a setting that PgBouncer does not pass on is refused in a sentence that says where to put it',
    async () => {
      await using database = await makeDatabase('pgbouncer');
      const opening = openStore({ dsn: `${database.dsn}&search_path=tenant`, ring, clock: systemClock });
      await expect(opening).rejects.toThrow(/a pooler in front of it takes no setting .* ALTER ROLE/);
    },
  );
});
