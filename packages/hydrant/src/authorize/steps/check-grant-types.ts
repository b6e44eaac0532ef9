import { mayUseGrant } from '../../model/client.js';
import { OAuthError } from '../../protocol/errors.js';
import type { LateCheck } from './check.js';

/**
 * RFC 7591 §2.1: response types need the grant types that belong to them. Hydra: `invalid_grant` rather than
 * `unauthorized_client`, and the code flow is not looked at here: the token endpoint says no.
 */
export const checkGrantTypes: LateCheck = ({ client, responseTypes }) => {
  const has = (type: string) => responseTypes.includes(type);
  const needs: string[] = [];
  if (has('token') || (has('id_token') && !has('code'))) needs.push('implicit');
  if (has('code') && responseTypes.length > 1) needs.push('authorization_code');
  const missing = needs.find((grant) => !mayUseGrant(client, grant));
  if (missing)
    throw new OAuthError(
      'invalid_grant',
      `The client is not registered for the grant type '${missing}', which this response type needs. Its grant_types say so.`,
    );
};
