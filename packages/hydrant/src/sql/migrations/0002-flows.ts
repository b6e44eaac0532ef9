import type { Migration } from './migration.js';

/** Authorizations on their way. The key begins with the expiry, so it serves the deletion of what is over, too. */
export const flows: Migration = {
  version: '0002',
  name: 'flows',
  up: (schema, types) => [
    schema
      .createTable('flow')
      .addColumn('key', types.bytes(16), (column) => column.notNull().primaryKey())
      .addColumn('stage', types.name(), (column) => column.notNull())
      .addColumn('client_id', types.name(1020), (column) => column.notNull())
      .addColumn('remembered_subject', types.name(1020))
      .addColumn('login_subject', types.name(1020))
      .addColumn('request', types.json(), (column) => column.notNull())
      .addColumn('login', types.json())
      .addColumn('consent_skip', types.flag())
      .addColumn('consent', types.json())
      .addColumn('rejection', types.json()),
  ],
  down: (schema) => [schema.dropTable('flow')],
};
