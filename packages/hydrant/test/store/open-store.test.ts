import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseUnusable, migrate, migrationStatus, openStore, type SqlStore } from '../../src/sql/index.js';
import { fileInNewFolder, NOW, ring } from './support/for-each-dialect.js';
import { aClient, anOwnToken, tokenKey } from './support/records.js';

const clock = { now: () => NOW };

async function using(dsn: string, run: (store: SqlStore) => Promise<void>): Promise<void> {
  const store = await openStore({ dsn, ring, clock });
  try {
    await run(store);
  } finally {
    await store.close();
  }
}

describe('a file', () => {
  let file: ReturnType<typeof fileInNewFolder>;
  beforeEach(() => {
    file = fileInNewFolder();
  });
  afterEach(() => file.remove());

  test('is made with its folders, for the owner alone, and keeps what was stored', async () => {
    const client = aClient();
    await using(file.dsn, async (store) => {
      expect(store.location).toBe(file.path);
      await store.ready();
      await store.clients.insert(client);
      expect(statSync(file.path).mode & 0o777).toBe(0o600);
      expect(statSync(`${file.path}-wal`).mode & 0o777).toBe(0o600);
    });
    expect(existsSync(`${file.path}-wal`)).toBe(false);
    await using(`sqlite:${file.path}`, async (store) => {
      expect(await store.clients.find(client.id)).toEqual(client);
    });
  });

  test('takes each migration once when several processes open it together', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openStore({ dsn: file.dsn, ring, clock })));
    for (const store of opened) await store.ready();
    await Promise.all(opened.map((store) => store.close()));
  });

  test('is migrated up and down step by step, and says where it stands', async () => {
    const statuses = async () => (await migrationStatus(file.dsn)).map(({ status }) => status);
    const all = (await statuses()).length;
    expect(existsSync(file.path)).toBe(false);
    expect(await statuses()).toEqual(Array(all).fill('Pending'));

    expect((await migrate(file.dsn, 'up', 2)).map(({ version }) => version)).toEqual(['0001', '0002']);
    expect(await statuses()).toEqual(['Applied', 'Applied', ...Array(all - 2).fill('Pending')]);
    expect(await migrate(file.dsn, 'up')).toHaveLength(all - 2);
    expect(await migrate(file.dsn, 'up')).toEqual([]);
    expect(await statuses()).toEqual(Array(all).fill('Applied'));

    expect((await migrate(file.dsn, 'down')).map(({ status }) => status)).toEqual(['Pending']);
    expect(await migrate(file.dsn, 'down', all)).toHaveLength(all - 1);
    expect(await statuses()).toEqual(Array(all).fill('Pending'));
    expect(await migrate(file.dsn, 'up')).toHaveLength(all);
    for (const step of await migrationStatus(file.dsn)) {
      expect(step.content).toMatch(/^(create|alter) table /);
      expect(step.contentDown).toMatch(/^(drop|alter) table /);
    }
  });

  test('is not ready while a migration is missing', async () => {
    await using(file.dsn, async (store) => {
      const [undone] = await migrate(file.dsn, 'down');
      const sentence = `lacks the migrations ${undone?.version}. Run: hydrant migrate sql up`;
      await expect(store.ready()).rejects.toThrow(sentence);
    });
  });

  test.each([
    ['not a database', 'This is a letter to my aunt.'.repeat(200), /not an SQLite database/],
    ['damaged', `SQLite format 3\u0000${'x'.repeat(8000)}`, /damaged|not an SQLite database/],
  ])('that is %s is refused in one sentence', async (_, content, reason) => {
    mkdirSync(dirname(file.path), { recursive: true });
    writeFileSync(file.path, content, 'latin1');
    const refused = openStore({ dsn: file.dsn, ring, clock });
    await expect(refused).rejects.toBeInstanceOf(DatabaseUnusable);
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toThrow(file.path);
  });

  test('that is a folder, or lies below a file, is refused in one sentence', async () => {
    mkdirSync(file.path, { recursive: true });
    await expect(openStore({ dsn: file.dsn, ring, clock })).rejects.toThrow(/^The database .* cannot be used: .*\.$/);
    const below = `${dirname(file.path)}/letter`;
    writeFileSync(below, 'text');
    await expect(openStore({ dsn: `sqlite://${below}/x.db`, ring, clock })).rejects.toBeInstanceOf(DatabaseUnusable);
  });

  test('that another process keeps locked is refused in one sentence, once waiting was of no use', async () => {
    await migrate(file.dsn, 'up');
    const { default: Sqlite } = await import('better-sqlite3');
    const other = new Sqlite(file.path);
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const refused = openStore({ dsn: file.dsn, ring, clock, busyTimeoutMs: 50 });
    await expect(refused).rejects.toThrow(/^The database \S+ cannot be used: another process holds it locked; .*\.$/);
    other.close();
  });

  test('that a newer Hydrant added to is used beside it, and its steps are not taken back', async () => {
    await recordStep(file, 'from_the_future');
    await using(file.dsn, (store) => store.ready());
    expect(await migrate(file.dsn, 'up')).toEqual([]);
    await expect(migrate(file.dsn, 'down')).rejects.toThrow(/newer Hydrant.*9999/);
  });

  test('from which a newer Hydrant took something away is left alone', async () => {
    await recordStep(file, 'contract_something');
    await expect(openStore({ dsn: file.dsn, ring, clock })).rejects.toThrow(/newer Hydrant.*9999/);
    await expect(migrate(file.dsn, 'up')).rejects.toThrow(/newer Hydrant.*9999/);
  });
});

/** Migrates a file, and records a step in it that only a later release knows. */
async function recordStep(file: ReturnType<typeof fileInNewFolder>, name: string): Promise<void> {
  await migrate(file.dsn, 'up');
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(file.path);
  database.prepare('INSERT INTO schema_migration VALUES (?, ?, 1)').run('9999', name);
  database.close();
}

test('each memory is a database of its own', async () => {
  await using('memory', async (one) => {
    await using('sqlite://:memory:?_fk=true', async (other) => {
      const client = aClient();
      await one.clients.insert(client);
      expect(await other.clients.find(client.id)).toBeUndefined();
      expect(one.location).toBe('memory');
      expect(await migrationStatus('memory')).not.toHaveLength(0);
    });
  });
});

test.each(['oracle://user:hunter2@db/hydra', 'plugin://hunter2', 'hunter2', 'sqlite://', ''])(
  'the DSN %j is refused without repeating its password',
  async (dsn) => {
    const refused = openStore({ dsn, ring, clock });
    await expect(refused).rejects.toBeInstanceOf(DatabaseUnusable);
    await expect(refused).rejects.not.toThrow(/hunter2/);
    await expect(refused).rejects.toThrow(/sqlite:\/\/\/path/);
  },
);

test('a closed store gives its memory back', async () => {
  const ext = { filler: 'x'.repeat(100_000) };
  const rss = async () => {
    await using('memory', async (store) => {
      const own = { subject: 'app', grantedScope: [], grantedAudience: [], ext };
      await store.tokens.insert(Array.from({ length: 100 }, () => anOwnToken({ key: tokenKey(), own })));
    });
    return process.memoryUsage().rss;
  };
  const before = await rss();
  let after = before;
  // Forty times ten megabytes: were they kept, they would be ten times what is allowed here.
  for (let round = 0; round < 40; round += 1) after = await rss();
  expect(after - before).toBeLessThan(200_000_000);
});
