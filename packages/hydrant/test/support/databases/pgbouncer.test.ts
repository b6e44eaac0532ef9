import pg from 'pg';
import { expect, test } from 'vitest';
import { availableEngines, makeDatabase } from './index.js';

const { pgbouncer } = availableEngines();
const reason = pgbouncer.available ? '' : ` (skipped: ${pgbouncer.because})`;

test.skipIf(!pgbouncer.available)(
  `a database is reached through the pooler, and counted directly${reason}`,
  async () => {
    await using database = await makeDatabase('pgbouncer');
    await database.query('CREATE TABLE flows (id int)');
    const client = new pg.Client({ connectionString: database.dsn });
    await client.connect();
    await client.query('INSERT INTO flows VALUES (1)');
    await client.end();
    expect(await database.rows()).toEqual({ flows: 1 });
  },
);

test.skipIf(!pgbouncer.available)(
  `a connection is shared by clients, transaction by transaction${reason}`,
  async () => {
    await using database = await makeDatabase('pgbouncer');
    const [one, other] = [new pg.Client(database.dsn), new pg.Client(database.dsn)];
    await Promise.all([one.connect(), other.connect()]);
    const backend = async (client: pg.Client) => (await client.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    expect(await backend(one)).toBe(await backend(other));
    await one.query('BEGIN');
    const held = await backend(one);
    expect(await backend(other)).not.toBe(held);
    await Promise.all([one.end(), other.end()]);
  },
);
