import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.js';

/** Why there are no Go programs, or where they are once they are built. */
export type GoPrograms = { readonly missing: string } | { readonly build: () => string };

const source = fileURLToPath(new URL('../go', import.meta.url));
const settings = { cwd: source, encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } } as const;

/** The programs in `go/`. Modules that cannot be had skip them; programs that cannot be built are a failure. */
export function goPrograms(): GoPrograms {
  const version = spawnSync('go', ['version'], settings);
  if (version.status !== 0) return { missing: 'there is no go' };
  const download = spawnSync('go', ['mod', 'download'], { ...settings, timeout: 120_000 });
  if (download.status !== 0) return { missing: `go does not get the modules: ${lastLine(download.stderr)}` };
  return {
    build() {
      const folder = cacheFolder('go');
      const built = spawnSync('go', ['build', '-mod=readonly', '-o', `${folder}/`, './first', './second'], settings);
      if (built.status !== 0) throw new Error(built.stderr);
      return folder;
    },
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
