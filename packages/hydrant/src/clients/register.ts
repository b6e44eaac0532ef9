/**
 * Clients as the admin side keeps them: created, read, replaced, deleted (RFC 7591 and 7592 name the fields).
 *
 * What a generation of the wire does differently is in `generations.ts`; how a client looks on it is in `view.ts`.
 */
import { generateClientSecret, hashChosenSecret, hashGeneratedSecret } from '../crypto/client-secret.js';
import { type Jwk, parseJwk, publicJwk } from '../crypto/jwk.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { GuardedFetch } from '../hooks/guarded-fetch.js';
import { type Client, type ClientSecret, isPublicClient } from '../model/client.js';
import {
  type ClientMetadata,
  type ClientMetadataInput,
  readClientMetadata,
  validateClientMetadata,
} from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';
import { type Clock, fromSeconds, type Instant, toSeconds } from '../protocol/time.js';
import type { ClientQuery, Store } from '../store/index.js';
import type { ClientGeneration } from './generations.js';
import { checkCalledAddresses, checkSectorDocument } from './reachable.js';

/** A client as it is now, with the secrets that are shown this once. */
export interface Registered {
  readonly client: Client;
  /** In clear, where it was made or set just now and is to be shown. */
  readonly secret?: string;
  /** In clear, where it was made just now. */
  readonly registrationToken?: string;
}

export interface ClientOperations {
  /** @throws OAuthError for a body that does not describe a client, or 409 where the id is taken. */
  create(body: Readonly<Record<string, unknown>>, generation: ClientGeneration): Promise<Registered>;
  get(id: string): Promise<Client | undefined>;
  list(query: ClientQuery): Promise<Client[]>;
  count(query: Pick<ClientQuery, 'name' | 'owner'>): Promise<number>;
  /**
   * Replaces everything that the body could say, defaults included; without a secret in the body the old one stays.
   *
   * @throws OAuthError for a body that does not describe a client, and only then 404 for one that does not exist.
   */
  replace(id: string, body: Readonly<Record<string, unknown>>, generation: ClientGeneration): Promise<Registered>;
  /** Deletes the client with all that was granted to it; `false` where there is none. */
  delete(id: string): Promise<boolean>;
}

export interface ClientOperationsParts {
  readonly store: Pick<Store, 'clients'>;
  readonly ring: SecretRing;
  readonly random: Random;
  readonly clock: Clock;
  readonly fetch: Pick<GuardedFetch, 'get' | 'check'>;
  readonly rules: { readonly subjectTypes: readonly string[]; readonly defaultScope: readonly string[] };
  /** Whoever remembers secrets that were right. */
  readonly verifier: { forget(clientId: string): void };
}

const TAKEN = 'Unable to insert or update resource because a resource with that value exists already';
/** As wide as the column of every database that Hydra runs on. */
const LONGEST_ID = 255;

