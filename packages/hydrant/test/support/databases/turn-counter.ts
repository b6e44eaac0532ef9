/** Counts how often somebody waits for a database: a TCP proxy that sees whose turn it is. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TurnCounter extends AsyncDisposable {
  /** The database by way of the counter. */
  readonly dsn: string;
  /** Whatever was sent before an answer came is one turn, on each connection. */
  turns(): number;
}

const ADDRESS = /127\.0\.0\.1:(\d+)/;

/** `leavesOut` says of the first bytes of a turn, in which the text of a statement that is not prepared can be read, that it does not count. */
export async function startTurnCounter(dsn: string, leavesOut: RegExp): Promise<TurnCounter> {
  const [, databasePort] = ADDRESS.exec(dsn) ?? [];
  const sockets = new Set<Socket>();
  let turns = 0;

  const server = createServer({ noDelay: true }, (client) => {
    const database = connect({ host: '127.0.0.1', port: Number(databasePort), noDelay: true });
    let isAnswered = true;
    client.on('data', (bytes) => {
      if (isAnswered && !leavesOut.test(bytes.toString('latin1'))) turns += 1;
      isAnswered = false;
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      isAnswered = true;
      client.write(bytes);
    });
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('end', () => other.end());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    dsn: dsn.replace(ADDRESS, `127.0.0.1:${port}`),
    turns: () => turns,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
