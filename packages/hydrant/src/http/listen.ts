/** Sockets, TLS, proxies, shutdown: the one file that knows Fastify and Node's server. */
import type { TLSSocket } from 'node:tls';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { OAuthError } from '../protocol/errors.js';
import { announce } from './announce.js';
import { watchConnections } from './connections.js';
import { parseCookies } from './cookies.js';
import { type Cors, corsHeaders, preflight } from './cors.js';
import { type Answer, type Ask, type Endpoint, redirect } from './endpoint.js';
import { errorAnswer, refusalOf } from './errors.js';
import type { Generation } from './generation.js';
import { isTrustedProxy } from './proxies.js';
import { allowedMethods, byPath, methodsByPath, type Route } from './routes.js';
import { requireStorable } from './storable.js';
import { readTls, type TlsMaterial, type TlsSources, tlsRenewal } from './tls.js';
import { clearTheWay, dress, type UnixSocket } from './unix-socket.js';
import { notFound, wrongMethod } from './unknown.js';

/** What the adapter reports; both are told once a request. */
export interface ListenerEvents {
  request(seen: {
    listener: 'public' | 'admin';
    method: string;
    endpoint: string;
    status: number;
    seconds: number;
    requestBytes: number;
    responseBytes: number;
    log: boolean;
  }): void;
  unexpected(error: unknown, where: string): void;
}

export interface ListenerOptions<Deps> {
  readonly name: 'public' | 'admin';
  readonly routes: readonly Route<Deps>[];
  readonly deps: Deps;
  readonly events: ListenerEvents;
  readonly cors: Cors | undefined;
  readonly exposeDebug: boolean;
  readonly logHealth: boolean;
  readonly fallback: Generation;
  readonly tls?: TlsSources;
  /** CIDRs of proxies that may end TLS for us; where given, every other plain request is refused. */
  readonly terminationFrom?: readonly string[];
  readonly bodyLimit?: number;
}

export interface Listening {
  readonly app: FastifyInstance;
  /**
   * Resolves with the URL; `file` receives the bound address, as `host:port` or a path. Rejects with
   * {@link ListenerUnusable}, or with what the system says of the address.
   */
  listen(address: { host: string; port: number } | UnixSocket, file?: string): Promise<string>;
  /** Where there is TLS: takes up the certificate that lies there now. Throws {@link ListenerUnusable}, and keeps the old one. */
  readonly renewTls?: () => void;
  /** From now on the answers ask their receivers to go elsewhere with what comes next. */
  drain(): void;
  /** Takes no new connection, finishes what is under way, and resolves when every connection has ended. */
  close(): Promise<void>;
}

const HEALTH = /^\/(admin\/)?(health\/|metrics\/)/;

/** Makes one of the two servers; it does not listen yet. */
export function createListener<Deps>(options: ListenerOptions<Deps>): Listening {
  const material = options.tls && readTls(options.name, options.tls);
  const app = fastify(options, material);
  // The endpoints decode their bodies themselves: Hydra's clients send JSON under any content type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // …and under words that are no content type, which Fastify would refuse.
  app.addHook('onRequest', async ({ headers }) => {
    if (!/^[^\s/;]+\/[^\s/;]+/.test(headers['content-type'] ?? '')) delete headers['content-type'];
  });

  const methods = methodsByPath(options.routes);
  for (const route of options.routes) {
    app.route({
      method: route.endpoint.method,
      url: route.path,
      handler: (request, reply) => serve(options, route, request, reply),
    });
  }
  if (options.cors) {
    const cors = options.cors;
    for (const path of byPath(options.routes.filter((route) => route.endpoint.cors !== false)).keys()) {
      app.options(path, (request, reply) => send(reply, preflight(cors, request.headers)));
    }
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const allowed = allowedMethods(methods, path);
    const answer =
      allowed.length > 0 ? wrongMethod(options.name, allowed, path) : notFound(options.name, request.headers, path);
    return send(reply, answer);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    // Only what Fastify itself refuses ends here: a body beyond the limit.
    const status = error.statusCode && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500)
      options.events.unexpected(error, `${request.method} ${request.routeOptions.url ?? 'unknown path'}`);
    const refusal = new OAuthError(
      status === 500 ? 'server_error' : 'invalid_request',
      status === 500 ? undefined : error.message,
      { status },
    );
    return send(reply, errorAnswer(refusal, { errors: 'service' }, askOf(request, options.fallback), false));
  });
  observe(app, options);
  const connections = watchConnections(app);
  return {
    app,
    async listen(address, file) {
      const url = await open(app, address);
      if (file !== undefined) announce(app.server.address(), file);
      return url;
    },
    ...(options.tls && material && { renewTls: tlsRenewal(app.server, options.name, options.tls, material) }),
    drain: connections.lastAnswers,
    close: connections.close,
  };
}

async function open(app: FastifyInstance, address: { host: string; port: number } | UnixSocket): Promise<string> {
  if ('port' in address) return app.listen(address);
  await clearTheWay(address.path);
  const url = await app.listen({ path: address.path });
  dress(address);
  return url;
}