export function createClientOperations(parts: ClientOperationsParts): ClientOperations {
  const { store, ring, random, clock, fetch, rules, verifier } = parts;

  /** The body as metadata, checked as far as it can be without looking at what is stored. */
  async function read(body: Readonly<Record<string, unknown>>, generation: ClientGeneration): Promise<Described> {
    try {
      const input = readClientMetadata(body, generation.unknownFields);
      checkId(input.client_id);
      const metadata = validateClientMetadata(input, { ...rules, informationalUris: generation.informationalUris });
      const checked = { ...metadata, jwks: publicKeysOf(metadata) };
      await checkCalledAddresses(checked, fetch);
      await checkSectorDocument(checked, fetch);
      return { input, metadata: checked };
    } catch (error) {
      throw error instanceof OAuthError ? generation.refusal(error) : error;
    }
  }

  async function chosen(secret: string): Promise<ClientSecret> {
    return { hash: await hashChosenSecret(secret, random), created: clock.now(), expires: null };
  }

  return {
    async create(body, generation) {
      const { input, metadata } = await read(body, generation);
      const now = clock.now();
      const secret = input.client_secret || generateClientSecret(random);
      const registrationToken = generation.registrationTokens ? random.bytes(32).toString('base64url') : undefined;
      const client: Client = {
        id: input.client_id || random.uuid(),
        metadata,
        secrets: [
          input.client_secret
            ? await chosen(secret)
            : { hash: hashGeneratedSecret(secret, ring), created: now, expires: null },
        ],
        registrationToken: registrationToken === undefined ? null : hashGeneratedSecret(registrationToken, ring),
        bornAt: now,
        createdAt: wholeSecond(now),
        updatedAt: wholeSecond(now),
      };
      if (!(await store.clients.insert(client))) throw new OAuthError(TAKEN);
      return {
        client,
        // Hydra: a public client has a secret all the same, which nobody gets to see.
        ...(isPublicClient(client) ? {} : { secret }),
        ...(registrationToken === undefined ? {} : { registrationToken }),
      };
    },

    get: (id) => store.clients.find(id),
    list: (query) => store.clients.list(query),
    count: (query) => store.clients.count(query),

    async replace(id, body, generation) {
      const { input, metadata } = await read(body, generation);
      const before = await store.clients.find(id);
      if (before === undefined) throw new OAuthError('Unable to locate the resource');
      const now = wholeSecond(clock.now());
      const shownCreation = input.created_at ?? now;
      const client: Client = {
        ...before,
        metadata: keepFields(metadata, before.metadata, generation.unknownFields),
        secrets: input.client_secret ? [await chosen(input.client_secret)] : before.secrets,
        // An operator's word ends the client's own say (RFC 7592 §3 leaves when to the server).
        registrationToken: null,
        createdAt: generation.createdAt === 'overwritten' ? shownCreation : before.createdAt,
        updatedAt: now,
      };
      if (!(await store.clients.update(client))) throw new OAuthError('Unable to locate the resource');
      if (input.client_secret) verifier.forget(id);
      // Hydra: the answer says what the body said about the creation, whatever was stored.
      const shown = { ...client, createdAt: shownCreation };
      return input.client_secret ? { client: shown, secret: input.client_secret } : { client: shown };
    },

    async delete(id) {
      const existed = await store.clients.delete(id);
      verifier.forget(id);
      return existed;
    },
  };
}

interface Described {
  readonly input: ClientMetadataInput;
  readonly metadata: ClientMetadata;
}

function checkId(id: string | undefined): void {
  if (id === undefined || (id.length <= LONGEST_ID && !id.includes('\0'))) return;
  throw new OAuthError(
    'invalid_client_metadata',
    `The field client_id must have at most ${LONGEST_ID} characters, none of them NUL.`,
  );
}

/** RFC 7591 §2: `jwks` has public keys. Private members that came along are not kept; a shared secret is no such key. */
function publicKeysOf(metadata: ClientMetadata): ClientMetadata['jwks'] {
  if (metadata.jwks === null) return null;
  return {
    keys: metadata.jwks.keys.map((value) => {
      const key = publicJwk(readKey(value));
      if (key !== undefined) return key;
      throw new OAuthError(
        'invalid_client_metadata',
        'The field jwks has a symmetric key. Register RSA, EC or Ed25519 public keys.',
      );
    }),
  };
}

function readKey(value: unknown): Jwk {
  try {
    return parseJwk(value);
  } catch (error) {
    // The reasons of parseJwk never quote the key.
    const reason = error instanceof Error ? error.message : 'it is no key';
    throw new OAuthError(
      'The request was malformed or contained invalid parameters',
      `The field jwks has a key that cannot be used: ${reason}. Give complete RSA, EC or Ed25519 public keys.`,
    );
  }
}

/** Hydra: times of clients have no fraction. */
function wholeSecond(instant: Instant): Instant {
  return fromSeconds(toSeconds(instant));
}

function keepFields(next: ClientMetadata, before: ClientMetadata, fields: ReadonlySet<string>): ClientMetadata {
  return { ...next, ...Object.fromEntries(Object.entries(before).filter(([field]) => fields.has(field))) };
}
