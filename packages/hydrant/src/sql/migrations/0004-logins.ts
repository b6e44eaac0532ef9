import type { Migration } from './migration.js';

/** What is remembered of people and their agents: logins, forced identifiers, and assertions that were used. */
export const logins: Migration = {
  version: '0004',
  name: 'logins',
  up: (schema, types) => [
    schema
      .createTable('login_session')
      .addColumn('id', types.name(), (column) => column.notNull().primaryKey())
      .addColumn('subject', types.name(1020), (column) => column.notNull())
      .addColumn('authenticated_at', types.instant(), (column) => column.notNull())
      .addColumn('expires_at', types.instant(), (column) => column.notNull())
      .addColumn('identity_provider_session', types.text(), (column) => column.notNull()),
    schema.createIndex('login_session_subject').on('login_session').column('subject'),
    schema.createIndex('login_session_expiry').on('login_session').column('expires_at'),
    schema
      .createTable('forced_subject')
      .addColumn('client_id', types.name(1020), (column) => column.notNull())
      .addColumn('subject', types.name(1020), (column) => column.notNull())
      .addColumn('identifier', types.name(1020), (column) => column.notNull())
      .addColumn('place', types.count(), (column) => column.notNull())
      .addPrimaryKeyConstraint('forced_subject_primary', ['client_id', 'subject', 'identifier']),
    schema.createIndex('forced_subject_identifier').on('forced_subject').columns(['client_id', 'identifier']),
    schema
      .createTable('used_jti')
      .addColumn('digest', types.bytes(32), (column) => column.notNull().primaryKey())
      .addColumn('expires_at', types.instant(), (column) => column.notNull()),
    schema.createIndex('used_jti_expiry').on('used_jti').column('expires_at'),
  ],
  down: (schema) => [
    schema.dropTable('used_jti'),
    schema.dropTable('forced_subject'),
    schema.dropTable('login_session'),
  ],
};
