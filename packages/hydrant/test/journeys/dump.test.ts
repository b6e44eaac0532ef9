/** What `hydrant backup` names for other engines does it: a dump beside a server that writes, read into an empty database. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { availableEngines, makeDatabase, startPostgresCluster } from '../support/databases/index.js';
import { findProgram } from '../support/databases/programs.js';
import { expectFullState, FULL_STATE_SETTINGS, makeFullState } from '../support/full-state.js';
import { clientCredentials, isActive } from '../support/relying-party.js';
import { runCli } from '../support/run-cli.js';
import { startHydrant } from '../support/start-hydrant.js';

const TIMEOUT = 180_000;

interface Databases {
  /** Of the one that has a server, and of an empty one. */
  readonly dsns: readonly [used: string, empty: string];
  readonly password: Readonly<Record<string, string>>;
}

/** The tool of PostgreSQL dumps no newer server than itself. */
function postgresOfTheTool(): { programs?: string } | string {
  const tool = findProgram('pg_dump');
  if (!tool) return 'there is no pg_dump here: apt-get install postgresql-client';
  const major = Number(/\d+/.exec(spawnSync(tool, ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? 0);
  if (major >= 18)
    return availableEngines().postgres.available ? {} : 'there is no PostgreSQL for this kind of machine';
  const programs = `/usr/lib/postgresql/${major}`;
  return existsSync(join(programs, 'bin/postgres')) ? { programs } : `pg_dump ${major} is older than the server`;
}

const postgres = postgresOfTheTool();
const mariadb = availableEngines().mariadb;

if (typeof postgres === 'string') test.skip(`pg_dump: ${postgres}`, () => undefined);
else
  test('pg_dump takes it all under load, and pg_restore brings it back', { timeout: TIMEOUT }, async () => {
    await using server = await startPostgresCluster({ durable: false, ...postgres });
    for (const name of ['one', 'two']) await server.query(`CREATE DATABASE ${name}`);
    const password = { PGPASSWORD: server.coordinates.password, PGSSLMODE: 'disable' };
    await dumpAndRestore({ dsns: [server.dsn('one'), server.dsn('two')], password });
  });

if (!mariadb.available) test.skip(`mysqldump: ${mariadb.because}`, () => undefined);
else
  test('mysqldump takes it all under load, and mysql brings it back', { timeout: TIMEOUT }, async () => {
    await using one = await makeDatabase('mariadb');
    await using two = await makeDatabase('mariadb');
    const password = /:([^:@]+)@/.exec(one.dsn)?.[1] ?? '';
    await dumpAndRestore({ dsns: [one.dsn, two.dsn], password: { MYSQL_PWD: password } });
  });

async function dumpAndRestore({ dsns: [used, empty], password }: Databases): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-dump-'));
  const file = join(folder, "the server's.dump");
  try {
    const dump = commandIn(await runCli(['backup', '--to', file, used]));
    const load = commandIn(await runCli(['restore', '--from', file, empty]));
    const { state, before } = await dumpUnderLoad(used, () => shell(dump, password));
    await shell(load, password);
    await using hydrant = await startHydrant({ settings: { ...FULL_STATE_SETTINGS, DSN: empty } });
    for (const token of before) expect(await isActive(hydrant, token)).toBe(true);
    await expectFullState(hydrant, state);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is there, and which tokens were given out before the dump began. */
async function dumpUnderLoad(dsn: string, dump: () => Promise<void>) {
  await using hydrant = await startHydrant({ settings: { ...FULL_STATE_SETTINGS, DSN: dsn } });
  const state = await makeFullState(hydrant);
  const issued: string[] = [];
  let going = true;
  const writer = async () => {
    while (going) issued.push((await clientCredentials(hydrant, state.client)).accessToken);
  };
  const writers = [writer(), writer()];
  while (issued.length < 20) await new Promise((resolve) => setImmediate(resolve));
  const before = issued.slice();
  await dump();
  going = false;
  await Promise.all(writers);
  expect(issued.length).toBeGreaterThan(before.length);
  return { state, before };
}

/** The command that a refusal names; the password comes from the environment in its place. */
function commandIn({ err }: { readonly err: string }): string {
  const command = /tools of its own for that: (.+)\n$/.exec(err)?.[1] ?? '';
  expect(command).not.toBe('');
  return command.replace(' --password', '');
}

function shell(command: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn('sh', ['-c', command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
  });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  return new Promise((resolve, reject) => {
    child.once('exit', (status) => (status === 0 ? resolve() : reject(new Error(`It ended with ${status}: ${said}`))));
  });
}
