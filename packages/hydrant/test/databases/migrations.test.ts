/** Each step of the schema, up, down and up again, with data in it. */
import { expect, test, vi } from 'vitest';
import { createSecretRing } from '../../src/crypto/secret-ring.js';
import { systemClock } from '../../src/protocol/time.js';
import { DatabaseUnusable, migrate, migrationStatus, openStore } from '../../src/sql/index.js';
import { migrations } from '../../src/sql/migrations/index.js';
import { clientCredentials, givenClient, isActive, obtainTokens, refresh } from '../support/relying-party.js';
import { startHydrant } from '../support/start-hydrant.js';
import { type Column, type EmptyDatabase, onEachEngine } from './support/each-engine.js';

// Servers of databases have their own pace on a machine that does other things as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ring = createSecretRing(['the-system-secret-of-the-migration-suite']);
const open = (dsn: string, migrates?: boolean) =>
  openStore({ dsn, ring, clock: systemClock, ...(migrates !== undefined && { migrates }) });

type Row = Readonly<Record<string, unknown>>;
type Content = ReadonlyMap<string, readonly Row[]>;

let made = 0;

/** A row that differs from all others in every column. */
async function fill({ query, columns }: EmptyDatabase): Promise<void> {
  for (const [table, list] of await columns()) {
    made += 1;
    const values = list.map((column) => literal(column, made));
    await query(`INSERT INTO ${table} (${list.map(quoted).join(', ')}) VALUES (${values.join(', ')})`);
  }
}

let quote = '"';
const quoted = ({ name }: Column): string => `${quote}${name}${quote}`;

function literal({ kind }: Column, number: number): string {
  if (kind === 'number') return String(number);
  const text = `row-${String(number).padStart(6, '0')}`;
  if (kind === 'text') return `'${text}'`;
  const hex = Buffer.from(text).toString('hex');
  return quote === '"' && server === 'postgres' ? `'\\x${hex}'` : `x'${hex}'`;
}

let server = '';

/** Everything there is, in an order that does not depend on the engine. */
async function contentOf({ query, columns }: EmptyDatabase): Promise<Content> {
  const content = new Map<string, Row[]>();
  for (const [table, list] of await columns()) {
    const rows = await query(`SELECT ${list.map(quoted).join(', ')} FROM ${table}`);
    const plain = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainly(value)])),
    );
    content.set(table, plain.sort(byText));
  }
  return content;
}

const plainly = (value: unknown): unknown =>
  Buffer.isBuffer(value) ? value.toString('hex') : typeof value === 'bigint' ? Number(value) : value;
const byText = (one: Row, other: Row): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** Of `later` what `earlier` has room for: its tables, and of these its columns. */
function partOf(later: Content, earlier: Content, columns: ReadonlyMap<string, readonly Column[]>): Content {
  const part = new Map<string, Row[]>();
  for (const table of earlier.keys()) {
    const names = (columns.get(table) ?? []).map(({ name }) => name);
    const rows = (later.get(table) ?? []).map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
    part.set(table, rows.sort(byText));
  }
  return part;
}

/** Of rows that were there before a step, what the step added to them. */
function addedBy(later: Content, columns: ReadonlyMap<string, readonly Column[]>): unknown[] {
  return [...columns].flatMap(([table, list]) => {
    const known = new Set(list.map(({ name }) => name));
    return (later.get(table) ?? []).flatMap((row) =>
      Object.entries(row).flatMap(([name, value]) => (known.has(name) ? [] : [value])),
    );
  });
}

