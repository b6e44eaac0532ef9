/** Empty databases of each engine that several processes can share, with a way to them that is not Hydrant's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { describe, test } from 'vitest';
import { availableEngines, type Engine, makeDatabase, type Rows } from '../../support/databases/index.js';

export type EngineName = 'sqlite' | Engine;

export interface EmptyDatabase extends AsyncDisposable {
  readonly dsn: string;
  query(sql: string): Promise<Rows>;
  /** Tables with their columns, those of the list of migrations left out. */
  columns(): Promise<ReadonlyMap<string, readonly Column[]>>;
}

export interface Column {
  readonly name: string;
  readonly kind: 'bytes' | 'text' | 'number';
}

/** Runs a suite on SQLite and on every engine that is there; says why where it is not. */
export function onEachEngine(
  engines: readonly EngineName[],
  title: string,
  suite: (make: () => Promise<EmptyDatabase>, engine: EngineName) => void,
): void {
  for (const engine of engines) {
    const found = engine === 'sqlite' ? { available: true as const } : availableEngines()[engine];
    if (found.available) describe(`${title} (${engine})`, () => suite(() => makeEmpty(engine), engine));
    else test.skip(`${title} (${engine}): ${found.because}`, () => undefined);
  }
}

async function makeEmpty(engine: EngineName): Promise<EmptyDatabase> {
  return engine === 'sqlite' ? makeFile() : makeOnServer(engine);
}

function makeFile(): EmptyDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-schema-'));
  const path = join(folder, 'hydrant.sqlite');
  let opened: Sqlite.Database | undefined;
  const query = async (sql: string): Promise<Rows> => {
    opened ??= new Sqlite(path, { timeout: 10_000 });
    const prepared = opened.prepare<[], Record<string, unknown>>(sql);
    if (prepared.reader) return prepared.all();
    prepared.run();
    return [];
  };
  return {
    dsn: `sqlite://${path}?_fk=true`,
    query,
    columns: () =>
      columnsFrom(() =>
        query(`SELECT t.name AS table_name, c.name AS column_name, c.type AS data_type
          FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`),
      ),
    [Symbol.asyncDispose]: async () => {
      opened?.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function makeOnServer(engine: Engine): Promise<EmptyDatabase> {
  const database = await makeDatabase(engine);
  const isMysql = engine === 'mariadb' || engine === 'mysql';
  const { query, end } = isMysql ? await viaMysql(database.dsn) : await viaPostgres(database.dsn);
  const schema = isMysql ? 'database()' : 'current_schema()';
  return {
    dsn: database.dsn,
    query,
    columns: () =>
      columnsFrom(() =>
        query(`SELECT table_name AS table_name, column_name AS column_name, data_type AS data_type
          FROM information_schema.columns WHERE table_schema = ${schema}`),
      ),
    [Symbol.asyncDispose]: async () => {
      await end();
      await database.drop();
    },
  };
}

/** One connection for many questions. */
interface Way {
  query(sql: string): Promise<Rows>;
  end(): Promise<unknown>;
}

async function viaPostgres(dsn: string): Promise<Way> {
  const client = new pg.Client(dsn);
  client.on('error', () => undefined);
  await client.connect();
  const query = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
  return { query, end: () => client.end() };
}

async function viaMysql(dsn: string): Promise<Way> {
  const connection = await createConnection(dsn.replace(/tcp\((.*?)\)/, '$1'));
  const query = async (sql: string): Promise<Rows> => {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return Array.isArray(rows) ? rows : [];
  };
  return { query, end: () => connection.end() };
}

async function columnsFrom(read: () => Promise<Rows>): Promise<ReadonlyMap<string, readonly Column[]>> {
  const tables = new Map<string, Column[]>();
  for (const { table_name: table, column_name: name, data_type: type } of await read()) {
    if (/^(schema_migration|sqlite_)/.test(String(table))) continue;
    const columns = tables.get(String(table)) ?? [];
    columns.push({ name: String(name), kind: kindOf(String(type).toLowerCase()) });
    tables.set(String(table), columns);
  }
  for (const columns of tables.values()) columns.sort((one, other) => (one.name < other.name ? -1 : 1));
  return tables;
}

/** MySQL has names as bytes, too; whatever is put into those comes out as it was. */
function kindOf(type: string): Column['kind'] {
  if (/int/.test(type)) return 'number';
  return /bytea|blob|binary/.test(type) ? 'bytes' : 'text';
}
