import { CLIENT_GENERATIONS } from '../../clients/generations.js';
import { OAuthError } from '../../protocol/errors.js';
import { defineEndpoint, type Endpoint, noContent } from '../endpoint.js';
import type { ClientAdmin } from './client-admin.js';

/** Deletes a client; every token and consent that it had is dead at once. */
export const deleteClient: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'deleteOAuth2Client',
  method: 'DELETE',
  path: '/admin/clients/:id',
  errors: 'service',

  async handle(ask, { clients }) {
    const existed = await clients.delete(ask.params.id ?? '');
    const { unknownDeletion } = CLIENT_GENERATIONS[ask.generation.name];
    if (!existed && unknownDeletion === 'error') throw new OAuthError('Unable to locate the resource');
    return noContent();
  },
});
