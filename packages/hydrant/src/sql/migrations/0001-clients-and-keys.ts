import type { Migration } from './migration.js';

/**
 * What an operator keeps, and the clock by which nodes tell each other that they changed it. Ids of clients and names of keys
 * have room for 255 characters of any kind, as Hydra's columns do, though new ones are shorter.
 */
export const clientsAndKeys: Migration = {
  version: '0001',
  name: 'clients_and_keys',
  up: (schema, types) => [
    schema
      .createTable('client')
      .addColumn('id', types.name(1020), (column) => column.notNull().primaryKey())
      .addColumn('name', types.name(1020), (column) => column.notNull())
      .addColumn('owner', types.name(1020), (column) => column.notNull())
      .addColumn('born_at', types.instant(), (column) => column.notNull())
      .addColumn('body', types.json(), (column) => column.notNull()),
    schema
      .createTable('jwk')
      .addColumn('set_id', types.name(1020), (column) => column.notNull())
      .addColumn('kid', types.name(1020), (column) => column.notNull())
      .addColumn('generated', types.flag(), (column) => column.notNull())
      .addColumn('created_at', types.instant(), (column) => column.notNull())
      .addColumn('place', types.count(), (column) => column.notNull())
      .addColumn('sealed', types.text(), (column) => column.notNull())
      .addPrimaryKeyConstraint('jwk_primary', ['set_id', 'kid']),
    schema
      .createTable('change_clock')
      .addColumn('topic', types.name(), (column) => column.notNull().primaryKey())
      .addColumn('version', types.count(), (column) => column.notNull()),
  ],
  down: (schema) => [schema.dropTable('change_clock'), schema.dropTable('jwk'), schema.dropTable('client')],
};
