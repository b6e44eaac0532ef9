import { readForm } from '../body.js';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { NO_STORE } from '../errors.js';
import type { PublicDeps } from './deps.js';
import { header } from './token.js';

/** Where a device begins (RFC 8628 §3.1). */
export const deviceAuthorization: Endpoint<Pick<PublicDeps, 'deviceAuthorization'>> = defineEndpoint({
  operation: 'oAuth2DeviceFlow',
  method: 'POST',
  path: '/oauth2/device/auth',
  errors: 'oauth',
  cors: true,

  async handle(ask, { deviceAuthorization }) {
    const codes = await deviceAuthorization({
      form: await readForm(ask),
      authorization: header(ask.headers.authorization),
    });
    return { status: 200, json: codes, headers: { ...NO_STORE, 'content-type': 'application/json;charset=UTF-8' } };
  },
});
