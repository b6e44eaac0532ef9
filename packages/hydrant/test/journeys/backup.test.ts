/** `hydrant backup` and `hydrant restore` on SQLite: beside a server that writes, and after the loss of its file. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { anOwnToken } from '../store/support/records.js';
import { runCli } from '../support/run-cli.js';
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

const CLIENT = { client_id: 'app', client_secret: 'secret-of-the-app', grant_types: ['client_credentials'] };
const BASIC = `Basic ${Buffer.from(`${CLIENT.client_id}:${CLIENT.client_secret}`).toString('base64')}`;

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
  const response = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

const start = (database: SqliteFile) => startHydrant({ settings: { DSN: database.dsn } });

async function issue({ publicUrl }: Hydrant): Promise<string> {
  const answer = await post(`${publicUrl}/oauth2/token`, 'grant_type=client_credentials', { authorization: BASIC });
  return String(answer.access_token);
}

async function isActive({ adminUrl }: Hydrant, token: string): Promise<boolean> {
  return (await post(`${adminUrl}/admin/oauth2/introspect`, `token=${token}`)).active === true;
}

/** A database with a client and one token, which it returns. */
async function filled(database: SqliteFile): Promise<string> {
  await using hydrant = await start(database);
  await post(`${hydrant.adminUrl}/admin/clients`, JSON.stringify(CLIENT));
  return await issue(hydrant);
}

const pathOf = ({ path }: SqliteFile) => path;
const backup = (database: SqliteFile, to: string, ...more: string[]) =>
  runCli(['backup', '--to', to, database.dsn, ...more]);
const restore = (database: SqliteFile, from: string, ...more: string[]) =>
  runCli(['restore', '--from', from, database.dsn, ...more]);

