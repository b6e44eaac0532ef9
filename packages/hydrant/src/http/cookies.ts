/** Cookies of the login walk: their names, attributes and wire form (RFC 6265). */
import type { Seconds } from '../protocol/time.js';

/** The steps of a flow that are bound to the browser it began in. */
export type CsrfKind = 'login_csrf' | 'consent_csrf' | 'device_csrf';

/** What the settings say of cookies. */
export interface CookieSettings {
  readonly names: Readonly<Record<'session' | CsrfKind, string>>;
  readonly sessionPath: string;
  readonly domain: string | undefined;
  readonly secure: boolean;
  readonly sameSite: 'Lax' | 'Strict' | 'None';
  /** Also set a copy without SameSite for old browsers that misread `None`. */
  readonly legacyCopy: boolean;
  /** Appended to every name: `_dev` in development mode. */
  readonly suffix: string;
}

/** Reads a `Cookie` header; of repeated names the first counts. */
export function parseCookies(header: string | undefined): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const name = part.slice(0, at).trim();
    cookies[name] ??= part
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
  }
  return cookies;
}

interface CookieLine {
  readonly name: string;
  readonly value: string;
  /** `undefined`: as long as the browser runs. 0: away with it. */
  readonly maxAge: Seconds | undefined;
  readonly path?: string;
}

function serialize(cookie: CookieLine, settings: CookieSettings, sameSite: string | undefined): string {
  const parts = [`${cookie.name}=${cookie.value}`, `Path=${cookie.path ?? '/'}`];
  if (settings.domain) parts.push(`Domain=${settings.domain}`);
  if (cookie.maxAge !== undefined) parts.push(`Max-Age=${cookie.maxAge}`);
  if (cookie.maxAge === 0) parts.push('Expires=Thu, 01 Jan 1970 00:00:00 GMT');
  parts.push('HttpOnly');
  if (settings.secure) parts.push('Secure');
  if (sameSite) parts.push(`SameSite=${sameSite}`);
  return parts.join('; ');
}

/** The line that remembers a login, or (without value) ends it. */
export function sessionCookie(
  value: string | undefined,
  maxAge: Seconds | undefined,
  settings: CookieSettings,
): string {
  const name = settings.names.session + settings.suffix;
  return serialize(
    { name, value: value ?? '', maxAge: value === undefined ? 0 : maxAge, path: settings.sessionPath },
    settings,
    settings.sameSite,
  );
}

export function readSessionCookie(
  cookies: Readonly<Record<string, string | undefined>>,
  settings: CookieSettings,
): string | undefined {
  return cookies[settings.names.session + settings.suffix];
}

/**
 * The name of a CSRF cookie. Each flow has its own, made from the end of its challenge, so that two tabs never break each
 * other (Hydra has one for each client, and the tab that came second wins).
 */
function csrfName(kind: CsrfKind, flow: string, settings: CookieSettings): string {
  return `${settings.names[kind]}${settings.suffix}_${flow}`;
}

/** The lines that bind one step of a flow to this browser. */
export function csrfCookies(
  kind: CsrfKind,
  flow: string,
  value: string,
  maxAge: Seconds,
  settings: CookieSettings,
): string[] {
  const name = csrfName(kind, flow, settings);
  const lines = [serialize({ name, value, maxAge }, settings, settings.sameSite)];
  if (settings.legacyCopy && settings.sameSite === 'None')
    lines.push(serialize({ name: `${name}_legacy`, value, maxAge }, settings, undefined));
  return lines;
}

/** The CSRF value that this browser holds for a flow, and the name of the cookie that it should be in. */
export function readCsrfCookie(
  kind: CsrfKind,
  flow: string,
  cookies: Readonly<Record<string, string | undefined>>,
  settings: CookieSettings,
): { name: string; values: string[] } {
  const name = csrfName(kind, flow, settings);
  return { name, values: [cookies[name], cookies[`${name}_legacy`]].filter((value) => value !== undefined) };
}

/** Lines that take a finished flow's cookies away again. */
export function expiredCsrfCookies(flow: string, settings: CookieSettings): string[] {
  return (['login_csrf', 'consent_csrf'] as const).flatMap((kind) => csrfCookies(kind, flow, '', 0, settings));
}
