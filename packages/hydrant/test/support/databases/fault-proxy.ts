/** What may happen between a server and its database, on demand: a TCP proxy that delays, holds, cuts and refuses. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.js';

/** Looks at bytes from a client as they came in, which for a short statement is all of it. */
export type Matches = (bytes: Buffer) => boolean;

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** The same database by way of the proxy. */
  dsn(direct: string): string;
  /** Connections that are open now. */
  connections(): number;
  /** Holds back everything that a client sends for so many milliseconds, until told another number. */
  delay(milliseconds: number): void;
  /** Holds back everything in both directions, on connections that stay open. `resume` lets go of it. */
  stall(): void;
  resume(): void;
  /** Resets every connection on both of its sides. */
  cut(): void;
  /**
   * Resets the next connection whose client sends such bytes; the database never gets them. Resolves when the connection
   * is gone on both sides.
   */
  cutBefore(matches: Matches): Promise<void>;
  /**
   * Resets the next connection whose client sends such bytes after the database got them; its answer is lost. Resolves
   * when the database has carried them out.
   */
  cutAfter(matches: Matches): Promise<void>;
  /** New connections meet a closed port; those that are open go on. `accept` opens it again. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
}

/** For `cutBefore` and `cutAfter`. */
export const isCommit: Matches = (bytes) => /\bcommit\b/i.test(bytes.toString('latin1'));

interface Link {
  readonly client: Socket;
  readonly database: Socket;
}

interface Trap {
  readonly matches: Matches;
  readonly forwards: boolean;
  readonly sprung: () => void;
}

/** Stands before a database; dispose of it. */
export async function startFaultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const port = await freePort();
  const links = new Set<Link>();
  const traps = new Set<Trap>();
  let milliseconds = 0;
  let gate = openGate();

  /** Whether the connection goes on after these bytes of its client. */
  async function passes(bytes: Buffer, { client, database }: Link): Promise<boolean> {
    const trap = [...traps].find(({ matches }) => matches(bytes));
    if (!trap) return true;
    traps.delete(trap);
    client.resetAndDestroy();
    const gone = once(database, 'close');
    if (trap.forwards) {
      // The database reads to the end of what it was sent before it notices that there is nobody left.
      database.end(bytes);
    } else database.resetAndDestroy();
    await gone;
    trap.sprung();
    return false;
  }

  async function fromClient(link: Link): Promise<void> {
    for await (const bytes of chunksOf(link.client)) {
      await gate.opened;
      if (milliseconds > 0) await pause(milliseconds);
      if (!(await passes(bytes, link))) return;
      link.database.write(bytes);
    }
    link.database.end();
  }

  async function fromDatabase({ client, database }: Link): Promise<void> {
    for await (const bytes of chunksOf(database)) {
      await gate.opened;
      client.write(bytes);
    }
    client.end();
  }

  function join(client: Socket): void {
    const database = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const link = { client, database };
    links.add(link);
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        if (client.destroyed && database.destroyed) links.delete(link);
      });
    }
    // An end in the middle of reading is told to the other side above.
    fromClient(link).catch(() => {});
    fromDatabase(link).catch(() => {});
  }

  const listen = async (): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, join).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  const cut = () => {
    for (const { client, database } of links) for (const socket of [client, database]) socket.resetAndDestroy();
  };
  const trapped = (matches: Matches, forwards: boolean) =>
    new Promise<void>((sprung) => {
      traps.add({ matches, forwards, sprung });
    });

  let server: Server | undefined = await listen();
  return {
    port,
    dsn: (direct) => direct.replace(`${target.host}:${target.port}`, `127.0.0.1:${port}`),
    connections: () => links.size,
    delay: (given) => {
      milliseconds = given;
    },
    stall: () => {
      gate.open();
      gate = closedGate();
    },
    resume: () => gate.open(),
    cut,
    cutBefore: (matches) => trapped(matches, false),
    cutAfter: (matches) => trapped(matches, true),
    async refuse() {
      server?.close();
      server = undefined;
    },
    async accept() {
      server ??= await listen();
    },
    async [Symbol.asyncDispose]() {
      server?.close();
      gate.open();
      cut();
    },
  };
}

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function closedGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function openGate(): Gate {
  const gate = closedGate();
  gate.open();
  return gate;
}

/** What comes in on a connection, which stays open for the way back when this has ended. */
function chunksOf(socket: Socket): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => socket.iterator({ destroyOnReturn: false }) };
}
