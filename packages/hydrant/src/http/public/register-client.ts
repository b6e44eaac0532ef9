import { selfView } from '../../clients/view.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { NO_STORE } from '../errors.js';
import { registrationUri } from '../registration-uri.js';
import type { PublicDeps } from './deps.js';
import { opened } from './registration.js';

/** A client registers itself (RFC 7591 §3). Its secret and its registration access token are shown here and never again. */
export const registerClient: Endpoint<Pick<PublicDeps, 'registration' | 'publicUrl'>> = defineEndpoint({
  operation: 'createOidcDynamicClient',
  method: 'POST',
  path: '/oauth2/register',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',
  cors: true,

  async handle(ask, { registration, publicUrl }) {
    const { client, secret, registrationToken } = await opened(registration).create(readObject(ask));
    const location = registrationUri(publicUrl, client.id);
    const body = {
      ...selfView(client, secret),
      registration_access_token: registrationToken,
      registration_client_uri: location,
    };
    // Hydra: answers with the path on the admin side, which a client cannot reach.
    return json(body, 201, { ...NO_STORE, location });
  },
});
