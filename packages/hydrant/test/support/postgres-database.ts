/**
 * The PostgreSQL databases of a file of tests. One that a test is done with is emptied for the next, since making one takes
 * as long as a whole test; all of them go with the file.
 */
import pg from 'pg';
import { afterAll } from 'vitest';
import { isStanding, makeMigratedPostgres } from './databases/index.js';

export interface PostgresDatabase {
  readonly dsn: string;
  /** Tables that grow with requests. */
  readonly tables: readonly string[];
  /** Over a connection that stays open, for tests look into the database all the time. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** To be called once nobody uses it any more. One whose schema is another now is not used again. */
  giveBack(schema: 'as it was' | 'changed'): Promise<void>;
}

interface Made extends PostgresDatabase {
  drop(): Promise<void>;
}

const all: Made[] = [];
const spare: Made[] = [];

/** With the schema and without a row. */
export async function takeDatabase(): Promise<PostgresDatabase> {
  return spare.pop() ?? (await make());
}

/** For the file that imports this. Runs after whatever a test file itself has to end. */
export function dropAllAtTheEnd(): void {
  afterAll(async () => {
    await Promise.all(all.map((one) => one.drop()));
  });
}

async function make(): Promise<Made> {
  const { dsn, drop } = await makeMigratedPostgres();
  const client = new pg.Client(dsn);
  // A test may cut connections; its next question fails then, and says so.
  client.on('error', () => {});
  await client.connect();
  const query: PostgresDatabase['query'] = async (sql, values = []) => (await client.query(sql, [...values])).rows;
  const named = await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  const names = named.map(({ tablename }) => String(tablename));
  const emptied = names.filter((table) => !/migration/.test(table)).map((table) => `DELETE FROM "${table}"`);
  const made: Made = {
    dsn,
    query,
    tables: names.filter((table) => !isStanding(table)),
    async giveBack(schema) {
      if (schema === 'changed') return;
      await client.query(emptied.join('; '));
      spare.push(made);
    },
    async drop() {
      await client.end().catch(() => {});
      await drop();
    },
  };
  all.push(made);
  return made;
}
