/** `hydrant migrate data`: all that a server knows, from engine to engine and back, whatever interrupts it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { migrate, openMove } from '../../src/sql/index.js';
import { anOwnToken } from '../store/support/records.js';
import { availableEngines, makeDatabase } from '../support/databases/index.js';
import { expectFullState, FULL_STATE_SETTINGS, type FullState, makeFullState } from '../support/full-state.js';
import { runCli } from '../support/run-cli.js';
import { requireBuild } from '../support/server-process.js';
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js';
import { startHydrant } from '../support/start-hydrant.js';

/** 50,000 in the long form: HYDRANT_TEST_MOVE_TOKENS=50000. */
const TOKENS = Number(process.env.HYDRANT_TEST_MOVE_TOKENS ?? 3_000);
const LONG = 120_000 + TOKENS * 6;

const engines = availableEngines();
const start = (dsn: string) => startHydrant({ settings: { ...FULL_STATE_SETTINGS, DSN: dsn } });

async function fill(database: SqliteFile, tokens: number): Promise<FullState> {
  await using hydrant = await start(database.dsn);
  const state = await makeFullState(hydrant);
  for (let left = tokens; left > 0; left -= 1_000) {
    await hydrant.store.tokens.insert(Array.from({ length: Math.min(left, 1_000) }, () => anOwnToken()));
  }
  return state;
}

/** Moves, and returns the lines about tables. */
async function move(from: string, to: string, ...more: string[]): Promise<string[]> {
  const { status, out, err } = await runCli(['migrate', 'data', '--from', from, '--to', to, '--yes', ...more]);
  expect([status, err.split('\n').filter((line) => !/^(copy|check) \w+: \d+ rows$|^$/.test(line))]).toEqual([0, []]);
  expect(out).toContain('Successfully moved the data!');
  return checksumsIn(out);
}

function checksumsIn(out: string): string[] {
  return out.split('\n').filter((line) => / [0-9a-f]{64}$/.test(line));
}

describe('a full database', () => {
  const servers = (['postgres', 'mariadb'] as const).filter((engine) => engines[engine].available);

  test(`goes on after a move from SQLite ${servers.map((name) => `to ${name} `).join('')}and back`, {
    timeout: LONG * 2,
  }, async () => {
    using first = sqliteFile();
    const state = await fill(first, TOKENS);
    const made = await Promise.all(servers.map((engine) => makeDatabase(engine)));
    using last = sqliteFile();
    const places = [first.dsn, ...made.map(({ dsn }) => dsn), last.dsn];
    try {
      const seen: string[][] = [];
      for (const [hop, from] of places.slice(0, -1).entries()) seen.push(await move(from, places[hop + 1] ?? ''));
      expect(seen[0]).toHaveLength(15);
      for (const table of seen[0] ?? []) expect(table).not.toMatch(/ 0 {2}\w+$/);
      for (const sums of seen) expect(sums).toEqual(seen[0]);
      expect(last.rows()).toEqual(first.rows());
      for (const dsn of places) {
        await using hydrant = await start(dsn);
        await expectFullState(hydrant, state);
      }
    } finally {
      for (const database of made) await database.drop();
    }
  });

  for (const engine of ['postgres', 'mariadb'] as const) {
    const found = engines[engine];
    if (found.available) continue;
    test.skip(`moves to ${engine}: ${found.because}`, () => undefined);
  }
});

/** Ends a move when so many batches are written, and nothing after them. */
function killAfter(batches: number): (step: string) => void {
  let left = batches;
  return (step) => {
    if (step !== 'copy') return;
    left -= 1;
    if (left === 0) throw new Error('killed');
  };
}

function onlyKilled(error: Error): undefined {
  if (error.message !== 'killed') throw error;
}

