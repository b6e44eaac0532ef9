/** From "initialized" to a running server that can be stopped, killed and started again: alike for each engine. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { type Daemon, startDaemon } from './daemon.js';
import type { Coordinates, DatabaseServer, Rows } from './database-server.js';
import { giveTo, type Identity } from './identity.js';

/** What differs from engine to engine. */
export interface Plan {
  readonly command: string;
  readonly arguments: (at: Coordinates) => readonly string[];
  readonly identity: Identity;
  readonly login: { readonly user: string; readonly password: string };
  readonly stopSignal: NodeJS.Signals;
  /** Ends it at once, with all of its own children. */
  readonly quitSignal: NodeJS.Signals;
  /** How its log says that somebody else has the port. */
  readonly portTaken: string;
  readonly query: (at: Coordinates, sql: string, database?: string) => Promise<Rows>;
  readonly dsn: (at: Coordinates, database: string) => string;
  readonly terminate: (query: (sql: string) => Promise<Rows>, database: string) => Promise<number>;
}

/** `plan` fills the new temporary folder that it is given, which has room for a log as well. */
export async function runServer(
  engine: string,
  identity: Identity,
  plan: (folder: string) => Plan,
): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), `hydrant-${engine}-`));
  giveTo(identity, folder);
  try {
    return await startIn(folder, plan(folder));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, plan: Plan): Promise<DatabaseServer> {
  const logFile = join(folder, 'log');
  const log = () => readFileSync(logFile, 'utf8');
  const run = (at: Coordinates): Promise<Daemon> =>
    startDaemon({
      ...plan,
      args: plan.arguments(at),
      logFile,
      folder,
      answers: () => plan.query(at, 'SELECT 1'),
    });

  let { daemon, coordinates } = await onFreePort(run, plan, log);
  const query = (sql: string, database?: string) => plan.query(coordinates, sql, database);
  return {
    coordinates,
    query,
    log,
    dsn: (database) => plan.dsn(coordinates, database),
    terminateBackends: (database) => plan.terminate(query, database),
    stop: () => daemon.stop(),
    kill: () => daemon.kill(),
    async start() {
      if (!daemon.running()) daemon = await run(coordinates);
    },
    async [Symbol.asyncDispose]() {
      await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Somebody else may take the port between the look and the start. A later one is tried then. */
async function onFreePort(run: (at: Coordinates) => Promise<Daemon>, { login, portTaken }: Plan, log: () => string) {
  for (let attempt = 1; ; attempt++) {
    const coordinates: Coordinates = { host: '127.0.0.1', port: await freePort(), ...login };
    try {
      return { daemon: await run(coordinates), coordinates };
    } catch (error) {
      if (attempt === 3 || !log().includes(portTaken)) throw error;
    }
  }
}
