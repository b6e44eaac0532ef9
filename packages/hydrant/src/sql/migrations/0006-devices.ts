import type { Migration } from './migration.js';

/** Devices that wait, and browsers in which their codes are typed. Both keys begin with the expiry. */
export const devices: Migration = {
  version: '0006',
  name: 'devices',
  up: (schema, types) => [
    schema
      .createTable('device_request')
      .addColumn('key', types.bytes(26), (column) => column.notNull().primaryKey())
      .addColumn('user_code', types.bytes(32), (column) => column.notNull())
      .addColumn('stage', types.name(), (column) => column.notNull())
      .addColumn('poll_count', types.count(), (column) => column.notNull())
      .addColumn('polled_at', types.instant())
      .addColumn('poll_early', types.count(), (column) => column.notNull())
      .addColumn('body', types.json(), (column) => column.notNull()),
    schema.createIndex('device_request_user_code').unique().on('device_request').column('user_code'),
    schema
      .createTable('device_visit')
      .addColumn('key', types.bytes(16), (column) => column.notNull().primaryKey())
      .addColumn('device_key', types.bytes(26))
      .addColumn('wrong_codes', types.count(), (column) => column.notNull())
      .addColumn('request_url', types.text(), (column) => column.notNull()),
  ],
  down: (schema) => [schema.dropTable('device_visit'), schema.dropTable('device_request')],
};
