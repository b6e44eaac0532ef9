/** The declared list of tables is what the migrations make. */
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../src/sql/index.js';
import { tables } from '../../src/sql/migrations/tables.js';
import { fileInNewFolder } from './support/for-each-dialect.js';

const KINDS: Readonly<Record<string, string>> = { blob: 'bytes', text: 'text', integer: 'number' };

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

test('every table and column of the schema is declared, with its kind and its key', async () => {
  const { dsn, path, remove } = fileInNewFolder();
  try {
    await migrate(dsn, 'up');
    const database = new Sqlite(path, { readonly: true });
    const names = database.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    const made = names
      .filter((name) => name !== 'schema_migration')
      .map((name) => {
        const columns = database.prepare<[], Column>(`SELECT name, type, pk FROM pragma_table_info('${name}')`).all();
        return {
          name,
          columns: Object.fromEntries(columns.map((column) => [column.name, KINDS[column.type.toLowerCase()]])),
          key: columns
            .filter(({ pk }) => pk > 0)
            .sort((one, other) => one.pk - other.pk)
            .map((column) => column.name),
        };
      });
    database.close();
    const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
    expect([...tables].sort(byName)).toEqual(made.sort(byName));
  } finally {
    remove();
  }
});

test('what a driver can only tell by their names has the names for it', () => {
  for (const { columns } of tables)
    for (const [column, kind] of Object.entries(columns))
      expect([column, /(key|code|digest)$/.test(column)]).toEqual([column, kind === 'bytes']);
});
