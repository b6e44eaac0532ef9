import { CLIENT_GENERATIONS } from '../../clients/generations.js';
import { OAuthError } from '../../protocol/errors.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { ClientAdmin } from './client-admin.js';

/** Sets how long the tokens of a client live; what the body leaves out follows the settings of the server again. */
export const setClientLifespans: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'setOAuth2ClientLifespans',
  method: 'PUT',
  path: '/admin/clients/:id/lifespans',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { clients }) {
    const id = ask.params.id ?? '';
    if ((await clients.get(id)) === undefined) throw new OAuthError('Unable to locate the resource');
    const generation = CLIENT_GENERATIONS[ask.generation.name];
    return json(ask.generation.client(await clients.setLifespans(id, readObject(ask), generation)));
  },
});
