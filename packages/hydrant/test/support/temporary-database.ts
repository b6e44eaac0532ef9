/** A database that lives as long as its test, on the engine of the run, and can be looked into from outside of the server. */
import { engine } from './engine.js';
import { dropAllAtTheEnd, type PostgresDatabase, takeDatabase } from './postgres-database.js';
import { sqliteFile } from './sqlite-file.js';

export interface TemporaryDatabase extends AsyncDisposable {
  readonly dsn: string;
  /** Rows by table; empty tables and those of the schema itself are left out. */
  rows(): Promise<Record<string, number>>;
  count(table: string): Promise<number>;
  /** Whether this text is kept, in any column; of a file in any of its bytes, rows that are gone included. */
  contains(text: string): Promise<boolean>;
  /** Runs a statement past the server, on the schema too. */
  execute(sql: string): Promise<void>;
}

if (engine === 'postgres') dropAllAtTheEnd();

/** Dispose of it after the servers that use it. */
export async function temporaryDatabase(): Promise<TemporaryDatabase> {
  return engine === 'postgres' ? onPostgres(await takeDatabase()) : inFile();
}

/** What a server without a database of the test's gets: nobody looks into it, and it goes with the server. */
export async function unseenDatabase(): Promise<AsyncDisposable & { readonly dsn: string }> {
  return engine === 'postgres'
    ? onPostgres(await takeDatabase())
    : { dsn: 'memory', [Symbol.asyncDispose]: async () => {} };
}

function inFile(): TemporaryDatabase {
  const file = sqliteFile();
  return {
    dsn: file.dsn,
    rows: async () => file.rows(),
    count: async (table) => file.rows()[table] ?? 0,
    contains: async (text) => file.contains(text),
    execute: async (sql) => file.execute(sql),
    [Symbol.asyncDispose]: async () => file[Symbol.dispose](),
  };
}

function onPostgres({ dsn, tables, query, giveBack }: PostgresDatabase): TemporaryDatabase {
  let schema: Parameters<typeof giveBack>[0] = 'as it was';
  const counted = tables.map((name) => `SELECT '${name}' AS name, count(*)::int AS counted FROM "${name}"`);
  // A row as a text has its bytes in hexadecimal.
  const places = tables.map(
    (name) => `EXISTS (SELECT FROM "${name}" AS one
      WHERE position($1 IN one::text) > 0 OR position(encode(convert_to($1, 'UTF8'), 'hex') IN one::text) > 0)`,
  );

  async function rows(): Promise<Record<string, number>> {
    const found = await query(counted.join(' UNION ALL '));
    const counts = found.map((row) => [String(row.name), Number(row.counted)] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  return {
    dsn: withFewConnections(dsn),
    rows,
    count: async (table) => (await rows())[table] ?? 0,
    async contains(text) {
      const [row] = await query(`SELECT ${places.join(' OR ')} AS found`, [text]);
      return row?.found === true;
    },
    async execute(sql) {
      schema = 'changed';
      await query(sql);
    },
    [Symbol.asyncDispose]: () => giveBack(schema),
  };
}

/** Two for look-ups and two for writes, and none that waits for work: many servers of the tests share one database server. */
function withFewConnections(dsn: string): string {
  return `${dsn}&max_conns=4&max_idle_conns=1`;
}
