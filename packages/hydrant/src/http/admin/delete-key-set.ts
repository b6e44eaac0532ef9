import { defineEndpoint, type Endpoint, noContent } from '../endpoint.js';
import type { KeyAdmin } from './key-admin.js';

/** Deletes a set, if there is one. */
export const deleteKeySet: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'deleteJsonWebKeySet',
  method: 'DELETE',
  path: '/admin/keys/:set',
  errors: 'service',

  async handle(ask, { keys }) {
    await keys.deleteSet(ask.params.set ?? '');
    return noContent();
  },
});
