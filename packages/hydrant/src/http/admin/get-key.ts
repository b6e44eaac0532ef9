import { KEY_GENERATIONS } from '../../keys/generations.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { KeyAdmin } from './key-admin.js';

/** One key of a set, as a set of one. */
export const getKey: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'getJsonWebKey',
  method: 'GET',
  path: '/admin/keys/:set/:kid',
  errors: 'service',

  async handle(ask, { keys }) {
    const generation = KEY_GENERATIONS[ask.generation.name];
    return json({ keys: [await keys.getOne(ask.params.set ?? '', ask.params.kid ?? '', generation)] });
  },
});
