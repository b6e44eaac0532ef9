/** The bench of `bench/speed`, very short: every step of it works. Its figures mean nothing here, and nobody looks at them. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { availableEngines } from '../support/databases/index.js';
import { requireBuild } from '../support/server-process.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

interface Sample {
  readonly target: string;
  readonly workload: string;
  readonly rate: number;
  readonly errors: number;
  readonly again: boolean;
}

interface Results {
  readonly samples: readonly Sample[];
  readonly statements: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const WORK = ['client-list', 'client_credentials-es256', 'flow-remembered', 'introspection', 'refresh', 'revocation'];

test('the bench starts its servers, gives them work, and tells what came of it', { timeout: 240_000 }, async () => {
  requireBuild();
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-bench-test-'));
  // The database's user has to get through.
  chmodSync(folder, 0o755);
  try {
    const file = join(folder, 'speed.json');
    const args = ['bench/speed/main.mjs', '--smoke', '--json', file, '--cache', join(folder, 'cache')];
    const child = spawn(process.execPath, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(status, output).toBe(0);

    const { samples, statements }: Results = JSON.parse(readFileSync(file, 'utf8'));
    const targets = ['hydrant-sqlite', ...(availableEngines().postgres.available ? ['hydrant-postgres'] : [])];
    for (const target of targets) {
      const own = samples.filter((sample) => sample.target === target);
      expect(own.map(({ workload }) => workload).sort()).toEqual(WORK);
      for (const sample of own) expect(sample, output).toMatchObject({ errors: 0 });
      expect(
        own.find(({ workload }) => workload === 'refresh'),
        output,
      ).toMatchObject({ again: false });
      // Nothing else runs while these are counted, one request after the other.
      expect(statements[target]?.introspection).toBeGreaterThanOrEqual(0.9);
      expect(statements[target]?.refresh).toBeGreaterThan(2);
    }
    expect(samples.some(({ target, rate }) => target === 'hello' && rate > 0)).toBe(true);
    expect(output).toContain('Hydrant, SQLite');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
