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
    // RFC 7009 §2.2: what can be no token is revoked already, whatever is in it.
    const form = await readForm(ask, { anyText: 'token' });
    await revoke({ form, authorization: header(ask.headers.authorization) });
    return { status: 200, headers: { ...NO_STORE } };
  },
});
