import { CLIENT_GENERATIONS } from '../../clients/generations.js';
import { OAuthError } from '../../protocol/errors.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { ClientAdmin } from './client-admin.js';

/** One client, without its secret. */
export const getClient: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'getOAuth2Client',
  method: 'GET',
  path: '/admin/clients/:id',
  errors: 'service',

  async handle(ask, { clients }) {
    const client = await clients.get(ask.params.id ?? '');
    if (client === undefined) throw new OAuthError(CLIENT_GENERATIONS[ask.generation.name].unknownClient);
    return json(ask.generation.client(client));
  },
});
