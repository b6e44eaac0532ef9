/**
 * Exchange of a client's secret without an outage: the new one and those before it are good side by side, until these
 * expire or are deleted. The operations and the number of secrets are Hydra's; expiry, last use and the single secret are
 * ours.
 */
import { type Client, type ClientSecret, MOST_SECRETS } from '../model/client.js';
import { parseGoDuration } from '../protocol/duration.js';
import { OAuthError } from '../protocol/errors.js';
import type { Instant, Milliseconds } from '../protocol/time.js';
import type { SecretUses } from './secret-uses.js';
import { createWriteClient, type Registered, type WriteClientParts } from './write-client.js';

/** What is told about a secret, never the secret. */
export interface SecretRecord {
  readonly id: string;
  readonly created: Instant;
  readonly expires: Instant | null;
  /** To the hour; `null` where it was never used. */
  readonly lastUsed: Instant | null;
}

export interface SecretOperations {
  /**
   * Gives a client a new secret. `client_secret` in the body is taken for one that is chosen; `grace_period`, a duration,
   * says when the secrets before stop to be good.
   *
   * @throws OAuthError 404 where there is no such client, 400 where it uses no secret or for a body that cannot be.
   */
  rotate(id: string, body: Readonly<Record<string, unknown>>): Promise<Registered>;
  /** Ends all secrets but the newest. @throws OAuthError 404 */
  removeOlder(id: string): Promise<Client>;
  /** The secrets that are good, the newest first. @throws OAuthError 404 */
  list(id: string): Promise<readonly SecretRecord[]>;
  /** Ends one secret. @throws OAuthError 404 where there is none of this id, 409 for the newest. */
  remove(id: string, secretId: string): Promise<void>;
}

export type SecretOperationsParts = WriteClientParts & { readonly secretUses: Pick<SecretUses, 'of'> };

const WITH_SECRET: ReadonlySet<string> = new Set(['client_secret_basic', 'client_secret_post']);
/** Hydra: the shortest secret that may be chosen. */
const SHORTEST_BYTES = 6;

export function createSecretOperations(parts: SecretOperationsParts): SecretOperations {
  const { store, clock, secretUses } = parts;
  const write = createWriteClient(parts);

  return {
    async rotate(id, body) {
      if ((await store.clients.find(id)) === undefined) throw unknown();
      const { chosen, grace } = readRotation(body);
      let shown = '';
      const client = await write.change(id, async (before) => {
        const method = before.metadata.token_endpoint_auth_method;
        if (!WITH_SECRET.has(method))
          throw new OAuthError('Bad Request', `The client authenticates by ${method}, which needs no secret.`);
        const made = chosen === undefined ? write.generated() : { secret: chosen, stored: await write.chosen(chosen) };
        shown = made.secret;
        return { secrets: withNew(before.secrets, made.stored, grace, clock.now()) };
      });
      return { client, secret: shown };
    },

    removeOlder: (id) => write.change(id, ({ secrets }) => ({ secrets: secrets.slice(0, 1) })),

    async list(id) {
      const client = await store.clients.find(id);
      if (client === undefined) throw unknown();
      const used = await secretUses.of(id);
      return living(client.secrets, clock.now()).map((secret) => ({
        id: nameOf(secret),
        created: secret.created,
        expires: secret.expires,
        lastUsed: used.get(secret.created) ?? null,
      }));
    },

    async remove(id, secretId) {
      await write.change(id, ({ secrets }) => {
        const gone = secrets.findIndex((secret) => nameOf(secret) === secretId);
        if (gone < 0) throw unknown();
        if (gone === 0)
          throw new OAuthError('Conflict', 'This is the newest secret. Rotate first, or set client_secret.');
        return { secrets: secrets.toSpliced(gone, 1) };
      });
    },
  };
}

function unknown(): OAuthError {
  return new OAuthError('Unable to locate the resource');
}

/** Says nothing about the secret's value. */
function nameOf({ created }: ClientSecret): string {
  return created.toString(36);
}

function living(secrets: readonly ClientSecret[], now: Instant): readonly ClientSecret[] {
  return secrets.filter(({ expires }) => expires === null || expires > now);
}

/** The new secret in front; where there are too many, the oldest go. */
function withNew(
  before: readonly ClientSecret[],
  made: ClientSecret,
  grace: Milliseconds | undefined,
  now: Instant,
): readonly ClientSecret[] {
  const end = grace === undefined ? Number.POSITIVE_INFINITY : now + grace;
  const older = before.map((secret) => {
    const expires = Math.min(secret.expires ?? Number.POSITIVE_INFINITY, end);
    return Number.isFinite(expires) ? { ...secret, expires } : secret;
  });
  // Clocks of two nodes may differ, and a standing one says the same twice.
  const created = Math.max(made.created, ...before.map((secret) => secret.created + 1));
  return [{ ...made, created }, ...living(older, now)].slice(0, MOST_SECRETS);
}

function readRotation(body: Readonly<Record<string, unknown>>): { chosen?: string; grace?: Milliseconds } {
  const { client_secret: chosen, grace_period: period } = body;
  return {
    ...(isGiven(chosen) && { chosen: readSecret(chosen) }),
    ...(isGiven(period) && { grace: readGrace(period) }),
  };
}

/** Hydra: null and the empty text stand for nothing. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function readSecret(value: unknown): string {
  if (typeof value === 'string' && Buffer.byteLength(value) >= SHORTEST_BYTES) return value;
  throw new OAuthError('invalid_client_metadata', `client_secret is a text of at least ${SHORTEST_BYTES} bytes.`);
}

function readGrace(value: unknown): Milliseconds {
  const grace = typeof value === 'string' ? parseGoDuration(value) : undefined;
  // Beyond a century the sum with today may be no date any more.
  if (grace !== undefined && grace >= 0 && grace <= 100 * 366 * 86_400_000) return Math.round(grace);
  throw new OAuthError('invalid_client_metadata', 'grace_period is a duration of at most a century, such as "24h".');
}
