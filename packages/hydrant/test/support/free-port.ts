/** Ports for servers of the tests. */
import { createServer } from 'node:net';

/**
 * Ports below those that the system gives to outgoing connections, a thousand for each process: one that is free now is
 * not somebody else's a moment later.
 */
const FIRST_PORT = 11_000 + (process.pid % 21) * 1_000;
/** Of two processes that share a thousand, each begins elsewhere in it: a server may bind its port much later. */
let offset = (Math.floor(process.pid / 21) * 97) % 1_000;

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = FIRST_PORT + (offset++ % 1_000);
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
