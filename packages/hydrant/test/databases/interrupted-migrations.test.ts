/** Steps of the schema that are cut off half-way are completed by whoever comes next. */
import { expect, test, vi } from 'vitest';
import { createSecretRing } from '../../src/crypto/secret-ring.js';
import { systemClock } from '../../src/protocol/time.js';
import { DatabaseUnusable, migrate, migrationStatus, openStore } from '../../src/sql/index.js';
import { migrations } from '../../src/sql/migrations/index.js';
import { type Matches, startFaultProxy } from '../support/databases/index.js';
import { type EmptyDatabase, onEachEngine } from './support/each-engine.js';

// Servers of databases have their own pace on a machine that does other things as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ring = createSecretRing(['the-system-secret-of-the-migration-suite']);

const sends =
  (text: string): Matches =>
  (bytes) =>
    bytes.includes(text);

async function proxyTo({ dsn }: EmptyDatabase): ReturnType<typeof startFaultProxy> {
  const [, host = '', port] = /@(?:tcp\()?([^:]+):(\d+)/.exec(dsn) ?? [];
  return startFaultProxy({ host, port: Number(port) });
}

async function applied({ dsn }: EmptyDatabase): Promise<string[]> {
  const steps = await migrationStatus(dsn);
  return steps.filter(({ status }) => status === 'Applied').map(({ version }) => version);
}

const all = migrations.map(({ version }) => version);

onEachEngine(['postgres', 'mariadb', 'mysql'], 'an interrupted step', (make, engine) => {
  test('up: it is not taken for done, no server starts on it, and the next up completes it', async () => {
    await using whole = await make();
    await migrate(whole.dsn, 'up');
    await using database = await make();
    await using proxy = await proxyTo(database);

    // The second statement of several: a table of this step is there already where tables do not wait for a commit.
    const cutBefore = proxy.cutBefore(sends('login_session_subject'));
    await expect(migrate(proxy.dsn(database.dsn), 'up')).rejects.toBeInstanceOf(DatabaseUnusable);
    await cutBefore;
    expect(await applied(database)).toEqual(['0001', '0002', '0003']);
    expect((await database.columns()).has('login_session')).toBe(engine !== 'postgres');
    const opening = openStore({ dsn: database.dsn, ring, clock: systemClock });
    await expect(opening).rejects.toThrow(/lacks the migrations 0004/);

    // The database has carried this one out, and nobody heard of it.
    const cutAfter = proxy.cutAfter(
      sends('create table "logout_notice"'.replaceAll('"', engine === 'postgres' ? '"' : '`')),
    );
    await expect(migrate(proxy.dsn(database.dsn), 'up')).rejects.toBeInstanceOf(DatabaseUnusable);
    await cutAfter;
    expect(await applied(database)).toEqual(['0001', '0002', '0003', '0004']);

    expect((await migrate(database.dsn, 'up')).map(({ version }) => version)).toEqual(all.slice(4));
    expect(await applied(database)).toEqual(all);
    expect(await database.columns()).toEqual(await whole.columns());
    expect(await indexes(database)).toEqual(await indexes(whole));
  });

  test('down: it is taken back to its end before any other, or taken again', async () => {
    await using database = await make();
    await using proxy = await proxyTo(database);
    await migrate(database.dsn, 'up', 4);
    const whole = [await database.columns(), await indexes(database)];
    const quoted = engine === 'postgres' ? '"forced_subject"' : '`forced_subject`';
    const interrupt = async () => {
      const cut = proxy.cutBefore(sends(`drop table ${quoted}`));
      await expect(migrate(proxy.dsn(database.dsn), 'down', 1)).rejects.toBeInstanceOf(DatabaseUnusable);
      await cut;
    };

    await interrupt();
    await migrate(database.dsn, 'up', 4 - (await applied(database)).length);
    expect([await database.columns(), await indexes(database)]).toEqual(whole);

    await interrupt();
    expect((await migrate(database.dsn, 'down', 1)).map(({ version }) => version)).toEqual(['0004']);
    expect(await applied(database)).toEqual(['0001', '0002', '0003']);
    expect((await database.columns()).has('login_session')).toBe(false);
    expect((await database.columns()).has('token')).toBe(true);
  });
});

async function indexes(database: EmptyDatabase): Promise<unknown[]> {
  const sql = database.dsn.startsWith('postgres')
    ? "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    : `SELECT DISTINCT CONCAT(table_name, '.', index_name) AS name FROM information_schema.statistics
       WHERE table_schema = database() ORDER BY 1`;
  return (await database.query(sql)).map(({ name }) => name);
}
