import { CLIENT_GENERATIONS } from '../../clients/generations.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { pathOf } from '../paging.js';
import { registrationUri } from '../registration-uri.js';
import type { ClientAdmin } from './client-admin.js';

/** Registers a client (RFC 7591 §3). Its secret and its registration access token are shown here and never again. */
export const createClient: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'createOAuth2Client',
  method: 'POST',
  path: '/admin/clients',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { clients, publicUrl }) {
    const made = await clients.create(readObject(ask), CLIENT_GENERATIONS[ask.generation.name]);
    const shown = ask.generation.client(made.client, made.secret);
    // RFC 7592 §3.
    const registration = made.registrationToken !== undefined && {
      registration_access_token: made.registrationToken,
      registration_client_uri: registrationUri(publicUrl, made.client.id),
    };
    const location = `${pathOf(ask)}/${encodeURIComponent(made.client.id)}`;
    return json({ ...shown, ...registration }, 201, { location });
  },
});