onEachEngine(['sqlite', 'postgres', 'mariadb', 'mysql'], 'the schema', (make, engine) => {
  test('each step is taken, taken back and taken again with rows in all tables, and none of them is lost', async () => {
    await using database = await make();
    [server, quote] = [engine, engine === 'mariadb' || engine === 'mysql' ? '`' : '"'];
    for (const { version } of migrations) {
      const [columns, before] = [await database.columns(), await contentOf(database)];
      const expectKept = async (expected: Content) => {
        const now = await contentOf(database);
        expect(partOf(now, expected, columns), version).toEqual(expected);
        return now;
      };

      expect((await migrate(database.dsn, 'up', 1)).map((step) => step.version)).toEqual([version]);
      const after = await expectKept(before);
      // What a step adds to rows is nothing, or a default that a release before it does not have to know.
      expect(
        addedBy(after, columns).every((value) => value === null || Number(value) === 0),
        version,
      ).toBe(true);

      await fill(database);
      const filled = partOf(await contentOf(database), before, columns);
      expect((await migrate(database.dsn, 'down', 1)).map((step) => step.version)).toEqual([version]);
      expect(await database.columns(), version).toEqual(columns);
      await expectKept(filled);

      expect(await migrate(database.dsn, 'up', 1)).toHaveLength(1);
      await expectKept(filled);
      expect((await contentOf(database)).size).toBeGreaterThanOrEqual(before.size);
      await fill(database);
    }
    expect(await migrate(database.dsn, 'down', migrations.length)).toHaveLength(migrations.length);
    expect(await database.columns()).toEqual(new Map());
  });

  test('ten that migrate at once take each step once, and ten that open at once all succeed', async () => {
    await using database = await make();
    const taken = await Promise.all(Array.from({ length: 10 }, () => migrate(database.dsn, 'up')));
    expect(
      taken
        .flat()
        .map(({ version }) => version)
        .sort(),
    ).toEqual(migrations.map(({ version }) => version));
    expect(await migrate(database.dsn, 'down', migrations.length)).toHaveLength(migrations.length);

    const stores = await Promise.all(Array.from({ length: 10 }, () => open(database.dsn, true)));
    for (const store of stores) await store.ready();
    await Promise.all(stores.map((store) => store.close()));
    expect(await database.query('SELECT version FROM schema_migration')).toHaveLength(migrations.length);
  });

  test('to look at it changes nothing', async () => {
    await using database = await make();
    expect((await migrationStatus(database.dsn)).every(({ status }) => status === 'Pending')).toBe(true);
    if (engine !== 'sqlite') {
      await expect(database.query('SELECT * FROM schema_migration')).rejects.toThrow(/exist/);
    }
    await migrate(database.dsn, 'up', 3);
    const statuses = (await migrationStatus(database.dsn)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'Applied')).toHaveLength(3);
  });

  test('what the next release adds disturbs nobody, and what one takes away stops all', async () => {
    await using database = await make();
    await migrate(database.dsn, 'up');
    for (const table of (await database.columns()).keys()) {
      await database.query(`ALTER TABLE ${table} ADD COLUMN from_the_future bigint`);
      await database.query(`ALTER TABLE ${table} ADD COLUMN with_a_default bigint NOT NULL DEFAULT 0`);
    }
    await database.query('CREATE TABLE from_the_future (id bigint NOT NULL PRIMARY KEY)');
    await database.query("INSERT INTO schema_migration VALUES ('9999', 'from_the_future', 1)");
    {
      await using hydrant = await startHydrant({ settings: { DSN: database.dsn } });
      const client = await givenClient(hydrant);
      const { refreshToken } = await obtainTokens(hydrant, client);
      const { accessToken } = await refresh(hydrant, client, refreshToken);
      expect(await isActive(hydrant, accessToken)).toBe(true);
      expect((await clientCredentials(hydrant, client)).status).toBe(200);
      await hydrant.store.ready();

      await database.query("UPDATE schema_migration SET name = 'contract_something' WHERE version = '9999'");
      await expect(hydrant.store.ready()).rejects.toThrow(/newer Hydrant.*9999/);
    }
    await expect(open(database.dsn)).rejects.toThrow(/newer Hydrant.*9999/);
    await expect(migrate(database.dsn, 'up')).rejects.toThrow(/newer Hydrant.*9999/);
  });
});

onEachEngine(['postgres', 'mariadb', 'mysql'], 'a database on a server', (make) => {
  test('is not used before its schema is there, and not changed by whoever only wants to use it', async () => {
    await using database = await make();
    await expect(open(database.dsn)).rejects.toBeInstanceOf(DatabaseUnusable);
    await expect(open(database.dsn)).rejects.toThrow('has no schema yet. Run: hydrant migrate sql up');
    expect(await database.columns()).toEqual(new Map());

    await migrate(database.dsn, 'up', migrations.length - 1);
    const last = migrations.at(-1)?.version;
    await expect(open(database.dsn)).rejects.toThrow(`lacks the migrations ${last}. Run: hydrant migrate sql up`);
    await migrate(database.dsn, 'up');
    await (await open(database.dsn)).close();
  });
});
