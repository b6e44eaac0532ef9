import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Config, withSystemSecret } from '../config/index.js';
import { systemRandom } from '../crypto/random.js';
import { CommandFailure } from './command.js';

const BYTES = 32;
const FILE = 'dev-secret';

/** The SQLite file that a DSN names, as an absolute path; `undefined` for data in memory. */
export function sqliteFile(dsn: string): string | undefined {
  const [, path = ''] = /^sqlite3?:(?:\/\/)?(?:file:)?([^?]*)/.exec(dsn) ?? [];
  return path === '' || path === ':memory:' || /[?&]mode=memory\b/.test(dsn) ? undefined : resolve(path);
}

/**
 * In development mode nobody has to think of `secrets.system`: without one, a random secret is kept beside the database,
 * so that what was issued survives a restart. Data in memory needs no secret that outlives it.
 */
export function withDevelopmentSecret(config: Config): Config {
  if (!config.dev || config.secrets.system.length > 0) return config;
  const file = sqliteFile(config.dsn);
  if (file === undefined && !/^(memory$|sqlite)/.test(config.dsn)) {
    throw new CommandFailure(
      'The database is on a server, and there is no place beside it for a secret that outlives this process: set secrets.system or SECRETS_SYSTEM, in development mode too.',
    );
  }
  return withSystemSecret(config, file === undefined ? freshSecret() : keptSecret(join(dirname(file), FILE)));
}

/** Readable, too: what cannot be read is no secret. */
function isFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function freshSecret(): string {
  return systemRandom.bytes(BYTES).toString('base64url');
}

function keptSecret(path: string): string {
  const secret = freshSecret();
  try {
    mkdirSync(dirname(path), { recursive: true });
    // `wx`: of two processes that start at once, one writes and the other reads.
    writeFileSync(path, secret, { flag: 'wx', mode: 0o600 });
    return secret;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && isFile(path)) return readFileSync(path, 'utf8').trim();
    throw new CommandFailure(
      `The secret of development mode cannot be kept in ${path} (${String(code)}): make the folder writable for this user, or set secrets.system.`,
    );
  }
}