describe('a move that is interrupted', () => {
  test('after any batch goes on where it was, and no server starts meanwhile', { timeout: LONG }, async () => {
    using from = sqliteFile();
    await fill(from, 900);
    using to = sqliteFile();
    let killed = 0;
    for (let alike: unknown; alike === undefined; ) {
      const opened = await openMove({ from: from.dsn, to: to.dsn, resume: killed > 0 });
      expect(opened.resumes).toBe(killed > 0);
      alike = await opened.run(killAfter(2)).catch(onlyKilled);
      await opened.close();
      if (alike !== undefined) break;
      killed += 1;
      if (killed > 1) continue;
      await expect(start(to.dsn)).rejects.toThrow('hydrant migrate data --resume');
      const again = await runCli(['migrate', 'data', '--from', from.dsn, '--to', to.dsn, '--yes']);
      expect(again).toMatchObject({ status: 1, err: expect.stringContaining('--resume') });
    }
    expect(killed).toBeGreaterThan(8);
    expect(to.rows()).toEqual(from.rows());
  });

  test('by the death of its process goes on where it was', { timeout: LONG }, async () => {
    requireBuild();
    using from = sqliteFile();
    const state = await fill(from, TOKENS);
    const target = engines.postgres.available ? await makeDatabase('postgres') : undefined;
    using file = sqliteFile();
    const to = target?.dsn ?? file.dsn;
    try {
      for (const word of ['copy token_family', 'copy token:']) {
        if ((await moveProcess(from.dsn, to, word)) !== 'killed') break;
      }
      const { resumes, close } = await openMove({ from: from.dsn, to, resume: true });
      await close();
      if (resumes) await moveProcess(from.dsn, to);
      await using hydrant = await start(to);
      await expectFullState(hydrant, state);
    } finally {
      await target?.drop();
    }
  });
});

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

/** Moves in a process with little memory, and kills that when it says a word. */
function moveProcess(from: string, to: string, deadly?: string): Promise<'killed' | 'done'> {
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=40', 'packages/hydrant/bin/hydrant.mjs', 'migrate', 'data', '--resume', '--yes'],
    { cwd: checkout, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, FROM_DSN: from, TO_DSN: to } },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (deadly !== undefined && said.includes(deadly)) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (status, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (status === 0) resolve('done');
      else reject(new Error(`The move ended with ${status ?? signal}: ${said}`));
    });
  });
}

describe('a move that is not to be', () => {
  test('leaves rows alone that are in the second database', async () => {
    using from = sqliteFile();
    using to = sqliteFile();
    await (await start(from.dsn)).close();
    await (await start(to.dsn)).close();
    const before = to.rows();
    const refused = await runCli(['migrate', 'data', '--from', from.dsn, '--to', to.dsn, '--yes', '--resume']);
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('has rows in the table') });
    expect(to.rows()).toEqual(before);
  });

  test('does not go on with the move of another database', async () => {
    using one = sqliteFile();
    using other = sqliteFile();
    using to = sqliteFile();
    for (const { dsn } of [one, other]) await (await start(dsn)).close();
    const opened = await openMove({ from: one.dsn, to: to.dsn, resume: false });
    expect(await opened.run(killAfter(1)).catch(onlyKilled)).toBeUndefined();
    await opened.close();
    await expect(openMove({ from: other.dsn, to: to.dsn, resume: true })).rejects.toThrow('Finish that');
    await expect(openMove({ from: to.dsn, to: other.dsn, resume: false })).rejects.toThrow('has rows');
  });

  test('is noticed where the first database was written to meanwhile', async () => {
    using from = sqliteFile();
    using to = sqliteFile();
    await using hydrant = await start(from.dsn);
    let written: Promise<void> | undefined;
    const opened = await openMove({ from: from.dsn, to: to.dsn, resume: false });
    const run = opened.run((step) => {
      if (step === 'copy') written ??= hydrant.store.tokens.insert([anOwnToken()]);
    });
    await expect(run).rejects.toThrow('The table token differs: 1 rows');
    await written;
    await opened.close();
  });

  test('asks first, and does nothing on a no', async () => {
    using from = sqliteFile();
    using to = sqliteFile();
    await (await start(from.dsn)).close();
    const args = ['migrate', 'data', '--from', from.dsn, '--to', to.dsn];
    const { status, out } = await runCli(args, { answers: ['no'] });
    expect([status, out.includes('Stop every server'), out.includes('Migration aborted.')]).toEqual([0, true, true]);
    expect(to.rows()).toEqual({});
    expect(await runCli(args)).toMatchObject({ status: 1, err: expect.stringContaining('input ended') });
  });

  test.each([
    [['--from', 'memory', '--to', 'memory'], 'no database to move data from'],
    [['--from', 'memory'], 'with --from and --to'],
  ])('%j is refused', async (flags, reason) => {
    expect(await runCli(['migrate', 'data', ...flags])).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringContaining(reason),
    });
  });

  test('needs the same schema on both sides', async () => {
    using from = sqliteFile();
    using to = sqliteFile();
    await migrate(from.dsn, 'up');
    expect((await runCli(['migrate', 'data', '--from', from.dsn, '--to', from.dsn])).err).toContain(
      'the same database',
    );
    await migrate(to.dsn, 'up', 3);
    expect(await move(from.dsn, to.dsn)).toHaveLength(15);
  });
});
