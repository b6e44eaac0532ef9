import { describe, expect, test } from 'vitest';
import { dialects } from '../dialects/index.js';
import { migrations } from './index.js';

test('versions have four digits and ascend without a gap, and names say what a step is about', () => {
  expect(migrations.map(({ version }) => version)).toEqual(
    migrations.map((_, index) => String(index + 1).padStart(4, '0')),
  );
  expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
  for (const { name } of migrations) expect(name).toMatch(/^[a-z][a-z_]{2,199}$/);
});

const NAME = '["`](\\w+)["`]';
const CREATE_TABLE = new RegExp(`^create table ${NAME} `);
const CREATE_INDEX = new RegExp(`^create (unique )?index ${NAME} on ${NAME} \\(`);
const ADD_COLUMN = new RegExp(`^alter table ${NAME} add column ${NAME} (.*)$`);

/** What a statement would do to a release that does not know of it; nothing, where it only adds. */
function harm(text: string, fresh: Set<string>): string | undefined {
  const [, table] = CREATE_TABLE.exec(text) ?? [];
  if (table !== undefined) {
    fresh.add(table);
    return undefined;
  }
  const [index, unique, , indexed = ''] = CREATE_INDEX.exec(text) ?? [];
  if (index !== undefined) {
    return unique && !fresh.has(indexed) ? 'it may go on writing what must be unique now' : undefined;
  }
  const [column, , , definition = ''] = ADD_COLUMN.exec(text) ?? [];
  if (column === undefined) return 'it may need what is changed or taken away';
  if (/unique|primary key|references|check/i.test(definition)) return 'it may go on writing what is forbidden now';
  return /not null/i.test(definition) && !/default/i.test(definition) ? 'it leaves out what is needed now' : undefined;
}

describe.each(dialects.map((dialect) => [dialect.schemes.at(-1) ?? '', dialect] as const))('on %s', (_, dialect) => {
  const schema = dialect.builder<unknown>().schema;

  test.each(migrations.map((step) => [step.version, step] as const))(
    'step %s only adds, so that the release before goes on beside it',
    (_version, step) => {
      // A step that takes away is known by its name, and stops releases that do not know it.
      if (step.name.startsWith('contract_')) return;
      const fresh = new Set<string>();
      for (const text of step.up(schema, dialect.types).map((one) => one.compile().sql)) {
        expect([text, harm(text, fresh)]).toEqual([text, undefined]);
      }
    },
  );

  test('what does more than add is noticed', () => {
    const { types } = dialect;
    const harmful = [
      schema.alterTable('client').dropColumn('body'),
      schema.alterTable('client').renameTo('customer'),
      schema.alterTable('client').renameColumn('body', 'content'),
      schema.alterTable('client').addColumn('x', types.count(), (column) => column.notNull()),
      schema.alterTable('client').addColumn('x', types.name(), (column) => column.unique()),
      schema.dropTable('client'),
      schema.createIndex('x').unique().on('client').column('name'),
    ];
    for (const one of harmful) expect(harm(one.compile().sql, new Set()), one.compile().sql).toBeTypeOf('string');
  });
});

test('no key of MySQL and MariaDB is longer than the 3,072 bytes that they take', () => {
  const mysql = dialects.find(({ schemes }) => schemes.includes('mysql'));
  const texts = migrations.flatMap((step) =>
    mysql ? step.up(mysql.builder<unknown>().schema, mysql.types).map((one) => one.compile().sql) : [],
  );
  const widths = new Map<string, number>();
  const keys: [table: string, columns: string][] = [];
  for (const text of texts) {
    const [, table = ''] = /^create table `(\w+)`/.exec(text) ?? [];
    for (const [, column = '', type = '', bytes = '8', primary] of text.matchAll(
      /`(\w+)` (varbinary\((\d+)\)|bigint|smallint)[^,)]*?(primary key)?(?=,|\)$)/g,
    )) {
      widths.set(`${table}.${column}`, type.startsWith('varbinary') ? Number(bytes) : 8);
      if (primary) keys.push([table, column]);
    }
    const [, constrained] = /constraint `\w+` primary key \(([^)]*)\)/.exec(text) ?? [];
    if (constrained) keys.push([table, constrained]);
    const [, indexed = '', columns] = /^create (?:unique )?index `\w+` on `(\w+)` \((.*)\)$/.exec(text) ?? [];
    if (columns) keys.push([indexed, columns]);
  }
  const longest = keys.map(([table, columns]) => {
    const parts = columns.replaceAll('`', '').split(', ');
    return parts.reduce((sum, column) => sum + (widths.get(`${table}.${column}`) ?? Number.NaN), 0);
  });
  expect(keys.length).toBeGreaterThan(20);
  expect(Math.max(...longest)).toBe(3 * 1_020);
});