function fastify<Deps>(options: ListenerOptions<Deps>, tls: TlsMaterial | undefined): FastifyInstance {
  const common = {
    logger: false,
    bodyLimit: options.bodyLimit ?? 1 << 20,
    // Handles are short, but `request` objects and hints travel in the query (OpenID Connect Core §6).
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2048 },
    keepAliveTimeout: 72_000,
    requestTimeout: 60_000,
    forceCloseConnections: 'idle' as const,
    return503OnClosing: false,
    exposeHeadRoutes: true,
    http: { maxHeaderSize: 64 * 1024 },
    // By itself Fastify repeats the path, and tells its own code.
    frameworkErrors: (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) => {
      const status = error.statusCode ?? 400;
      const hint = 'The path cannot be decoded, or a part of it is too long.';
      const refusal = new OAuthError('invalid_request', hint, { status });
      send(reply, errorAnswer(refusal, { errors: 'service' }, askOf(request, options.fallback), false));
    },
  };
  if (!tls) return Fastify(common);
  return Fastify({ ...common, https: { ...tls, maxHeaderSize: 64 * 1024 } }) as unknown as FastifyInstance;
}

async function serve<Deps>(
  options: ListenerOptions<Deps>,
  route: Route<Deps>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ask = askOf(request, route.generation);
  if (route.generation.trailingSlash === 'redirected' && isSlashed(request.url))
    return send(reply, withoutSlash(request));
  let answer = await answerTo(options, route.endpoint, ask, request);
  if (options.cors && route.endpoint.cors !== false) {
    answer = { ...answer, headers: { ...answer.headers, ...(await corsHeaders(options.cors, ask)) } };
  }
  if (ask.method === 'GET' && route.generation.cacheControl && !answer.headers?.['cache-control']) {
    reply.header('cache-control', route.generation.cacheControl);
  }
  return send(reply, answer);
}

async function answerTo<Deps>(
  options: ListenerOptions<Deps>,
  endpoint: Endpoint<Deps>,
  ask: Ask,
  request: FastifyRequest,
): Promise<Answer> {
  const untrusted = refusalOfPlain(options, request, endpoint.path);
  if (untrusted) return errorAnswer(untrusted, endpoint, ask, options.exposeDebug);
  try {
    requireStorable(ask);
    return await endpoint.handle(ask, options.deps);
  } catch (error) {
    const refusal = refusalOf(error, endpoint, ask);
    if (refusal) {
      if (refusal.cause !== undefined) options.events.unexpected(refusal.cause, endpoint.operation);
      if (endpoint.refused) return endpoint.refused(refusal, options.deps);
      return errorAnswer(refusal, endpoint, ask, options.exposeDebug);
    }
    options.events.unexpected(error, endpoint.operation);
    return errorAnswer(new OAuthError('server_error'), endpoint, ask, false);
  }
}

function isSlashed(url: string): boolean {
  return /^[^?]+\/(\?|$)/.test(url);
}

/** Hydra: 307 keeps the method of what is no GET. */
function withoutSlash(request: FastifyRequest): Answer {
  const location = request.url.replace(/\/+(?=\?|$)/, '').replace(/^\/{2,}/, '/');
  return redirect(location, request.method === 'GET' ? 301 : 307);
}

/** Where proxies end TLS, every other plain request is refused (configuration contract §7.5); health checks are not. */
function refusalOfPlain<Deps>(
  options: ListenerOptions<Deps>,
  request: FastifyRequest,
  path: string,
): OAuthError | undefined {
  if (!options.terminationFrom || HEALTH.test(path) || (request.raw.socket as TLSSocket).encrypted) return undefined;
  const forwarded = [request.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((one) => one.trim());
  const near = [request.raw.socket.remoteAddress ?? '', ...forwarded].some((address) =>
    isTrustedProxy(options.terminationFrom ?? [], address),
  );
  if (near && request.headers['x-forwarded-proto'] === 'https') return undefined;
  return new OAuthError(
    'error',
    'This server expects TLS: call it by https, or through a proxy of serve.tls.allow_termination_from that sends X-Forwarded-Proto: https.',
    { status: 502 },
  );
}

function askOf(request: FastifyRequest, generation: Generation): Ask {
  const at = request.url.indexOf('?');
  const rawQuery = at < 0 ? '' : request.url.slice(at + 1);
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    url: request.url,
    params: (request.params ?? {}) as Record<string, string>,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: request.headers,
    cookies: parseCookies(request.headers.cookie),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    generation,
  };
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status);
  if (answer.headers) reply.headers(answer.headers);
  if (answer.cookies?.length) reply.header('set-cookie', answer.cookies);
  if (answer.location !== undefined) reply.header('location', answer.location);
  reply.header('x-content-type-options', 'nosniff');
  if (answer.page) {
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': answer.page.csp,
        'x-frame-options': 'DENY',
      })
      .send(answer.page.html);
  }
  // Bytes, since Fastify writes a charset behind the type of a text, which `application/json` has not (RFC 8259 §11).
  if (answer.text) return reply.header('content-type', answer.text.type).send(Buffer.from(answer.text.body));
  if (answer.json !== undefined) {
    if (!reply.hasHeader('content-type')) reply.header('content-type', 'application/json; charset=utf-8');
    return reply.send(`${JSON.stringify(answer.json)}\n`);
  }
  return reply.send();
}

function observe<Deps>(app: FastifyInstance, options: ListenerOptions<Deps>): void {
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.url?.replaceAll(/:[^/]+/g, '{param}') ?? 'unknown';
    options.events.request({
      listener: options.name,
      method: request.method,
      endpoint,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
      requestBytes: Number(request.headers['content-length'] ?? 0),
      responseBytes: Number(reply.getHeader('content-length') ?? 0),
      log: options.logHealth || !HEALTH.test(endpoint),
    });
  });
}
