import { defineEndpoint, type Endpoint, json } from '../endpoint.js';

/** The process answers. Nothing behind it is looked at, so that a sick database does not get the process killed. */
export const isAlive: Endpoint<unknown> = defineEndpoint<unknown>({
  operation: 'isAlive',
  method: 'GET',
  path: '/admin/health/alive',
  errors: 'service',
  handle: () => json({ status: 'ok' }),
});
