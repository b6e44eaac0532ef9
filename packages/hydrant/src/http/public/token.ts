import { readForm } from '../body.js';
import { defineEndpoint, type Endpoint } from '../endpoint.js';
import { NO_STORE } from '../errors.js';
import type { PublicDeps } from './deps.js';

/** The token endpoint (RFC 6749 §3.2). Parameters of the query do not count. */
export const token: Endpoint<Pick<PublicDeps, 'exchange'>> = defineEndpoint({
  operation: 'oauth2TokenExchange',
  method: 'POST',
  path: '/oauth2/token',
  errors: 'oauth',
  cors: true,

  async handle(ask, { exchange }) {
    const response = await exchange.exchange({
      form: await readForm(ask),
      authorization: header(ask.headers.authorization),
    });
    return { status: 200, json: response, headers: { ...NO_STORE, 'content-type': 'application/json;charset=UTF-8' } };
  },
});

/** A header that comes once. */
export function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
