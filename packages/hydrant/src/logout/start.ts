/** The first visit of the logout endpoint (OpenID Connect RP-Initiated Logout 1.0 §2): who wants whom logged out, and may they? */

import { readHint, refuseHint } from '../authorize/hint.js';
import { findSession } from '../authorize/session.js';
import { mintHandle, newHandleKey } from '../crypto/handle.js';
import type { Client } from '../model/client.js';
import type { LogoutRequest } from '../model/logout.js';
import { OAuthError } from '../protocol/errors.js';
import { withQuery } from '../protocol/redirect-uri.js';
import { fromSeconds } from '../protocol/time.js';
import type { LogoutOptions, LogoutOutcome } from './options.js';

/** A logout with a hint may come minutes or a day after the tab was opened; nothing is lost by keeping it so long. */
const RP_INITIATED_LIFETIME = 86_400_000;

export interface LogoutVisit {
  readonly params: URLSearchParams;
  readonly session: string | undefined;
  /** Path and query as the browser asked. */
  readonly url: string;
}

/** @throws OAuthError for the error page. */
export function startLogout(visit: LogoutVisit, options: LogoutOptions): Promise<LogoutOutcome> {
  return visit.params.get('id_token_hint') ? byClient(visit, options) : byServer(visit, options);
}

async function byServer(visit: LogoutVisit, options: LogoutOptions): Promise<LogoutOutcome> {
  for (const name of ['state', 'post_logout_redirect_uri']) {
    if (visit.params.get(name))
      throw new OAuthError('invalid_request', `The parameter '${name}' needs an id_token_hint beside it.`);
  }
  const session = await findSession(visit.session, options);
  const target = options.urls.postLogoutRedirect;
  if (!session) return { kind: 'redirect', url: target };
  return ask(
    { subject: session.subject, sessionId: session.id, rpInitiated: false, clientId: null, target },
    visit,
    options,
  );
}

async function byClient(visit: LogoutVisit, options: LogoutOptions): Promise<LogoutOutcome> {
  const hint = await readSession(visit.params.get('id_token_hint') ?? '', options);
  const client = await clientOf(hint.aud, options);
  const target = targetOf(visit.params, client, options);
  const session = await options.sessions.find(hint.sid);
  // Nobody to log out: the client's own logout is all there is. The browser's cookie plays no role with a hint.
  if (!session || session.expiresAt <= options.clock.now()) return { kind: 'redirect', url: target };
  return ask(
    { subject: session.subject, sessionId: session.id, rpInitiated: true, clientId: client.id, target },
    visit,
    options,
  );
}

async function ask(
  known: Pick<LogoutRequest, 'subject' | 'sessionId' | 'rpInitiated' | 'clientId' | 'target'>,
  visit: LogoutVisit,
  options: LogoutOptions,
): Promise<LogoutOutcome> {
  const now = options.clock.now();
  const key = newHandleKey(now + (known.rpInitiated ? RP_INITIATED_LIFETIME : options.lifetime), options.random);
  await options.logouts.insert({ ...known, key, stage: 'asked', requestUrl: visit.url, requestedAt: now });
  return {
    kind: 'redirect',
    url: withQuery(options.urls.logout, { logout_challenge: mintHandle('logout_challenge', key, options.ring) }),
  };
}

interface Hint {
  readonly sid: string;
  readonly aud: readonly string[];
}

/** What a hint says of the session it is from. */
async function readSession(hint: string, options: LogoutOptions): Promise<Hint> {
  const { iss, iat, sid, aud } = await readHint(hint, options.idTokenKeys);
  if (iss !== options.issuer) throw refuseHint('has another issuer');
  if (typeof iat !== 'number' || fromSeconds(iat) > options.clock.now())
    throw refuseHint('has no iat, or one in the future');
  if (typeof sid !== 'string' || sid === '') throw refuseHint('has no sid');
  return { sid, aud: [aud ?? []].flat().filter((one) => typeof one === 'string') };
}

async function clientOf(audience: readonly string[], { clients }: LogoutOptions): Promise<Client> {
  for (const id of audience) {
    const client = await clients.find(id);
    if (client) return client;
  }
  throw new OAuthError('invalid_request', 'The id_token_hint is not for a client that exists.');
}

/** The client's own page after logout, if it registered it, byte for byte; otherwise the operator's. */
function targetOf(params: URLSearchParams, client: Client, { urls }: LogoutOptions): string {
  const wanted = params.get('post_logout_redirect_uri');
  if (!wanted) return urls.postLogoutRedirect;
  if (!client.metadata.post_logout_redirect_uris.includes(wanted)) {
    throw new OAuthError('invalid_request', 'The post_logout_redirect_uri is not one that the client registered.');
  }
  return withQuery(wanted, { state: params.get('state') || undefined });
}
