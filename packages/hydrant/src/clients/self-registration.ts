/**
 * Clients that register themselves (RFC 7591) and look after their registration (RFC 7592), on the public side and without
 * an operator's say. So some members are not theirs to choose, and each proves itself by its registration access token.
 */
import { hashGeneratedSecret, verifyClientSecret } from '../crypto/client-secret.js';
import type { Client } from '../model/client.js';
import type { ClientMetadata, ClientMetadataInput } from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';
import { type RegistrationRules, requireAllowed, UNRESTRICTED, withRegistrationDefaults } from './allowed.js';
import { createDescribe, keepFields } from './describe.js';
import { SECOND_GENERATION } from './generations.js';
import type { ClientOperationsParts } from './register.js';
import { createWriteClient, type Registered } from './write-client.js';

type Body = Readonly<Record<string, unknown>>;

/** All but `create` throw OAuthError 401 for a token that is missing, wrong or another client's, and for an unknown client alike. */
export interface SelfRegistration {
  /** Registers a client under an id and with a secret of the server's making. @throws OAuthError 400 for what it may not be. */
  create(body: Body): Promise<Registered>;
  read(id: string, token: string | undefined): Promise<Client>;
  /**
   * Replaces the registration, and the token by a new one. `body` is asked for after the token was found right.
   *
   * @throws OAuthError 400 for what the client may not be, 403 for a secret of its own choice.
   */
  replace(id: string, token: string | undefined, body: () => Body): Promise<Registered>;
  delete(id: string, token: string | undefined): Promise<void>;
}

/** What only an operator sets. */
const RESERVED = ['metadata', 'access_token_strategy', 'skip_consent', 'skip_logout_consent'] as const;

export function createSelfRegistration(
  parts: ClientOperationsParts,
  rules: RegistrationRules = UNRESTRICTED,
): SelfRegistration {
  const { store, ring, random, verifier } = parts;
  const describe = createDescribe(parts);
  const write = createWriteClient(parts);
  // Compared with where there is nothing to compare with, so that both take the same time.
  const nobody = hashGeneratedSecret(random.bytes(32).toString('base64url'), ring);

  async function isHolder(client: Client | undefined, token: string | undefined): Promise<boolean> {
    const digest = client?.registrationToken ?? undefined;
    const fits = await verifyClientSecret(digest ?? nobody, token ?? '', ring);
    return fits && digest !== undefined;
  }

  async function authenticate(id: string, token: string | undefined): Promise<Client> {
    const client = await store.clients.find(id);
    if ((await isHolder(client, token)) && client !== undefined) return client;
    throw new OAuthError('The request could not be authorized');
  }

  return {
    async create(body) {
      const { input, metadata: described } = await describe(body, SECOND_GENERATION, {
        refuse(input) {
          if (input.client_secret) throw refuse(OWN_SECRET);
          refuseReserved(input, undefined);
        },
      });
      const metadata = withRegistrationDefaults(described, input, rules);
      requireAllowed(metadata, rules);
      return write.insert({ metadata, registrationToken: true });
    },

    read: authenticate,

    async replace(id, token, body) {
      const known = await authenticate(id, token);
      const { input, metadata: described } = await describe(body(), SECOND_GENERATION, {
        refuse(input) {
          if (input.client_secret) throw new OAuthError('The requested action was forbidden', OWN_SECRET);
          refuseReserved(input, known.metadata);
        },
      });
      const metadata = withRegistrationDefaults(described, input, rules);
      requireAllowed(metadata, rules, known.metadata);
      const next = write.registrationToken();
      const client = await write.change(id, async (before) => {
        // Of two requests with the same token only one is still in time.
        if (!(await isHolder(before, token))) throw new OAuthError('The request could not be authorized');
        return {
          metadata: keepFields(metadata, before.metadata, [...SECOND_GENERATION.unknownFields, ...RESERVED]),
          registrationToken: next.digest,
        };
      });
      return { client, registrationToken: next.token };
    },

    async delete(id, token) {
      await authenticate(id, token);
      await store.clients.delete(id);
      verifier.forget(id);
    },
  };
}

const OWN_SECRET = 'The secret is made by the server. Leave client_secret out.';

/** What stands there already may be repeated: RFC 7592 §2.2 has a client send back all that it read. */
function refuseReserved(input: ClientMetadataInput, current: ClientMetadata | undefined): void {
  if (!isEmpty(input.metadata)) {
    throw new OAuthError('invalid_client_metadata', 'The field metadata is for the operator. Leave it out.');
  }
  const strategy = input.access_token_strategy?.toLowerCase() ?? '';
  if (strategy !== '' && strategy !== current?.access_token_strategy)
    throw refuse('The field access_token_strategy is for the operator. Leave it out.');
  for (const field of ['skip_consent', 'skip_logout_consent'] as const) {
    if (input[field] && !current?.[field])
      throw new OAuthError('invalid_request', `The field ${field} is for the operator. Leave it out.`);
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function refuse(hint: string): OAuthError {
  return new OAuthError('The request was malformed or contained invalid parameters', hint);
}
