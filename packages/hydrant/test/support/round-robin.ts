/**
 * A load balancer as plain as they come: each request goes to the next node that says it is ready, on a connection that is
 * kept open. It retries nothing, so what a node does to a request is what its sender sees.
 */
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { send } from './browser.js';

export interface Node {
  readonly publicUrl: string;
  readonly adminUrl: string;
}

type Side = 'publicUrl' | 'adminUrl';

export interface RoundRobin extends AsyncDisposable {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** Indices of the nodes, request by request, both listeners together. */
  readonly served: readonly number[];
  /** What became of requests that got no answer, as the sender saw it: 502, or 503 where no node was ready. */
  readonly failures: readonly string[];
  /** Whether a node is sent requests at the moment. */
  isIn(node: number): boolean;
}

export interface RoundRobinOptions {
  readonly nodes: readonly Node[];
  readonly ports: readonly [publicPort: number, adminPort: number];
  /** Milliseconds between two health checks of a node; without them every node is taken for ready. */
  readonly checkEvery?: number;
}

export async function startRoundRobin({ nodes, ports, checkEvery }: RoundRobinOptions): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true });
  const served: number[] = [];
  const failures: string[] = [];
  const ready = nodes.map(() => true);
  const stopped = new AbortController();
  let turn = 0;

  function next(): number | undefined {
    for (let tries = 0; tries < nodes.length; tries++) {
      const node = turn++ % nodes.length;
      if (ready[node]) return node;
    }
    return undefined;
  }

  function forward(side: Side, asked: IncomingMessage, answer: ServerResponse): void {
    const node = next();
    const base = node === undefined ? undefined : nodes[node]?.[side];
    const fail = (status: number, why: string) => {
      failures.push(`${asked.method} ${asked.url?.split('?')[0]}: ${why}`);
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(status).end(why);
    };
    if (node === undefined || base === undefined) {
      fail(503, 'no node is ready');
      return;
    }
    served.push(node);
    const { connection: _, ...headers } = asked.headers;
    const onward = request(new URL(asked.url ?? '/', base), {
      agent,
      method: asked.method ?? 'GET',
      headers: { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' },
    });
    onward.on('response', (got) => {
      const { connection: _own, 'keep-alive': _timeout, ...rest } = got.headers;
      answer.writeHead(got.statusCode ?? 502, rest);
      got.pipe(answer);
      got.on('error', (error) => fail(502, `node ${node}: ${error.message}`));
    });
    onward.on('error', (error) => fail(502, `node ${node}: ${error.message}`));
    asked.pipe(onward);
  }

  async function check(node: number, url: string): Promise<void> {
    while (!stopped.signal.aborted) {
      ready[node] = await send(`${url}/health/ready`, { headers: { connection: 'close' } }).then(
        ({ status }) => status === 200,
        () => false,
      );
      await pause(checkEvery, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  const checks = checkEvery === undefined ? [] : nodes.map(({ publicUrl }, node) => check(node, publicUrl));
  const servers = await Promise.all(
    (['publicUrl', 'adminUrl'] as const).map((side, index) =>
      listen(
        createServer((asked, answer) => forward(side, asked, answer)),
        ports[index] ?? 0,
      ),
    ),
  );
  return {
    publicUrl: `http://127.0.0.1:${ports[0]}`,
    adminUrl: `http://127.0.0.1:${ports[1]}`,
    served,
    failures,
    isIn: (node) => ready[node] ?? false,
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await Promise.all(servers.map((close) => close()));
      agent.destroy();
      await Promise.all(checks);
    },
  };
}

async function listen(server: Server, port: number): Promise<() => Promise<void>> {
  // Its own senders are to lose nothing either: they keep connections for as long as the test lasts.
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}
