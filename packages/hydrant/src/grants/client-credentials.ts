import { isPublicClient } from '../model/client.js';
import { coversAudience, parseAudience } from '../protocol/audience.js';
import { OAuthError } from '../protocol/errors.js';
import { parseResource, requireTargets } from '../protocol/resource.js';
import { coversScope, parseScope } from '../protocol/scope.js';
import { defineGrant, type Grant } from './grant.js';

/** Client credentials grant: RFC 6749 §4.4. Neither refresh nor ID token: there is no person. */
export const clientCredentials: Grant = defineGrant({
  type: 'client_credentials',
  lifespans: 'client_credentials',

  async decide({ form, client, rules }) {
    const registered = parseScope(client.metadata.scope);
    const asked = parseScope(form.get('scope') ?? undefined);
    const uncovered = coversScope(rules.scopeStrategy, registered, asked);
    if (uncovered !== undefined)
      throw new OAuthError('invalid_scope', `The client may not ask for the scope '${uncovered}'.`);
    const audience = parseAudience(form.getAll('audience'));
    const foreign = coversAudience(client.metadata.audience, audience);
    if (foreign !== undefined)
      throw new OAuthError('invalid_request', `The client may not ask for the audience '${foreign}'.`);
    const resources = parseResource(form.getAll('resource'));
    requireTargets(client.metadata.audience, resources, 'The client may not ask for');
    // RFC 6749 §4.4: "MUST only be used by confidential clients".
    if (isPublicClient(client))
      throw new OAuthError(
        'invalid_grant',
        'A public client (token_endpoint_auth_method none) cannot use client_credentials.',
      );
    const scope = asked.length === 0 && rules.grantAllowedScope ? registered : asked;
    const grantedAudience = [...new Set([...audience, ...resources])];
    return { kind: 'issue', own: { subject: client.id, grantedScope: scope, grantedAudience, ext: {} } };
  },
});
