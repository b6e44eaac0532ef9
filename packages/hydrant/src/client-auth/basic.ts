import type { Client } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import { isStorable } from '../protocol/storable.js';
import type { ClientAuthMethod } from './method.js';
import { refuseMethod, requireClient } from './refusals.js';

const BASIC = /^basic +/i;

/** `client_secret_basic`: RFC 6749 §2.3.1. Id and secret are form-encoded before they become base64. */
export const basic: ClientAuthMethod = {
  name: 'client_secret_basic',
  applies: ({ authorization }) => authorization !== undefined && BASIC.test(authorization),

  async authenticate({ authorization = '', form }, context): Promise<Client> {
    const [id, secret] = decode(authorization.replace(BASIC, ''));
    // RFC 6749 §2.3: a client must not use more than one method in each request.
    if (form.get('client_secret'))
      throw new OAuthError(
        'invalid_client',
        'Send the client secret either in the Authorization header or in the body, not in both.',
      );
    const client = await requireClient(id, context);
    const method = client.metadata.token_endpoint_auth_method;
    if (method === 'none' && secret === '') return client;
    if (method !== 'client_secret_basic') throw refuseMethod(method, 'client_secret_basic');
    if (!(await context.verifySecret(client, secret)))
      throw new OAuthError('invalid_client', 'The client secret is wrong.');
    return client;
  },
};

function decode(text: string): readonly [id: string, secret: string] {
  const plain = Buffer.from(text, 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  if (colon < 0) throw new OAuthError('invalid_request', 'The Authorization header holds no base64 of "id:secret".');
  const decoded = [formDecode(plain.slice(0, colon)), formDecode(plain.slice(colon + 1))] as const;
  // RFC 6749 appendix A.1: printable ASCII. What no database can hold is not looked for in one.
  if (!isStorable(decoded[0]))
    throw new OAuthError('invalid_request', 'The client id in the Authorization header has U+0000.');
  return decoded;
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new OAuthError(
      'invalid_request',
      'Client id and secret in the Authorization header must be form-encoded (RFC 6749 §2.3.1); a percent escape is broken.',
    );
  }
}
