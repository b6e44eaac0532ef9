import { KEY_GENERATIONS } from '../../keys/generations.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { pathOf } from '../paging.js';
import type { KeyAdmin } from './key-admin.js';

/** Makes a key and adds it to a set. Answers with what was made, private parts included. */
export const createKeySet: Endpoint<KeyAdmin> = defineEndpoint<KeyAdmin>({
  operation: 'createJsonWebKeySet',
  method: 'POST',
  path: '/admin/keys/:set',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { keys }) {
    const generation = KEY_GENERATIONS[ask.generation.name];
    const made = await keys.create(ask.params.set ?? '', readObject(ask), generation);
    return json({ keys: made }, 201, { location: pathOf(ask) });
  },
});
