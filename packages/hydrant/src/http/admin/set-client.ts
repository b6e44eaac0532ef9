import { CLIENT_GENERATIONS } from '../../clients/generations.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { ClientAdmin } from './client-admin.js';

/** Replaces a client whole: what the body leaves out goes back to its default, but for the secret. */
export const setClient: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'setOAuth2Client',
  method: 'PUT',
  path: '/admin/clients/:id',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { clients }) {
    const generation = CLIENT_GENERATIONS[ask.generation.name];
    const { client, secret } = await clients.replace(ask.params.id ?? '', readObject(ask), generation);
    return json(ask.generation.client(client, secret));
  },
});
