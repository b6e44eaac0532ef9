/** The second visit of the logout endpoint: the logout app has agreed. Ends the session and tells the clients. */

import { findSession } from '../authorize/session.js';
import { handleExpiry, readHandle } from '../crypto/handle.js';
import type { Client } from '../model/client.js';
import type { LogoutNotice, LogoutRequest } from '../model/logout.js';
import { OAuthError } from '../protocol/errors.js';
import { withQuery } from '../protocol/redirect-uri.js';
import type { LogoutOptions, LogoutOutcome } from './options.js';

/** @throws OAuthError for the error page. */
export async function finishLogout(
  verifier: string,
  session: string | undefined,
  options: LogoutOptions,
): Promise<LogoutOutcome> {
  const { clock, logouts } = options;
  const key = readHandle('logout_verifier', verifier, options.ring);
  if (!key) throw new OAuthError('Not Found');
  if (handleExpiry(key) <= clock.now())
    throw new OAuthError('request_unauthorized', 'The logout took too long, please try again.');
  const request = await logouts.find(key);
  if (!request || request.stage === 'asked' || request.stage === 'rejected') throw new OAuthError('Not Found');
  // Followed again: there is nothing left to do but to go where the first visit went.
  if (request.stage === 'completed') return { kind: 'redirect', url: request.target };
  if (!request.rpInitiated && !(await isStillTheirs(request, session, options)))
    return { kind: 'redirect', url: request.target };
  return complete(request, options);
}

/** Without a hint the logout is for this browser's session alone; if somebody else logged in meanwhile, they stay. */
async function isStillTheirs(
  request: LogoutRequest,
  handle: string | undefined,
  options: LogoutOptions,
): Promise<boolean> {
  const session = await findSession(handle, options);
  return session?.subject === request.subject;
}

async function complete(request: LogoutRequest, options: LogoutOptions): Promise<LogoutOutcome> {
  const clients = await clientsOf(request.sessionId, options);
  const notices = noticesFor(clients, request.sessionId, options);
  const won = await options.logouts.complete(request.key, request.sessionId, notices);
  if (won && notices.length > 0) options.deliverSoon();
  const frames = clients.flatMap(({ metadata }) =>
    metadata.frontchannel_logout_uri
      ? [withQuery(metadata.frontchannel_logout_uri, { iss: options.issuer, sid: request.sessionId })]
      : [],
  );
  return frames.length > 0
    ? { kind: 'frames', frames, url: request.target }
    : { kind: 'redirect', url: request.target, endSession: true };
}

/** The clients that got a grant in this session. */
export async function clientsOf(
  sessionId: string,
  { families, clients }: Pick<LogoutOptions, 'families' | 'clients'>,
): Promise<Client[]> {
  const ids = await families.clientsOfSession(sessionId);
  const found = await Promise.all(ids.map((id) => clients.find(id)));
  return found.filter((client) => client !== undefined);
}

/** A notice for each client that wants to be told behind the browser's back. */
export function noticesFor(
  clients: readonly Client[],
  sessionId: string,
  { random, clock }: Pick<LogoutOptions, 'random' | 'clock'>,
): LogoutNotice[] {
  const now = clock.now();
  return clients
    .filter(({ metadata }) => metadata.backchannel_logout_uri !== '')
    .map(({ id }) => ({ id: random.uuid(), clientId: id, sessionId, attempts: 0, dueAt: now, createdAt: now }));
}
