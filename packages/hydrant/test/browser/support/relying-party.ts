/** A small app that logs people in through Hydrant: code and PKCE (RFC 7636), ID token kept for logout. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Hydrant } from '../../support/start-hydrant.js';

/** What came back to the app, once for each visit of its callback. */
export interface Arrival {
  readonly method: string;
  readonly params: URLSearchParams;
  /** The token endpoint's answer, where there was a code. */
  readonly tokens?: Readonly<Record<string, unknown>>;
}

export interface RelyingParty extends AsyncDisposable {
  readonly clientId: string;
  readonly url: string;
  /** Address that begins a login, with further parameters for the authorization endpoint. */
  begin(params?: Readonly<Record<string, string>>): string;
  readonly arrivals: readonly Arrival[];
  /** Queries of the visits of the front-channel logout address. */
  readonly frontChannel: readonly URLSearchParams[];
}

export interface RelyingPartyOptions {
  readonly clientName?: string;
  readonly scope?: string;
  /** Further client metadata; `{url}` stands for the app's own address. */
  readonly client?: Readonly<Record<string, unknown>>;
}

/** Registers a client and serves its app on a port of its own. */
export async function startRelyingParty(hydrant: Hydrant, options: RelyingPartyOptions = {}): Promise<RelyingParty> {
  const { clientName = 'Photo album', scope = 'openid offline_access email photos.read', client = {} } = options;
  const verifiers = new Map<string, string>();
  const arrivals: Arrival[] = [];
  const frontChannel: URLSearchParams[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const url = await listen(server);
  const redirectUri = `${url}/callback`;
  const registered = await register();
  const [clientId, clientSecret] = [String(registered.client_id), String(registered.client_secret)];

  async function register(): Promise<Record<string, unknown>> {
    const answer = await fetch(`${hydrant.adminUrl}/admin/clients`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: clientName,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [`${url}/goodbye`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        scope,
        token_endpoint_auth_method: 'client_secret_post',
        ...JSON.parse(JSON.stringify(client).replaceAll('{url}', url)),
      }),
    });
    if (answer.status !== 201) throw new Error(`the client was refused: ${await answer.text()}`);
    return jsonObject(await answer.text());
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (pathname === '/begin') return go(response, authorizationUrl(searchParams));
    if (pathname === '/callback')
      return show(response, await arrive(request.method === 'POST' ? await formOf(request) : searchParams, request));
    if (pathname === '/goodbye') return show(response, `goodbye ${searchParams.get('state') ?? ''}`.trim());
    if (pathname === '/front-channel') {
      frontChannel.push(searchParams);
      return show(response, 'logged out here');
    }
    response.writeHead(204).end();
  }

  function authorizationUrl(further: URLSearchParams): string {
    const [state, verifier] = [randomBytes(16).toString('base64url'), randomBytes(32).toString('base64url')];
    verifiers.set(state, verifier);
    const target = new URL(`${hydrant.publicUrl}/oauth2/auth`);
    target.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state,
      nonce: `nonce-of-${state}`,
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      ...Object.fromEntries(further),
    }).toString();
    return target.href;
  }

  async function arrive(params: URLSearchParams, request: IncomingMessage): Promise<string> {
    const method = request.method ?? 'GET';
    const verifier = verifiers.get(params.get('state') ?? '');
    const code = params.get('code');
    if (verifier === undefined) return 'unknown state';
    if (code === null) {
      arrivals.push({ method, params });
      return `refused: ${params.get('error')}`;
    }
    const body = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const answer = await fetch(`${hydrant.publicUrl}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...body, client_id: clientId, client_secret: clientSecret }),
    });
    const tokens = jsonObject(await answer.text());
    arrivals.push({ method, params, tokens });
    return answer.ok ? `welcome ${claimsOf(tokens.id_token).sub}` : `no token: ${tokens.error}`;
  }

  return {
    clientId,
    url,
    begin: (params = {}) => `${url}/begin?${new URLSearchParams(params)}`,
    arrivals,
    frontChannel,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The claims of an ID token, unverified: it came from the token endpoint itself. */
export function claimsOf(idToken: unknown): Record<string, unknown> {
  return jsonObject(Buffer.from(String(idToken).split('.')[1] ?? '', 'base64url').toString() || '{}');
}

function jsonObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError(`not a JSON object: ${text}`);
  return { ...value };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function go(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

function show(response: ServerResponse, text: string): void {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><html lang="en"><title>App</title><h1 id="app">${escaped}</h1></html>`);
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
}
