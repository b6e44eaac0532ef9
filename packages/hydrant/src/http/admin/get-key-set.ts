import { KEY_GENERATIONS } from '../../keys/generations.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { KeyAdmin } from './key-admin.js';

/** All keys of a set, private parts included (RFC 7517 §5). */
export const getKeySet: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'getJsonWebKeySet',
  method: 'GET',
  path: '/admin/keys/:set',
  errors: 'service',

  async handle(ask, { keys }) {
    const generation = KEY_GENERATIONS[ask.generation.name];
    return json({ keys: await keys.get(ask.params.set ?? '', generation) });
  },
});
