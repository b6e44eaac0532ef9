/** The simulation of `bench/growth`, very short: what is over goes, and a server that let it lie would be noticed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { requireBuild } from '../support/server-process.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

interface Breach {
  readonly promise: string;
  readonly broken: string;
}

interface Count {
  readonly rows: number;
  readonly live: number;
  readonly left: number;
}

interface Run {
  readonly samples: readonly { readonly tables: Readonly<Record<string, Count>>; readonly other: { rows: number } }[];
  readonly breaches: readonly Breach[];
}

async function simulate(...options: readonly string[]): Promise<{ run: Run; status: number | null; output: string }> {
  requireBuild();
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-growth-test-'));
  const file = join(folder, 'samples.json');
  try {
    const child = spawn(process.execPath, ['bench/growth/main.mjs', '--smoke', '--json', file, ...options], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    const runs: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return { run: runOf(runs, output), status, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file has what the simulation's own types say. */
function runOf(runs: unknown, output: string): Run {
  const [run] = runs as readonly Run[];
  if (!run) throw new Error(`The simulation left no run: ${output}`);
  return run;
}

test('two days of mixed traffic leave what is alive, and little else', { timeout: 90_000 }, async () => {
  const { run, status, output } = await simulate();
  expect(run.breaches, output).toEqual([]);
  expect(status).toBe(0);
  expect(run.samples).toHaveLength(48);
  for (const { tables } of run.samples)
    for (const [name, { rows, live }] of Object.entries(tables))
      expect(rows, name).toBeLessThanOrEqual(1.2 * live + 500);
  // The bound means something only where far more was written than it lets lie.
  const last = run.samples.at(-1);
  const rows = Object.values(last?.tables ?? {}).reduce((sum, count) => sum + count.rows, 0);
  expect(last?.other.rows ?? 0).toBeGreaterThan(3 * (rows + 500));
});

test('without deletion a day of it breaks the promise', { timeout: 90_000 }, async () => {
  const { run, status, output } = await simulate('--no-deletion', '--days', '1');
  const broken = (promise: string) =>
    run.breaches.filter((breach) => breach.promise.startsWith(promise)).map(({ broken }) => broken.split(' ')[0]);
  expect(status).toBe(1);
  expect(output).toContain('BROKEN (smoke): rows ≤ 1.2 × live + 500: token in');
  expect(broken('rows')).toEqual(['token']);
  expect(broken('after a round')).toEqual(
    expect.arrayContaining(['flow', 'token', 'token_family', 'login_session', 'used_jti', 'device_request']),
  );
});
