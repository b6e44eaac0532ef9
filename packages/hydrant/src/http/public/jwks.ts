import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { PublicDeps } from './deps.js';

/** The public keys that tokens verify with (RFC 7517 §5). */
export const jwks: Endpoint<Pick<PublicDeps, 'publishedKeys'>> = defineEndpoint({
  operation: 'discoverJsonWebKeys',
  method: 'GET',
  path: '/.well-known/jwks.json',
  errors: 'service',
  cors: true,
  handle: async (_ask, { publishedKeys }) => json({ keys: await publishedKeys() }),
});
