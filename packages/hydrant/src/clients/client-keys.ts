import { type Jwk, parseJwk } from '../crypto/jwk.js';
import { FetchFailure, type GuardedFetch } from '../hooks/guarded-fetch.js';
import type { Client } from '../model/client.js';
import type { ClientKeySet } from '../protocol/client-metadata.js';
import type { Clock, Instant, Milliseconds } from '../protocol/time.js';

/** The public keys of clients: for assertions (RFC 7523 §3) and request objects (RFC 9101 §6.2). */
export interface ClientKeys {
  /**
   * From `jwks`, or fetched from `jwks_uri` and remembered for a while. With `refresh` fetched anew, for a signature that
   * no known key fits; but never more often than the client could be made to ask for (then the remembered ones come back).
   *
   * @throws FetchFailure where the keys cannot be had
   */
  keysOf(client: Client, options?: { readonly refresh?: boolean }): Promise<readonly Jwk[]>;
}

export interface ClientKeysParts {
  readonly fetch: Pick<GuardedFetch, 'get'>;
  readonly clock: Clock;
}

/** How long fetched keys are used without asking again: the time in which a withdrawn key still works. */
const FRESH: Milliseconds = 5 * 60_000;
/** How often one address is called at most, failures included. */
const PAUSE: Milliseconds = 10_000;
/** How many addresses are remembered; the oldest goes first. */
const CAPACITY = 1_000;

interface Fetched {
  readonly askedAt: Instant;
  readonly freshUntil: Instant;
  readonly keys: Promise<readonly Jwk[]>;
}

export function createClientKeys({ fetch, clock }: ClientKeysParts): ClientKeys {
  const remembered = new Map<string, Fetched>();

  function remember(url: string, fetched: Fetched): void {
    remembered.delete(url);
    remembered.set(url, fetched);
    const oldest = remembered.keys().next();
    if (remembered.size > CAPACITY && !oldest.done) remembered.delete(oldest.value);
  }

  function fetchKeys(url: string, known: Fetched | undefined): Promise<readonly Jwk[]> {
    const askedAt = clock.now();
    const keys = load(url).catch((failure: unknown) => {
      // An address that is down for a moment does not take away the keys that it gave before.
      const still = known !== undefined && askedAt < known.freshUntil ? known : undefined;
      remember(url, { askedAt, freshUntil: still?.freshUntil ?? askedAt + PAUSE, keys: still?.keys ?? keys });
      if (still === undefined) throw failure;
      return still.keys;
    });
    remember(url, { askedAt, freshUntil: askedAt + FRESH, keys });
    return keys;
  }

  async function load(url: string): Promise<readonly Jwk[]> {
    const { status, body } = await fetch.get(url, { accept: 'application/jwk-set+json, application/json' });
    if (status !== 200) throw new FetchFailure(`The address of the keys answered with status ${status}.`);
    return readKeySet(body);
  }

  return {
    async keysOf(client, { refresh = false } = {}) {
      const { jwks, jwks_uri: url } = client.metadata;
      if (jwks !== null) return registeredKeys(jwks);
      if (url === '') return [];
      const known = remembered.get(url);
      const now = clock.now();
      const good = known !== undefined && (refresh ? now < known.askedAt + PAUSE : now < known.freshUntil);
      return good ? known.keys : fetchKeys(url, known);
    },
  };
}

/** By the record, so that what is remembered by a key (its imported form) is found again. */
const registered = new WeakMap<ClientKeySet, readonly Jwk[]>();

function registeredKeys(jwks: ClientKeySet): readonly Jwk[] {
  const keys = registered.get(jwks) ?? readable(jwks.keys);
  registered.set(jwks, keys);
  return keys;
}

function readKeySet(text: string): readonly Jwk[] {
  let keys: unknown;
  try {
    const set: unknown = JSON.parse(text);
    keys = typeof set === 'object' && set !== null ? Reflect.get(set, 'keys') : undefined;
  } catch {
    // Not JSON at all: the same to the caller as JSON that is no set.
  }
  if (!Array.isArray(keys)) throw new FetchFailure('The address of the keys did not answer with a JSON Web Key set.');
  return readable(keys);
}

/** RFC 7517 §5: keys that are not understood are passed over. */
function readable(keys: readonly unknown[]): readonly Jwk[] {
  return keys.flatMap((key) => {
    try {
      return [parseJwk(key)];
    } catch {
      return [];
    }
  });
}
