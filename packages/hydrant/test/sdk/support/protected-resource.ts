/** An MCP server, as far as a client's authorization sees one: metadata (RFC 9728), bearer tokens, one answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Hydrant } from '../../support/start-hydrant.js';

export interface ProtectedResource extends AsyncDisposable {
  /** The resource indicator (RFC 8707), which is also where it is served. */
  readonly url: string;
}

/** Takes tokens that the authorization server calls active and that are for this resource alone; answers who they speak for. */
export async function startProtectedResource(
  hydrant: Hydrant,
  { issuer = hydrant.publicUrl, scopes }: { issuer?: string; scopes: readonly string[] },
): Promise<ProtectedResource> {
  const server = createServer((request, response) => void answer(request, response));
  const origin = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
  const resource = `${origin}/mcp`;
  const metadataPath = '/.well-known/oauth-protected-resource/mcp';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === metadataPath) {
      return json(response, 200, { resource, authorization_servers: [issuer], scopes_supported: scopes });
    }
    if (request.url !== '/mcp') return json(response, 404, {});
    const { active, aud, sub } = await introspect(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (!active || JSON.stringify(aud) !== JSON.stringify([resource])) {
      response.setHeader('www-authenticate', `Bearer resource_metadata="${origin}${metadataPath}"`);
      return json(response, 401, {});
    }
    if (request.method !== 'POST') return json(response, 405, {});
    const { id } = JSON.parse(await text(request));
    return json(response, 200, { jsonrpc: '2.0', id, result: { sub } });
  }

  async function introspect(token: string): Promise<Record<string, unknown>> {
    const body = new URLSearchParams({ token });
    const answer = await fetch(`${hydrant.adminUrl}/admin/oauth2/introspect`, { method: 'POST', body });
    return JSON.parse(await answer.text());
  }

  return {
    url: resource,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
