import type { Migration } from './migration.js';

/** Logouts that wait, and logout tokens that are owed. */
export const logouts: Migration = {
  version: '0005',
  name: 'logouts',
  up: (schema, types) => [
    schema
      .createTable('logout_request')
      .addColumn('key', types.bytes(16), (column) => column.notNull().primaryKey())
      .addColumn('stage', types.name(), (column) => column.notNull())
      .addColumn('body', types.json(), (column) => column.notNull()),
    schema
      .createTable('logout_notice')
      .addColumn('id', types.name(), (column) => column.notNull().primaryKey())
      .addColumn('client_id', types.name(1020), (column) => column.notNull())
      .addColumn('session_id', types.name(), (column) => column.notNull())
      .addColumn('attempts', types.count(), (column) => column.notNull())
      .addColumn('due_at', types.instant(), (column) => column.notNull())
      .addColumn('created_at', types.instant(), (column) => column.notNull()),
    schema.createIndex('logout_notice_due').on('logout_notice').column('due_at'),
  ],
  down: (schema) => [schema.dropTable('logout_notice'), schema.dropTable('logout_request')],
};
