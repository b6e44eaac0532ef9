import type { Migration } from './migration.js';

/** What happens to a client beside the updates of its body. */
export const clientChanges: Migration = {
  version: '0009',
  name: 'client_changes',
  up: (schema, types) => [
    schema.alterTable('client').addColumn('access_tokens_revoked_at', types.instant()),
    schema.alterTable('client').addColumn('revision', types.count(), (column) => column.notNull().defaultTo(0)),
  ],
  down: (schema) => [
    schema.alterTable('client').dropColumn('revision'),
    schema.alterTable('client').dropColumn('access_tokens_revoked_at'),
  ],
};
