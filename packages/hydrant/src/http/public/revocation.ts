import { readForm } from '../body.js';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { NO_STORE } from '../errors.js';
import type { PublicDeps } from './deps.js';
import { header } from './token.js';

/** Token revocation (RFC 7009). */
export const revocation: Endpoint<Pick<PublicDeps, 'revoke'>> = defineEndpoint({
  operation: 'revokeOAuth2Token',
  method: 'POST',
  path: '/oauth2/revoke',
  errors: 'oauth',
  cors: true,

  async handle(ask, { revoke }) {
    await revoke({ form: await readForm(ask), authorization: header(ask.headers.authorization) });
    return { status: 200, headers: { ...NO_STORE } };
  },
});
