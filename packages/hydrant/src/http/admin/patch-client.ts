import { CLIENT_GENERATIONS } from '../../clients/generations.js';
import { OAuthError } from '../../protocol/errors.js';
import { readJson } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { ClientAdmin } from './client-admin.js';

/** Changes a client by a JSON Patch (RFC 6902). An unknown client is told before the body is looked at. */
export const patchClient: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'patchOAuth2Client',
  method: 'PATCH',
  path: '/admin/clients/:id',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { clients }) {
    const id = ask.params.id ?? '';
    if ((await clients.get(id)) === undefined) throw new OAuthError('Unable to locate the resource');
    const { client, secret } = await clients.patch(id, readJson(ask), CLIENT_GENERATIONS[ask.generation.name]);
    return json(ask.generation.client(client, secret));
  },
});
