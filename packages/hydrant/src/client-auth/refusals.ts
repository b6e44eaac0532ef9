import type { Client } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import type { AuthContext } from './method.js';

/** The client of an id. @throws OAuthError `invalid_client` where there is none. */
export async function requireClient(id: string, context: AuthContext): Promise<Client> {
  const client = await context.findClient(id);
  if (!client) throw new OAuthError('invalid_client', 'The client does not exist.');
  return client;
}

/** The refusal of a method that is not the registered one. */
export function refuseMethod(registered: string, sent: string): OAuthError {
  return new OAuthError(
    'invalid_client',
    `The client is registered for the authentication method ${registered}, but used ${sent}.`,
  );
}
