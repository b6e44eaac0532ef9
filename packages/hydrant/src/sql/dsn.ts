import { DatabaseUnusable } from './driver.js';

/** Where the data is kept. */
export type DataSource = { readonly kind: 'memory' } | { readonly kind: 'sqlite'; readonly path: string };

/**
 * Reads a DSN: `memory`, `sqlite:///absolute/path.db?_fk=true`, `sqlite://relative.db`, `sqlite:relative.db`.
 * Hydra: options after the `?` are taken and not needed. Throws {@link DatabaseUnusable} for all else, without repeating
 * the DSN, which may hold a password.
 */
export function parseDsn(dsn: string): DataSource {
  if (dsn === 'memory') return { kind: 'memory' };
  const colon = dsn.indexOf(':');
  const scheme = colon < 0 ? '' : dsn.slice(0, colon);
  if (scheme !== 'sqlite' && scheme !== 'sqlite3') throw unsupported(scheme);
  const [place = '', options = ''] = splitOnce(dsn.slice(colon + 1), '?');
  const path = place.replace(/^\/\//, '').replace(/^file:/, '');
  if (path === ':memory:' || new URLSearchParams(options).get('mode') === 'memory') return { kind: 'memory' };
  if (path === '') throw new DatabaseUnusable('The DSN names no file. Write sqlite:///path/to/db.sqlite?_fk=true.');
  return { kind: 'sqlite', path };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function unsupported(scheme: string): DatabaseUnusable {
  const what = /^[a-z][a-z0-9+.-]*$/i.test(scheme) ? `begins with ${scheme}:` : 'has no scheme';
  return new DatabaseUnusable(`The DSN ${what}, but only memory and sqlite:///path/to/db.sqlite are supported.`);
}
