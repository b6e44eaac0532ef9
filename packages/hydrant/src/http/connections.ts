/** How a listener's connections end, so that no request is lost with one. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface Connections {
  /** From now on each answer is the last one on its connection, and says so (RFC 9112 §9.6); everything is still answered. */
  lastAnswers(): void;
  /** Takes no new connection, finishes what is under way, and resolves when every connection has ended. */
  close(): Promise<void>;
}

/** Milliseconds in which what is on its way over an open connection may still arrive. */
const LAST_BYTES_MS = 200;

/** To be called before the server listens. */
export function watchConnections(app: FastifyInstance): Connections {
  const open = new Set<Socket>();
  let underWay = 0;
  let last = false;
  let closing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  app.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.server.on('request', (_request: unknown, response: ServerResponse) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      endUnused();
    });
  });
  // When the answer goes out, and not when the request came in: it may have come before anybody thought of stopping.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (last) reply.header('connection', 'close');
    done(null, payload);
  });

  /** Node ends the connections that have had an answer; those that were only opened would stay for a minute. */
  function endUnused(): void {
    if (closing === undefined || underWay > 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (underWay > 0) return;
      for (const socket of open) socket.destroy();
    }, LAST_BYTES_MS);
  }

  function lastAnswers(): void {
    last = true;
  }

  return {
    lastAnswers,
    close() {
      lastAnswers();
      closing ??= app.close().finally(() => clearTimeout(timer));
      endUnused();
      return closing;
    },
  };
}
