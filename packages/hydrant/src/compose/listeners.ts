/** The two listeners with their routes. */
import type { Config, ListenerConfig } from '../config/index.js';
import type { Events } from '../events/index.js';
import { adminEndpoints } from '../http/admin/index.js';
import { decodeForm } from '../http/body.js';
import type { Cors } from '../http/cors.js';
import type { Ask, Endpoint } from '../http/endpoint.js';
import { first } from '../http/generations/first.js';
import { second } from '../http/generations/second.js';
import { legacyPaths } from '../http/legacy/index.js';
import { createListener, type Listening } from '../http/listen.js';
import { publicEndpoints } from '../http/public/index.js';
import type { Route } from '../http/routes.js';
import type { UnixSocket } from '../http/unix-socket.js';
import { isStorable } from '../protocol/storable.js';
import type { Store } from '../store/index.js';
import type { FindToken } from '../tokens/find-token.js';
import type { Domain } from './domain.js';
import { corsOf } from './settings.js';

export function publicListener(
  config: Config,
  domain: Domain,
  store: Pick<Store, 'clients'>,
  events: Events,
): Listening {
  const settings = corsOf(config.serve.public);
  const cors: Cors | undefined = settings && {
    settings,
    originsOfClient: (ask) => originsOfClient(ask, store, domain.findToken),
  };
  return createListener({
    name: 'public',
    routes: routesOf(publicEndpoints),
    deps: domain.public,
    ...common(config, config.serve.public, events),
    cors,
  });
}

export function adminListener(config: Config, domain: Domain, events: Events): Listening {
  const settings = corsOf(config.serve.admin);
  const legacy = legacyPaths.map(({ path, endpoint }) => ({ path, endpoint, generation: first }));
  return createListener({
    name: 'admin',
    routes: [...routesOf(adminEndpoints), ...legacy],
    deps: domain.admin,
    ...common(config, config.serve.admin, events),
    cors: settings && { settings },
  });
}

function routesOf<Deps>(endpoints: readonly Endpoint<Deps>[]): Route<Deps>[] {
  return endpoints.map((endpoint) => ({ endpoint, path: endpoint.path, generation: second }));
}

function common(config: Config, listener: ListenerConfig, events: Events) {
  const { tls } = listener;
  const behindProxy = tls.allow_termination_from ?? [];
  return {
    events,
    exposeDebug: config.oauth2.expose_internal_errors,
    logHealth: !listener.request_log.disable_for_health,
    fallback: second,
    // Hydra: a Unix socket never speaks TLS, nor are its requests asked for it.
    ...(tls.enabled && !isUnix(listener) && { tls: { key: tls.key, cert: tls.cert } }),
    // Hydra 2 reads this list and ignores it; here it keeps its meaning: plain requests come from these proxies or not at all.
    ...(behindProxy.length > 0 && !isUnix(listener) && { terminationFrom: behindProxy }),
  };
}

/** Where a listener listens: host and port, or `unix:/path`. */
export function addressOf(listener: ListenerConfig): { host: string; port: number } | UnixSocket {
  const { host, port, socket } = listener;
  if (!isUnix(listener)) return { host: host || '0.0.0.0', port };
  return { path: host.slice('unix:'.length), mode: socket.mode, owner: socket.owner, group: socket.group };
}

function isUnix({ host }: ListenerConfig): boolean {
  return host.startsWith('unix:');
}

/** Hydra: the client that calls is told by the form, the Basic user, or the bearer token. */
async function originsOfClient(
  ask: Ask,
  { clients }: Pick<Store, 'clients'>,
  findToken: FindToken,
): Promise<readonly string[]> {
  const authorization = String(ask.headers.authorization ?? '');
  const bearer = /^bearer +(.+)$/i.exec(authorization)?.[1];
  if (bearer) {
    const found = await findToken(bearer);
    return found.kind === 'live' ? found.client.metadata.allowed_cors_origins : [];
  }
  const basic = /^basic +(.+)$/i.exec(authorization)?.[1];
  const text = basic
    ? Buffer.from(basic, 'base64').toString().split(':')[0]
    : (await decodeForm(ask))?.get('client_id');
  const id = text ? formDecoded(text) : '';
  // The request itself is refused for such an id; no database is to be asked for it.
  const client = id !== '' && isStorable(id) ? await clients.find(id) : undefined;
  return client?.metadata.allowed_cors_origins ?? [];
}

/** An id as it is meant; a broken escape names nobody. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
