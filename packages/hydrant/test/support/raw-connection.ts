/** A TCP connection with nothing on top: for what a client's library hides. */
import { connect } from 'node:net';
import { eventually } from './eventually.js';

export interface RawConnection extends Disposable {
  write(text: string): void;
  /** What has come so far. */
  received(): string;
  /** Resolves when all of it together looks so. */
  hasReceived(what: RegExp): Promise<void>;
  /** Resolves when the other side has ended the connection: `end` in order, else the code of the error. */
  readonly ended: Promise<string>;
}

export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => (received += text));
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    ended,
    write: (text) => void socket.write(text),
    received: () => received,
    hasReceived: (what) => eventually(`${what} has come`, () => what.test(received)),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
