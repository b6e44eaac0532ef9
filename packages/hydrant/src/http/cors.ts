/**
 * CORS (Fetch standard §3.2), as Hydra answers it: the settings' origins first, then those of the client that calls.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Unavailable } from '../protocol/errors.js';
import type { Answer, Ask } from './endpoint.js';

/** What the settings say. */
export interface CorsSettings {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number;
  /**
   * A preflight of any origin is answered with yes: it does not tell which client will call, so only then the origins of
   * clients help requests that need one. Whether the request itself may be read is decided by the request.
   */
  readonly passPreflights?: boolean;
}

export interface Cors {
  readonly settings: CorsSettings;
  /** The origins of the client that sends this request, where it can be told. */
  readonly originsOfClient?: (ask: Ask) => Promise<readonly string[]>;
}

/** Answers a preflight. An origin outside of the settings gets 204 without a single CORS header: the browser says no. */
export function preflight(cors: Cors, headers: IncomingHttpHeaders): Answer {
  const { settings } = cors;
  const origin = headers.origin;
  const vary = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };
  const method = String(headers['access-control-request-method'] ?? '').toUpperCase();
  const allowed = origin && (settings.passPreflights || isAllowed(settings.origins, origin));
  if (!allowed || !settings.methods.includes(method)) return { status: 204, headers: vary };
  const wanted = String(headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const known = settings.headers.map((one) => one.toLowerCase());
  if (wanted.some((one) => !known.includes(one.toLowerCase()) && !known.includes('*')))
    return { status: 204, headers: vary };
  return {
    status: 204,
    headers: {
      ...vary,
      ...originHeaders(settings, origin),
      'access-control-allow-methods': method,
      ...(wanted.length > 0 && { 'access-control-allow-headers': wanted.join(', ') }),
      ...(settings.maxAge > 0 && { 'access-control-max-age': String(settings.maxAge) }),
    },
  };
}

/** The CORS headers of an ordinary answer. */
export async function corsHeaders(cors: Cors, ask: Ask): Promise<Record<string, string>> {
  const origin = ask.headers.origin;
  if (typeof origin !== 'string') return { vary: 'Origin' };
  if (!isAllowed(cors.settings.origins, origin) && !isAllowed(await originsOfClient(cors, ask), origin, false))
    return { vary: 'Origin' };
  return {
    vary: 'Origin',
    ...originHeaders(cors.settings, origin),
    ...(cors.settings.exposed.length > 0 && { 'access-control-expose-headers': cors.settings.exposed.join(', ') }),
  };
}

async function originsOfClient(cors: Cors, ask: Ask): Promise<readonly string[]> {
  try {
    return (await cors.originsOfClient?.(ask)) ?? [];
  } catch (error) {
    // The answer itself says already that something is away; whether this origin may read it nobody can tell now.
    if (error instanceof Unavailable) return [];
    throw error;
  }
}

function originHeaders(settings: CorsSettings, origin: string): Record<string, string> {
  // With credentials a wildcard is not a wildcard (Fetch §3.2.5), so the origin itself is always named.
  return {
    'access-control-allow-origin': origin,
    ...(settings.credentials && { 'access-control-allow-credentials': 'true' }),
  };
}

/** Hydra: an empty list or `*` lets everybody in; a `*` within an origin stands for any text, dots included. */
function isAllowed(patterns: readonly string[], origin: string, emptyMeansAll = true): boolean {
  if (patterns.length === 0) return emptyMeansAll;
  const lower = origin.toLowerCase();
  return patterns.some((pattern) => {
    const [head = '', ...tail] = pattern.toLowerCase().split('*');
    if (tail.length === 0) return head === lower;
    const rest = tail.join('*');
    return lower.length >= head.length + rest.length && lower.startsWith(head) && lower.endsWith(rest);
  });
}
