import { parseGoDuration } from '../protocol/duration.js';
import { DatabaseUnusable } from './driver.js';

/** Where the data is kept, taken apart as far as all engines agree. `memory` is written as a scheme without more. */
export interface Dsn {
  /** In lower case, without the colon. */
  readonly scheme: string;
  /** All that stands behind the scheme's colon. */
  readonly text: string;
  /** Of it, what stands before the first question mark… */
  readonly place: string;
  /** …and what behind it. A password may have a question mark: see `dialects/server-dsn.ts`. */
  readonly parameters: URLSearchParams;
}

/** Takes a DSN apart; what its place means is the dialect's to say. Never repeats it: it may hold a password. */
export function parseDsn(dsn: string): Dsn {
  const colon = dsn.indexOf(':');
  const scheme = (colon < 0 ? dsn : dsn.slice(0, colon)).toLowerCase();
  const text = colon < 0 ? '' : dsn.slice(colon + 1);
  const question = text.indexOf('?');
  const place = question < 0 ? text : text.slice(0, question);
  return { scheme, text, place, parameters: new URLSearchParams(question < 0 ? '' : text.slice(question + 1)) };
}

/** How many connections a server keeps to a database of several users, and for how long. */
export interface PoolSettings {
  readonly most: number;
  /** Of those that are idle; as many are kept, however long they are, unless `idleTime` says otherwise. */
  readonly mostIdle: number;
  /** Milliseconds; 0 for no limit. */
  readonly lifetime: number;
  /** Milliseconds; 0 for no limit. */
  readonly idleTime: number;
}

/** Hydra's four parameters, and the rest, which belong to the driver. */
export function poolSettings(parameters: URLSearchParams, cpus: number): { pool: PoolSettings; rest: URLSearchParams } {
  const rest = new URLSearchParams(parameters);
  function take<T>(name: string, read: (text: string, name: string) => T, otherwise: T): T {
    const text = rest.get(name);
    rest.delete(name);
    return text === null ? otherwise : read(text, name);
  }
  const most = take('max_conns', wholeNumber, Math.max(2 * cpus, LEAST_CONNECTIONS));
  return {
    pool: {
      most,
      mostIdle: Math.min(most, take('max_idle_conns', wholeNumberOrNone, Math.max(cpus, LEAST_CONNECTIONS))),
      lifetime: take('max_conn_lifetime', duration, 0),
      idleTime: take('max_conn_idle_time', duration, 0),
    },
    rest,
  };
}

/** Two for look-ups and two for writes, so that neither waits for the other. */
const LEAST_CONNECTIONS = 4;

function wholeNumberOrNone(text: string, name: string): number {
  return text === '0' ? 0 : wholeNumber(text, name);
}

function wholeNumber(text: string, name: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new DatabaseUnusable(`The DSN's parameter ${name} is no whole number above zero.`);
}

/** Milliseconds of a duration as Go writes it, as in Hydra: `90s`, `1h30m`, `500ms`; and a bare `0`. */
export function duration(text: string, name: string): number {
  const milliseconds = parseGoDuration(text);
  if (milliseconds !== undefined && milliseconds >= 0) return Math.round(milliseconds);
  throw new DatabaseUnusable(`The DSN's parameter ${name} is no duration such as 90s, 5m or 1h30m.`);
}
