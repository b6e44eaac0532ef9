import { KEY_GENERATIONS } from '../../keys/generations.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { KeyAdmin } from './key-admin.js';

/** Puts one key into a set, in the place of that with the same `kid`. */
export const setKey: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'setJsonWebKey',
  method: 'PUT',
  path: '/admin/keys/:set/:kid',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { keys }) {
    const generation = KEY_GENERATIONS[ask.generation.name];
    return json(await keys.put(ask.params.set ?? '', ask.params.kid ?? '', readObject(ask), generation));
  },
});
