import { OAuthError } from '../../protocol/errors.js';
import { matchResponseType } from '../../protocol/response-type.js';
import type { Check } from './check.js';

/** RFC 6749 §3.1.1: the response type, as a set, is one that the client registered. */
export const checkResponseType: Check = ({ client, responseTypes }) => {
  if (responseTypes.length === 0)
    throw new OAuthError('unsupported_response_type', "The parameter 'response_type' is missing.");
  if (!matchResponseType(client.metadata.response_types, [...responseTypes])) {
    throw new OAuthError(
      'unsupported_response_type',
      `The client is not registered for the response type '${responseTypes.join(' ')}'.`,
    );
  }
};
