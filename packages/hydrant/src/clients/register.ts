/**
 * Clients as the admin side keeps them: created, read, replaced, patched, deleted (RFC 7591 and 7592 name the fields).
 *
 * What a generation of the wire does differently is in `generations.ts`; how a client looks on it is in `view.ts`.
 */
import type { Client } from '../model/client.js';
import type { ClientQuery } from '../store/index.js';
import { createDescribe, type DescribeParts, keepFields } from './describe.js';
import type { ClientGeneration } from './generations.js';
import { readLifespans } from './lifespans.js';
import { patchClient, readClientPatch } from './patch.js';
import { createWriteClient, type Registered, type WriteClientParts, wholeSecond } from './write-client.js';

export type { Registered } from './write-client.js';

type Body = Readonly<Record<string, unknown>>;

export interface ClientOperations {
  /** @throws OAuthError for a body that does not describe a client, or 409 where the id is taken. */
  create(body: Body, generation: ClientGeneration): Promise<Registered>;
  get(id: string): Promise<Client | undefined>;
  list(query: ClientQuery): Promise<Client[]>;
  count(query: Pick<ClientQuery, 'name' | 'owner'>): Promise<number>;
  /**
   * Replaces everything that the body could say, defaults included; without a secret in the body the old one stays.
   *
   * @throws OAuthError for a body that does not describe a client, and only then 404 for one that does not exist.
   */
  replace(id: string, body: Body, generation: ClientGeneration): Promise<Registered>;
  /**
   * Changes a client by a JSON Patch (RFC 6902) of its description; without a secret in the patch the old one stays.
   *
   * @throws OAuthError 404 for a client that does not exist, and only then for a patch or a result that cannot be.
   */
  patch(id: string, document: unknown, generation: ClientGeneration): Promise<Registered>;
  /** Sets all lifespans of tokens, `null` where the body has none. @throws OAuthError as {@link patch} does. */
  setLifespans(id: string, body: Body, generation: ClientGeneration): Promise<Client>;
  /** Ends all access tokens that the client has now; its refresh tokens stay. Whether there is such a client is not told. */
  revokeAccessTokens(id: string): Promise<void>;
  /** Deletes the client with all that was granted to it; `false` where there is none. */
  delete(id: string): Promise<boolean>;
}

export type ClientOperationsParts = WriteClientParts & DescribeParts;

export function createClientOperations(parts: ClientOperationsParts): ClientOperations {
  const { store, clock, verifier, events } = parts;
  const describe = createDescribe(parts);
  const write = createWriteClient(parts);

  return {
    async create(body, generation) {
      const { input, metadata } = await describe(body, generation);
      const { client_id: id, client_secret: secret } = input;
      return write.insert({ id, secret, metadata, registrationToken: generation.registrationTokens });
    },

    get: (id) => store.clients.find(id),
    list: (query) => store.clients.list(query),
    count: (query) => store.clients.count(query),

    async replace(id, body, generation) {
      const { input, metadata } = await describe(body, generation);
      const shownCreation = input.created_at ?? wholeSecond(clock.now());
      const secret = input.client_secret;
      const client = await write.change(id, async (before) => ({
        metadata: keepFields(metadata, before.metadata, generation.unknownFields),
        ...(secret && { secrets: [await write.chosen(secret)] }),
        // An operator's word ends the client's own say (RFC 7592 §3 leaves when to the server).
        registrationToken: null,
        ...(generation.createdAt === 'overwritten' && { createdAt: shownCreation }),
      }));
      // Hydra: the answer says what the body said about the creation, whatever was stored.
      return { client: { ...client, createdAt: shownCreation }, ...(secret && { secret }) };
    },

    async patch(id, document, generation) {
      let secret: string | undefined;
      const client = await write.change(id, async (before) => {
        const { unknownFields, endsRegistrationToken } = generation.patch;
        const body = patchClient(before, readClientPatch(document, generation), generation);
        const { input, metadata } = await describe(body, generation, { unknownFields });
        secret = input.client_secret;
        return {
          metadata: keepFields(metadata, before.metadata, unknownFields),
          ...(secret && { secrets: [await write.chosen(secret)] }),
          ...(endsRegistrationToken && { registrationToken: null }),
        };
      });
      return { client, ...(secret && { secret }) };
    },

    setLifespans: (id, body, generation) =>
      write.change(id, ({ metadata }) => ({ metadata: { ...metadata, ...readLifespans(body, generation) } })),

    async revokeAccessTokens(id) {
      await store.clients.revokeAccessTokens(id, clock.now());
    },

    async delete(id) {
      const existed = await store.clients.delete(id);
      verifier.forget(id);
      if (existed) events.clientChanged('deleted', id);
      return existed;
    },
  };
}
