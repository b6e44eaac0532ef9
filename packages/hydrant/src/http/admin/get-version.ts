import { defineEndpoint, type Endpoint, json } from '../endpoint.js';

/** Which version of Hydrant this is. */
export const getVersion: Endpoint<{ readonly version: string }> = defineEndpoint<{ readonly version: string }>({
  operation: 'getVersion',
  method: 'GET',
  path: '/admin/version',
  errors: 'service',
  handle: (_ask, { version }) => json({ version }),
});
