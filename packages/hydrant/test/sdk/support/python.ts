import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.js';

/** An interpreter that has the package, or why there is none. */
export type Python = { readonly command: string } | { readonly missing: string };

const cache = cacheFolder('python');

/** A virtual environment with one PyPI package, kept beside the other packages and made once for each version of both. */
export function pythonWith(requirement: string): Python {
  const version = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  if (version.status !== 0) return { missing: 'there is no python3' };
  const home = join(cache, `${requirement.replace('==', '-')}-python${version.stdout.trim()}`);
  const command = join(home, 'bin', 'python');
  if (existsSync(command)) return { command };

  // Made aside and moved, so that an installation which was broken off is not taken for a whole one.
  const making = `${home}.${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  rmSync(home, { recursive: true, force: true });
  try {
    const venv = spawnSync('python3', ['-m', 'venv', making], { encoding: 'utf8' });
    if (venv.status !== 0) return { missing: `python3 makes no virtual environment: ${lastLine(venv)}` };
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement];
    const pip = spawnSync(join(making, 'bin', 'python'), install, { encoding: 'utf8', timeout: 120_000 });
    if (pip.status !== 0) return { missing: `pip does not install ${requirement}: ${lastLine(pip)}` };
    renameSync(making, home);
    return { command };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function lastLine({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
}
