import type { Migration } from './migration.js';

/** Issuers whose assertions are taken as grants; their keys are in `jwk`. */
export const trustedIssuers: Migration = {
  version: '0007',
  name: 'trusted_issuers',
  up: (schema, types) => [
    schema
      .createTable('trusted_issuer')
      .addColumn('id', types.name(), (column) => column.notNull().primaryKey())
      .addColumn('issuer', types.name(1020), (column) => column.notNull())
      .addColumn('subject', types.name(1020), (column) => column.notNull())
      .addColumn('any_subject', types.flag(), (column) => column.notNull())
      .addColumn('kid', types.name(1020), (column) => column.notNull())
      .addColumn('scope', types.json(), (column) => column.notNull())
      .addColumn('created_at', types.instant(), (column) => column.notNull())
      .addColumn('expires_at', types.instant(), (column) => column.notNull()),
    schema.createIndex('trusted_issuer_key').unique().on('trusted_issuer').columns(['issuer', 'subject', 'kid']),
  ],
  down: (schema) => [schema.dropTable('trusted_issuer')],
};
