import type { Migration } from './migration.js';

/** What a token hook put in the place of the consent app's claims. */
export const hookClaims: Migration = {
  version: '0008',
  name: 'hook_claims',
  up: (schema, types) => [schema.alterTable('token_family').addColumn('hook_claims', types.json())],
  down: (schema) => [schema.alterTable('token_family').dropColumn('hook_claims')],
};
