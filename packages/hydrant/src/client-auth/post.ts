import { OAuthError } from '../protocol/errors.js';
import type { ClientAuthMethod } from './method.js';
import { refuseMethod, requireClient } from './refusals.js';

/** `client_secret_post`: RFC 6749 §2.3.1, last part. */
export const post: ClientAuthMethod = {
  name: 'client_secret_post',
  applies: ({ form }) => Boolean(form.get('client_id')) && Boolean(form.get('client_secret')),

  async authenticate({ form }, context) {
    const client = await requireClient(form.get('client_id') ?? '', context);
    const method = client.metadata.token_endpoint_auth_method;
    if (method !== 'client_secret_post') throw refuseMethod(method, 'client_secret_post');
    if (!(await context.verifySecret(client, form.get('client_secret') ?? '')))
      throw new OAuthError('invalid_client', 'The client secret is wrong.');
    return client;
  },
};
