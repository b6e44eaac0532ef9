import type { Migration } from './migration.js';

/**
 * When secrets of clients were last used. Not in the client itself: a row there is in every node's memory, and a use must
 * neither clear that nor get into the way of an update.
 */
export const clientSecretUses: Migration = {
  version: '0010',
  name: 'client_secret_uses',
  up: (schema, types) => [
    schema
      .createTable('client_secret_use')
      .addColumn('client_id', types.name(1020), (column) => column.notNull())
      .addColumn('secret_created_at', types.instant(), (column) => column.notNull())
      .addColumn('used_at', types.instant(), (column) => column.notNull())
      .addPrimaryKeyConstraint('client_secret_use_key', ['client_id', 'secret_created_at']),
  ],
  down: (schema) => [schema.dropTable('client_secret_use')],
};
