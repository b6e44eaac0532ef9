import { OAuthError } from '../../protocol/errors.js';
import { defineEndpoint, type Endpoint, noContent } from '../endpoint.js';
import type { ClientAdmin } from './client-admin.js';

/** Ends the access tokens of a client. Hydra: not its refresh tokens, and nobody is told whether there is such a client. */
export const deleteTokens: Endpoint<Pick<ClientAdmin, 'clients'>> = defineEndpoint<Pick<ClientAdmin, 'clients'>>({
  operation: 'deleteOAuth2Token',
  method: 'DELETE',
  path: '/admin/oauth2/tokens',
  errors: 'service',

  async handle(ask, { clients }) {
    const id = ask.query.get('client_id');
    if (!id) throw new OAuthError('invalid_request', 'The query parameter client_id is missing.');
    await clients.revokeAccessTokens(id);
    return noContent();
  },
});
