/** How clients are written, whoever asked for it: secrets never in clear, changes never over somebody else's. */
import {
  generateClientSecret,
  hashChosenSecret,
  hashGeneratedSecret,
  type SecretHasher,
} from '../crypto/client-secret.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import { type Client, type ClientSecret, isPublicClient } from '../model/client.js';
import type { ClientMetadata } from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';
import { type Clock, fromSeconds, type Instant, toSeconds } from '../protocol/time.js';
import type { Store } from '../store/index.js';

/** A client as it is now, with the secrets that are shown this once. */
export interface Registered {
  readonly client: Client;
  /** In clear, where it was made or set just now and is to be shown. */
  readonly secret?: string;
  /** In clear, where it was made just now. */
  readonly registrationToken?: string;
}

export interface WriteClientParts {
  readonly store: Pick<Store, 'clients'>;
  readonly ring: SecretRing;
  readonly random: Random;
  readonly clock: Clock;
  /** How secrets that somebody chose are stretched; scrypt where nothing is said. */
  readonly hasher?: SecretHasher;
  /** Whoever remembers secrets that were right. */
  readonly verifier: { forget(clientId: string): void };
  /** Told of every client that was written. */
  readonly events: { clientChanged(action: 'created' | 'updated' | 'deleted', id: string): void };
}

/** A new client. Without an id or a secret one is made. */
export interface NewClient {
  readonly id?: string | undefined;
  readonly secret?: string | undefined;
  readonly metadata: ClientMetadata;
  readonly registrationToken: boolean;
}

type Changes = Partial<Pick<Client, 'metadata' | 'secrets' | 'registrationToken' | 'createdAt'>>;

export interface WriteClient {
  /** @throws OAuthError 409 where the id is taken. */
  insert(client: NewClient): Promise<Registered>;
  /**
   * Changes a client as `decide` says from what it is. Where somebody else was faster, `decide` is asked again with what
   * they made of it.
   *
   * @throws OAuthError 404 where there is none
   */
  change(id: string, decide: (before: Client) => Changes | Promise<Changes>): Promise<Client>;
  /** The stored form of a secret that somebody chose. */
  chosen(secret: string): Promise<ClientSecret>;
  /** A new secret, and its stored form. */
  generated(): { readonly secret: string; readonly stored: ClientSecret };
  /** A registration access token (RFC 7592 §3) and the digest that is stored of it. */
  registrationToken(): { readonly token: string; readonly digest: string };
}

const TAKEN = 'Unable to insert or update resource because a resource with that value exists already';
/** Against other processes only: each time that one of us loses, another has won. */
const ATTEMPTS = 10;

export function createWriteClient(parts: WriteClientParts): WriteClient {
  const { store, ring, random, clock, verifier, hasher, events } = parts;

  async function chosen(secret: string): Promise<ClientSecret> {
    return { hash: await hashChosenSecret(secret, random, hasher), created: clock.now(), expires: null };
  }

  /** Changes of one client, one after the other: within this process nobody has to begin anew. */
  const turns = new Map<string, Promise<void>>();
  function inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(id) ?? Promise.resolve()).then(work);
    const over = turn.then(
      () => {},
      () => {},
    );
    turns.set(id, over);
    void over.then(() => {
      if (turns.get(id) === over) turns.delete(id);
    });
    return turn;
  }

  async function change(id: string, decide: (before: Client) => Changes | Promise<Changes>): Promise<Client> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = await store.clients.find(id);
      if (before === undefined) throw new OAuthError('Unable to locate the resource');
      const client = { ...before, ...(await decide(before)), updatedAt: wholeSecond(clock.now()) };
      if (!(await store.clients.update(client))) continue;
      if (client.secrets !== before.secrets) verifier.forget(id);
      events.clientChanged('updated', id);
      return client;
    }
    throw new OAuthError('Conflict', 'Too many changes of this client at once. Try again.');
  }

  function generated() {
    const secret = generateClientSecret(random);
    return { secret, stored: { hash: hashGeneratedSecret(secret, ring), created: clock.now(), expires: null } };
  }

  function registrationToken() {
    const token = random.bytes(32).toString('base64url');
    return { token, digest: hashGeneratedSecret(token, ring) };
  }

  return {
    chosen,
    generated,
    registrationToken,

    async insert(wanted) {
      const now = clock.now();
      const { secret, stored } = wanted.secret
        ? { secret: wanted.secret, stored: await chosen(wanted.secret) }
        : generated();
      const registration = wanted.registrationToken ? registrationToken() : undefined;
      const client: Client = {
        id: wanted.id || random.uuid(),
        metadata: wanted.metadata,
        secrets: [stored],
        registrationToken: registration?.digest ?? null,
        bornAt: now,
        createdAt: wholeSecond(now),
        updatedAt: wholeSecond(now),
        accessTokensRevokedAt: null,
        revision: 0,
      };
      if (!(await store.clients.insert(client))) throw new OAuthError(TAKEN);
      events.clientChanged('created', client.id);
      return {
        client,
        // Hydra: a public client has a secret all the same, which nobody gets to see.
        ...(isPublicClient(client) ? {} : { secret }),
        ...(registration && { registrationToken: registration.token }),
      };
    },

    change: (id, decide) => inTurn(id, () => change(id, decide)),
  };
}

/** Hydra: times of clients have no fraction. */
export function wholeSecond(instant: Instant): Instant {
  return fromSeconds(toSeconds(instant));
}
