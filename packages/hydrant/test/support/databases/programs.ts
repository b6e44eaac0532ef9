import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Servers are installed where only administrators have their path. */
const SYSTEM = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/usr/libexec'];

/** Path of an installed program. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM]
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
