/** The database that others are copies of: empty, with the schema of this checkout. */
import type { Coordinates } from './database-server.js';
import { postgresDsn, queryPostgres } from './postgres.js';

export const TEMPLATE = 'hydrant_template';

/** Makes it on a server. It goes with the server. */
export async function makeTemplate(coordinates: Coordinates): Promise<AsyncDisposable & { coordinates: Coordinates }> {
  // Only a run that wants it loads the stores.
  const { migrate } = await import('../../../src/sql/index.js');
  await queryPostgres(coordinates, `CREATE DATABASE ${TEMPLATE}`);
  await migrate(postgresDsn(coordinates, TEMPLATE), 'up');
  return { coordinates, [Symbol.asyncDispose]: async () => {} };
}
