/** A client that authenticates by assertions, each of which is good once (RFC 7523 §3, `jti`). */
import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { exportJWK, SignJWT } from 'jose';
import { askToken, givenClient, type TokenAnswer } from '../../support/relying-party.js';
import type { Server } from './traffic.js';

export interface Assertions {
  make(): Promise<string>;
  ask(assertion: string): Promise<TokenAnswer>;
}

export async function givenAssertions(server: Server): Promise<Assertions> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const client = await givenClient(server, {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] },
  });
  return {
    make: () =>
      new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.id)
        .setSubject(client.id)
        .setAudience(`${server.publicUrl}/oauth2/token`)
        .setExpirationTime('5m')
        .sign(privateKey),
    ask: (assertion) =>
      askToken(server, client, {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
  };
}
