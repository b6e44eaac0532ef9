import { KEY_GENERATIONS } from '../../keys/generations.js';
import { defineEndpoint, type Endpoint, noContent } from '../endpoint.js';
import type { KeyAdmin } from './key-admin.js';

/** Deletes one key of a set, if there is one. */
export const deleteKey: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'deleteJsonWebKey',
  method: 'DELETE',
  path: '/admin/keys/:set/:kid',
  errors: 'service',

  async handle(ask, { keys }) {
    await keys.deleteOne(ask.params.set ?? '', ask.params.kid ?? '', KEY_GENERATIONS[ask.generation.name]);
    return noContent();
  },
});
