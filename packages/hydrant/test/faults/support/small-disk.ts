/** A file system of a few megabytes in memory, which can be full. Only root may mount one. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Leaves no room for anything. */
  fill(): void;
  free(): void;
}

/** Whether this user may mount one, and why not. */
export const mounts: { readonly available: true } | { readonly available: false; readonly because: string } = look();

function look(): typeof mounts {
  if (process.platform !== 'linux') return { available: false, because: 'a small disk is only made on Linux' };
  if (process.getuid?.() !== 0) return { available: false, because: 'only root may mount a small disk' };
  try {
    smallDisk(1)[Symbol.dispose]();
    return { available: true };
  } catch (error) {
    return { available: false, because: error instanceof Error ? error.message : String(error) };
  }
}

export function smallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-disk-'));
  const size = `size=${megabytes}m,mode=0755`;
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { encoding: 'utf8' });
  if (status !== 0) {
    rmdirSync(folder);
    throw new Error(`a small disk cannot be mounted: ${stderr ?? 'no mount'}`.trim());
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const descriptor = openSync(filler, 'w');
      try {
        for (let size = 1 << 20; size >= 512; ) {
          try {
            writeSync(descriptor, Buffer.alloc(size, 1));
          } catch {
            size /= 2;
          }
        }
      } finally {
        closeSync(descriptor);
      }
    },
    free: () => rmSync(filler, { force: true }),
    [Symbol.dispose]() {
      // What is still open there keeps it until it is closed.
      spawnSync('umount', ['-l', folder]);
      rmdirSync(folder);
    },
  };
}
