import { KEY_GENERATIONS } from '../../keys/generations.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { KeyAdmin } from './key-admin.js';

/** Replaces a set whole, at once; without keys it ceases to exist. */
export const setKeySet: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'setJsonWebKeySet',
  method: 'PUT',
  path: '/admin/keys/:set',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { keys }) {
    const generation = KEY_GENERATIONS[ask.generation.name];
    return json({ keys: await keys.replace(ask.params.set ?? '', readObject(ask), generation) });
  },
});