test('a copy that is taken under load has all that was answered before it, and a server goes on with it', async () => {
  using database = sqliteFile();
  const file = join(database.folder, 'copy.sqlite');
  const before = [await filled(database)];
  const after: string[] = [];
  {
    await using hydrant = await start(database);
    // So large that the copy takes many steps, with writes between them.
    for (let batch = 0; batch < 8; batch += 1) {
      await hydrant.store.tokens.insert(Array.from({ length: 2_500 }, () => anOwnToken()));
    }
    let acknowledged = before;
    let going = true;
    const writer = async () => {
      while (going) {
        const token = await issue(hydrant);
        acknowledged.push(token);
      }
    };
    const writers = [writer(), writer(), writer()];
    while (before.length < 20) await new Promise((resolve) => setImmediate(resolve));
    acknowledged = after;
    const { status, out, err } = await backup(database, file);
    expect([status, err]).toEqual([0, '']);
    expect(out).toBe(`Backed up to ${file} (${statSync(file).size} bytes)\n`);
    going = false;
    await Promise.all(writers);
    // What was under way when the list was changed went to one or the other.
    expect(before.length).toBeGreaterThanOrEqual(20);
    expect(after.length).toBeGreaterThan(0);

    const refused = await restore(database, file);
    expect([refused.status, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('is open in a server');
    expect(await isActive(hydrant, after.at(-1) ?? '')).toBe(true);
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(database.folder).sort()).toEqual(['copy.sqlite', 'hydrant.sqlite']);

  const { status, err } = await restore(database, file);
  const aside = join(database.folder, 'hydrant.sqlite.before-restore');
  expect([status, err]).toEqual([0, `What was there before is kept: ${aside}\n`]);
  expect(existsSync(aside)).toBe(true);
  await using hydrant = await start(database);
  for (const token of before.slice(0, 20)) expect(await isActive(hydrant, token)).toBe(true);
  expect(await isActive(hydrant, await issue(hydrant))).toBe(true);
});

test('a lost file comes back, and each one that was replaced is kept', async () => {
  using database = sqliteFile();
  const token = await filled(database);
  const file = join(database.folder, 'copy.sqlite');
  await backup(database, file);
  writeFileSync(pathOf(database), 'no longer a database, and much shorter');
  expect((await restore(database, file)).err).toContain('restore with --force');
  expect(readFileSync(pathOf(database), 'utf8')).toContain('no longer');
  expect(await restore(database, file, '--force')).toMatchObject({ status: 0 });
  expect(await restore(database, file)).toMatchObject({ status: 0, err: expect.stringContaining('before-restore-2') });
  expect(readFileSync(`${pathOf(database)}.before-restore`, 'utf8')).toContain('no longer');
  await using hydrant = await start(database);
  expect(await isActive(hydrant, token)).toBe(true);
});

test('where no file is, a restored one is put', async () => {
  using database = sqliteFile();
  const token = await filled(database);
  using empty = sqliteFile();
  const file = join(empty.folder, 'copy.sqlite');
  await backup(database, file);
  expect(await restore(empty, file)).toMatchObject({ status: 0, err: '' });
  expect(statSync(pathOf(empty)).mode & 0o777).toBe(0o600);
  await using hydrant = await start(empty);
  expect(await isActive(hydrant, token)).toBe(true);
});

test('a file that is there is written over only when that is said, and the database itself never', async () => {
  using database = sqliteFile();
  await filled(database);
  const file = join(database.folder, 'copy.sqlite');
  writeFileSync(file, 'precious');
  expect((await backup(database, file)).err).toContain('--force writes over it');
  expect(readFileSync(file, 'utf8')).toBe('precious');
  expect(await backup(database, file, '--force')).toMatchObject({ status: 0 });
  expect((await backup(database, pathOf(database), '--force')).err).toContain('is the database itself');
  expect((await restore(database, pathOf(database))).err).toContain('is the database itself');
});

test.each([
  ['cut short', (file: Buffer) => file.subarray(0, file.length - 4096 * 3)],
  [
    'overwritten in the middle',
    (file: Buffer) => Buffer.concat([file.subarray(0, 8192), scribble(8192), file.subarray(16_384)]),
  ],
  ['overwritten at its beginning', (file: Buffer) => Buffer.concat([scribble(64), file.subarray(64)])],
  ['empty', () => Buffer.alloc(0)],
])('a copy that is %s is refused, and nothing is touched', async (_how, damage) => {
  using database = sqliteFile();
  await filled(database);
  const file = join(database.folder, 'copy.sqlite');
  await backup(database, file);
  writeFileSync(file, damage(readFileSync(file)));
  const rows = database.rows();
  const { status, out, err } = await restore(database, file);
  expect([status, out, err.trimEnd().split('\n').length]).toEqual([1, '', 1]);
  expect(database.rows()).toEqual(rows);
  expect(readdirSync(database.folder).filter((name) => /part|restore/.test(name))).toEqual([]);
});

function scribble(length: number): Buffer {
  return Buffer.alloc(length, 'scribble');
}

test.each([
  ['of somebody else', 'DROP TABLE schema_migration', 'none of Hydrant'],
  ['of a newer release', "INSERT INTO schema_migration VALUES ('9999', 'later', 1)", 'newer Hydrant'],
])('a database %s is refused', async (_whose, sql, reason) => {
  using database = sqliteFile();
  await filled(database);
  const file = join(database.folder, 'copy.sqlite');
  await backup(database, file);
  const copy = new Sqlite(file);
  copy.exec(sql);
  copy.close();
  expect(await restore(database, file)).toMatchObject({ status: 1, err: expect.stringContaining(reason) });
});

test.each([
  [
    'postgres://me:hush@db.example:5433/auth',
    'pg_dump --host db.example --port 5433 --username me --format custom --no-owner --file it.dump auth',
  ],
  [
    'mysql://me:hush@tcp(db.example:3306)/auth',
    'mysqldump --host=db.example --port=3306 --user=me --password --single-transaction --hex-blob auth > it.dump',
  ],
])('of %s it says what does it, without the password', async (dsn, command) => {
  const { status, out, err } = await runCli(['backup', '--to', 'it.dump', dsn]);
  expect([status, out]).toEqual([1, '']);
  expect(err).toBe(`This engine has tools of its own for that: ${command}\n`);
  expect((await runCli(['restore', '--from', 'it.dump', dsn])).err).toMatch(/: (pg_restore|mysql) /);
});

test.each([
  [['backup', 'memory', '--to', 'x'], 'in memory'],
  [['backup', 'sqlite:///nowhere/at/all.sqlite', '--to', 'x'], 'no file /nowhere/at/all.sqlite'],
  [['backup', 'memory'], 'Say which file, with --to.'],
  [['restore', 'memory'], 'Say which file, with --from.'],
])('%j is refused on stderr', async (args, reason) => {
  expect(await runCli(args)).toMatchObject({ status: 1, out: '', err: expect.stringContaining(reason) });
});
