import { nest } from './load.js';
import { type Config, SETTINGS } from './sections/index.js';

const REDACTED = '[redacted]';

/** The configuration as a plain tree fit for printing: every secret that is set reads `[redacted]`. */
export function redact(config: Config): Record<string, unknown> {
  const shown = new Map<string, unknown>();
  for (const [key, setting] of SETTINGS) {
    const value = key.split('.').reduce<unknown>(member, config);
    if (value === undefined) continue;
    shown.set(key, key === 'dsn' ? redactDsn(String(value)) : setting.secret ? mask(value) : value);
  }
  return nest(shown);
}

/**
 * The address of a database without who logs in, and without parameters, which may name a password too. A password may hold
 * any sign as it is, so everything up to the last `@` goes, also where that hides more than it has to; files have no users.
 */
export function redactDsn(dsn: string): string {
  const shown = /^sqlite3?:/i.test(dsn) ? dsn : dsn.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${REDACTED}@`);
  return shown.replace(/\?.*$/s, (query) => (/pass|pwd|secret|token|key|user/i.test(query) ? `?${REDACTED}` : query));
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(() => REDACTED);
  return value === '' ? '' : REDACTED;
}

function member(block: unknown, name: string): unknown {
  return typeof block === 'object' && block !== null ? Reflect.get(block, name) : undefined;
}
