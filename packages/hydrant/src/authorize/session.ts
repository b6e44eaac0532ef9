import { mintHandle, readHandle } from '../crypto/handle.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { LoginSession } from '../model/login-session.js';
import type { Clock } from '../protocol/time.js';
import type { SessionStore } from '../store/index.js';

export interface SessionOptions {
  readonly sessions: SessionStore;
  /** `secrets.cookie`. */
  readonly cookieRing: SecretRing;
  readonly clock: Clock;
}

/** The value of the session cookie: the `sid` under a MAC. */
export function sessionHandle(id: string, ring: SecretRing): string {
  return mintHandle('session', Buffer.from(id.replaceAll('-', ''), 'hex'), ring);
}

/** The `sid` of a session cookie; `undefined` for one that was tampered with. */
export function sessionIdOf(handle: string | undefined, ring: SecretRing): string | undefined {
  const key = handle === undefined ? undefined : readHandle('session', handle, ring);
  return key?.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The remembered login of this browser, unless it is over. */
export async function findSession(
  handle: string | undefined,
  { sessions, cookieRing, clock }: SessionOptions,
): Promise<LoginSession | undefined> {
  const id = sessionIdOf(handle, cookieRing);
  const session = id === undefined ? undefined : await sessions.find(id);
  return session && session.expiresAt > clock.now() ? session : undefined;
}
