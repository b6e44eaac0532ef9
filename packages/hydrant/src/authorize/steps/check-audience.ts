import { coversAudience, parseAudience } from '../../protocol/audience.js';
import { OAuthError } from '../../protocol/errors.js';
import type { Check } from './check.js';

/** Every requested audience is one the client registered, or lies below one. */
export const checkAudience: Check = ({ client, params }) => {
  const foreign = coversAudience(client.metadata.audience, parseAudience(params.getAll('audience')));
  if (foreign !== undefined)
    throw new OAuthError('invalid_request', `The client may not ask for the audience '${foreign}'.`);
};
