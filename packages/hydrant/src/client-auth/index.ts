/** How a client proves who it is. To add a method: a file here and a line in the list; the first that applies decides. */
import type { SecretVerifier } from '../crypto/client-secret.js';
import type { Client, ClientSecret } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import type { Clock } from '../protocol/time.js';
import type { ClientStore } from '../store/index.js';
import { basic } from './basic.js';
import type { AuthContext, ClientAuthMethod, Credentials } from './method.js';
import { none } from './none.js';
import { post } from './post.js';
import { type PrivateKeyJwtOptions, privateKeyJwt } from './private-key-jwt.js';

export type { Credentials } from './method.js';

export interface ClientAuthOptions extends PrivateKeyJwtOptions {
  readonly clients: Pick<ClientStore, 'find'>;
  readonly verifier: Pick<SecretVerifier, 'find'>;
  /** Hears of every secret that was right. */
  readonly secretUses: { note(client: Client, secret: ClientSecret): void };
  readonly clock: Clock;
}

export interface ClientAuth {
  /** The client that these credentials prove. @throws OAuthError `invalid_client` (401) or `invalid_request` (400). */
  authenticate(credentials: Credentials): Promise<Client>;
}

export function createClientAuth(options: ClientAuthOptions): ClientAuth {
  const methods: readonly ClientAuthMethod[] = [privateKeyJwt(options), basic, post, none];
  const context = (): AuthContext => {
    const now = options.clock.now();
    return {
      now,
      findClient: (id) => options.clients.find(id),
      async verifySecret(client, secret) {
        const good = client.secrets.filter(({ expires }) => expires === null || expires > now);
        const hashes = good.map(({ hash }) => hash);
        const found = await options.verifier.find(client.id, hashes, secret);
        const used = good.find(({ hash }) => hash === found);
        if (used === undefined) return false;
        options.secretUses.note(client, used);
        return true;
      },
    };
  };
  return {
    async authenticate(credentials) {
      const method = methods.find((one) => one.applies(credentials));
      // Hydra: 400 rather than 401 where nothing was sent at all.
      if (!method)
        throw new OAuthError(
          'invalid_request',
          'Client credentials are missing or malformed in both the Authorization header and the body.',
        );
      return method.authenticate(credentials, context());
    },
  };
}
