import type { ClientAuthMethod } from './method.js';
import { refuseMethod, requireClient } from './refusals.js';

/** `none`: a public client only says who it is (RFC 6749 §3.2.1). */
export const none: ClientAuthMethod = {
  name: 'none',
  applies: ({ form }) => Boolean(form.get('client_id')),

  async authenticate({ form }, context) {
    const client = await requireClient(form.get('client_id') ?? '', context);
    const method = client.metadata.token_endpoint_auth_method;
    if (method !== 'none') throw refuseMethod(method, 'none');
    return client;
  },
};
