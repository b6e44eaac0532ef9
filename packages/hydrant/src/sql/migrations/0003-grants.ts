import type { Migration } from './migration.js';

/** Families, which are few and long-lived, and their tokens, which are many and have no index but their key. */
export const grants: Migration = {
  version: '0003',
  name: 'grants',
  up: (schema, types) => [
    schema
      .createTable('token_family')
      .addColumn('id', types.name(), (column) => column.notNull().primaryKey())
      .addColumn('client_id', types.name(1020), (column) => column.notNull())
      .addColumn('subject', types.name(1020), (column) => column.notNull())
      .addColumn('session_id', types.name(), (column) => column.notNull())
      .addColumn('code_key', types.bytes(26))
      .addColumn('code_spent_at', types.instant())
      .addColumn('ended_at', types.instant())
      .addColumn('keep_until', types.instant())
      .addColumn('consent_kind', types.name())
      .addColumn('consent_until', types.instant())
      .addColumn('consent', types.json())
      .addColumn('body', types.json(), (column) => column.notNull()),
    schema.createIndex('token_family_code').unique().on('token_family').column('code_key'),
    schema
      .createIndex('token_family_consent')
      .on('token_family')
      .columns(['subject', 'client_id', 'consent_kind', 'id']),
    schema.createIndex('token_family_session').on('token_family').columns(['session_id', 'client_id']),
    schema.createIndex('token_family_client').on('token_family').column('client_id'),
    schema.createIndex('token_family_keep').on('token_family').column('keep_until'),
    schema
      .createTable('token')
      .addColumn('key', types.bytes(26), (column) => column.notNull().primaryKey())
      .addColumn('kind', types.name(), (column) => column.notNull())
      .addColumn('family_id', types.name())
      .addColumn('client_id', types.name(1020), (column) => column.notNull())
      .addColumn('issued_at', types.instant(), (column) => column.notNull())
      .addColumn('own', types.json())
      .addColumn('access_key', types.bytes(26))
      .addColumn('spent_at', types.instant())
      .addColumn('spent', types.json()),
  ],
  down: (schema) => [schema.dropTable('token'), schema.dropTable('token_family')],
};
