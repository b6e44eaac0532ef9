import { Duplex } from 'node:stream';
import mysql, { type ConnectionOptions } from 'mysql2/promise';
import { DatabaseUnusable } from '../driver.js';
import { translated } from './mysql-errors.js';

/** Milliseconds that whoever is asked whether they are there has to connect in, and as many again to answer. */
const PROBE_WITHIN_MS = 1_000;

/** As {@link Connection} has it, over a connection of its own. */
export async function unreachable(location: string, client: ConnectionOptions): Promise<DatabaseUnusable | undefined> {
  try {
    const connection = await mysql.createConnection({ ...client, connectTimeout: PROBE_WITHIN_MS });
    connection.on('error', () => undefined);
    try {
      await connection.query({ sql: 'SELECT 1', timeout: PROBE_WITHIN_MS });
    } finally {
      connection.destroy();
    }
  } catch (error) {
    const failure = translated(location, error);
    if (failure instanceof DatabaseUnusable && failure.unreachable) return failure;
  }
  return undefined;
}

/** What a connection is made of. The driver itself only ends its side of it, and waits for the other. */
export function socketOf(connection: object): Duplex | undefined {
  return 'stream' in connection && connection.stream instanceof Duplex ? connection.stream : undefined;
}
