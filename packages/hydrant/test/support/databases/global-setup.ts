/**
 * The servers that the tests of a run share. They are started when the first test asks, since most runs of a developer
 * need none of them, and by the process that outlives all test files; it answers `GET /engine` with coordinates.
 */
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import type { Coordinates } from './database-server.js';
import { startMariadbServer } from './mariadb.js';
import { startPgbouncer } from './pgbouncer.js';
import { startPostgresCluster } from './postgres.js';
import { makeTemplate, TEMPLATE } from './postgres-template.js';

/** Where a running server listens, and how it ends. */
interface Started extends AsyncDisposable {
  readonly coordinates: Coordinates;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the process that starts databases. */
    databases: string;
  }
}

const running = new Map<string, Promise<Started>>();

const starters: Readonly<Record<string, () => Promise<Started>>> = {
  pgbouncer: async () => startPgbouncer((await once('postgres')).coordinates),
  [TEMPLATE]: async () => makeTemplate((await once('postgres')).coordinates),
  postgres: () => startPostgresCluster({ durable: false }),
  mariadb: () => startMariadbServer({ durable: false }),
};

function once(engine: string): Promise<Started> {
  const start = starters[engine];
  const started = running.get(engine) ?? start?.() ?? Promise.reject(new Error(`No engine is called ${engine}.`));
  running.set(engine, started);
  return started;
}

const server = createServer((request, response) => {
  once((request.url ?? '').slice(1)).then(
    ({ coordinates }) => response.end(JSON.stringify(coordinates)),
    (error) => response.writeHead(500).end(String(error)),
  );
});

export async function setup({ provide }: TestProject): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  provide('databases', `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
}

export async function teardown(): Promise<void> {
  server.closeAllConnections();
  server.close();
  // What leans on a database before the database.
  for (const engine of Object.keys(starters)) {
    await running.get(engine)?.then(
      (one) => one[Symbol.asyncDispose](),
      () => {},
    );
  }
}
