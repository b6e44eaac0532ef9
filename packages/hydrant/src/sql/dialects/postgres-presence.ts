import { Duplex } from 'node:stream';
import pg from 'pg';
import { DatabaseUnusable } from '../driver.js';
import { translated } from './postgres-errors.js';

/** Milliseconds that whoever is asked whether they are there has to connect in, and as many again to answer. */
const PROBE_WITHIN_MS = 1_000;

/** As {@link Connection} has it, over a connection of its own. */
export async function unreachable(location: string, config: pg.ClientConfig): Promise<DatabaseUnusable | undefined> {
  try {
    await lookAt({ ...config, connectionTimeoutMillis: PROBE_WITHIN_MS, query_timeout: PROBE_WITHIN_MS });
  } catch (error) {
    const failure = translated(location, error);
    if (failure instanceof DatabaseUnusable && failure.unreachable) return failure;
  }
  return undefined;
}

/**
 * Whether the server itself answers. A pooler has connections of its own to it, so the process that runs a query is not the
 * one that was announced when the connection was made.
 */
export async function lookAt(config: pg.ClientConfig): Promise<{ readonly direct: boolean }> {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    void client.end().catch(() => undefined);
    return { direct: 'processID' in client && rows[0]?.pid === client.processID };
  } catch (error) {
    sever(client);
    throw error;
  }
}

/** Closes a connection at once. The driver itself would first wait for the answers to everything that it has sent. */
export function sever({ connection }: Pick<pg.Client, 'connection'>): void {
  if ('stream' in connection && connection.stream instanceof Duplex) connection.stream.destroy();
}
