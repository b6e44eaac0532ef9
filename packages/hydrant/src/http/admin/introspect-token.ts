import { OAuthError } from '../../protocol/errors.js';
import type { Introspect } from '../../tokens/introspect.js';
import { readForm } from '../body.js';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { NO_STORE } from '../errors.js';

/** Token introspection (RFC 7662). The admin listener is trusted: nobody has to authenticate. */
export const introspectToken: Endpoint<{ readonly introspect: Introspect }> = defineEndpoint({
  operation: 'introspectOAuth2Token',
  method: 'POST',
  path: '/admin/oauth2/introspect',
  errors: 'oauth',

  async handle(ask, { introspect }) {
    // RFC 7662 §2.2: what can be no token is an inactive one, whatever is in it.
    const form = await readForm(ask, { anyText: 'token' });
    if (!form || [...form.keys()].length === 0)
      throw new OAuthError('invalid_request', "The body must be a form with the field 'token'.");
    const result = await introspect(form.get('token') ?? '', form.get('scope') ?? undefined);
    return {
      status: 200,
      json: ask.generation.introspection(result),
      headers: { ...NO_STORE, 'content-type': 'application/json;charset=UTF-8' },
    };
  },
});
