/** JSON Web Key sets as the admin side keeps them (RFC 7517 §5). A set exists while it has a key. */
import { generateJwk, isPrivate, type Jwk, parseJwk } from '../crypto/jwk.js';
import type { Random } from '../crypto/random.js';
import { ACCESS_TOKEN_KEYS, ID_TOKEN_KEYS, type StoredKey } from '../model/json-web-key.js';
import { OAuthError } from '../protocol/errors.js';
import { isStorableIn, NAME_BYTES } from '../protocol/storable.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import type { KeyGeneration } from './generations.js';
import type { NamedJwk, Placed } from './naming.js';
import { jwkOf } from './stored-jwk.js';

export interface KeyOperations {
  /**
   * Makes a key and adds it: `alg` is needed, `kid` and `use` may be left out.
   *
   * @throws OAuthError for an `alg` that the generation does not offer, or 409 where the `kid` is taken
   */
  create(set: string, body: Readonly<Record<string, unknown>>, generation: KeyGeneration): Promise<readonly Jwk[]>;
  /** Every key of a set, newest first. @throws OAuthError 404 where there is no such set */
  get(set: string, generation: KeyGeneration): Promise<readonly Jwk[]>;
  /** @throws OAuthError 404 */
  getOne(set: string, kid: string, generation: KeyGeneration): Promise<Jwk>;
  /**
   * Puts these keys in the place of the whole set, at once. Answers with them as they were understood.
   *
   * @throws OAuthError for what is no key, or 409 for a `kid` that occurs twice; then nothing is changed
   */
  replace(set: string, body: Readonly<Record<string, unknown>>, generation: KeyGeneration): Promise<readonly Jwk[]>;
  /**
   * Puts one key in the place of that with the same `kid`, or adds it. Hydra: the `kid` of the key counts; that of the
   * path only names a key without one.
   *
   * @throws OAuthError for what is no key
   */
  put(set: string, kid: string, body: unknown, generation: KeyGeneration): Promise<Jwk>;
  deleteSet(set: string): Promise<void>;
  deleteOne(set: string, kid: string, generation: KeyGeneration): Promise<void>;
}

export interface KeyOperationsParts {
  readonly store: Pick<Store, 'keys'>;
  readonly random: Random;
  readonly clock: Clock;
  /** Length of the RSA keys that sign tokens. */
  readonly signingRsaBits: number;
}

const TAKEN = 'Unable to insert or update resource because a resource with that value exists already';
const MISSING_KEY = 'Unable to locate the resource';

export function createKeyOperations(parts: KeyOperationsParts): KeyOperations {
  const { store, random, clock, signingRsaBits } = parts;

  function rsaBits(set: string, alg: string): number {
    if (set === ID_TOKEN_KEYS || set === ACCESS_TOKEN_KEYS) return signingRsaBits;
    // Hydra: the lengths that its generators have.
    return alg.startsWith('PS') ? 2048 : 4096;
  }

  function read(value: unknown, kid: () => string, generation: KeyGeneration): NamedJwk {
    let jwk: Jwk;
    try {
      jwk = parseJwk(value);
    } catch (error) {
      // The reasons of parseJwk never quote the key.
      throw generation.unreadable(error instanceof Error ? error.message : 'there is no key in it');
    }
    const named = { ...jwk, kid: jwk.kid || kid() };
    checkName('kid', named.kid, generation);
    return named;
  }

  return {
    async create(set, body, generation) {
      const { alg, kid, use } = readRequest(body, generation);
      checkName('set', set, generation);
      checkName('kid', kid, generation);
      if (!generation.algorithms.has(alg)) throw generation.unsupported(alg);
      const named = kid || random.uuid();
      const present = await store.keys.list(set);
      // Asked before the key is made, which takes seconds; insert has the last word.
      if (present.some((key) => key.kid === named)) throw new OAuthError(TAKEN);
      const jwk = await generateJwk(alg, named, use || generation.defaultUse, { rsaBits: rsaBits(set, alg) });
      const key: StoredKey = { set, kid: named, generated: true, jwk: { ...jwk }, createdAt: clock.now() };
      if (!(await store.keys.insert([key]))) throw new OAuthError(TAKEN);
      return generation.naming.show(key);
    },

    async get(set, generation) {
      const keys = await store.keys.list(set);
      if (keys.length === 0) throw new OAuthError('Not Found');
      return keys.flatMap((key) => generation.naming.show(key));
    },

    async getOne(set, kid, generation) {
      const shown = (await store.keys.list(set)).flatMap((key) => generation.naming.show(key));
      const found = shown.find((key) => key.kid === kid);
      if (found === undefined) throw new OAuthError(MISSING_KEY);
      return found;
    },

    async replace(set, body, generation) {
      checkName('set', set, generation);
      const given = body.keys ?? [];
      if (!Array.isArray(given)) throw generation.unreadable('"keys" is not a list');
      const jwks = given.map((value) => read(value, () => random.uuid(), generation));
      const now = clock.now();
      await store.keys.replace(
        set,
        placeAll(jwks, generation).map((placed) => ({ ...placed, set, createdAt: now })),
      );
      return jwks;
    },

    async put(set, kid, body, generation) {
      checkName('set', set, generation);
      const jwk = read(body, () => kid, generation);
      const present = await store.keys.list(set);
      const placed = generation.naming.place(jwk, present);
      const kept = present.find((key) => key === placed);
      if (kept === undefined) await store.keys.put({ ...placed, set, createdAt: clock.now() });
      else if (!saysTheSame(jwk, kept)) {
        // Half of a pair that is there already: its key stays as it is, what is said about it is news.
        const { use = kept.jwk.use, alg = kept.jwk.alg } = jwk;
        await store.keys.put({ ...kept, jwk: { ...kept.jwk, use, alg } });
      }
      return jwk;
    },

    async deleteSet(set) {
      await store.keys.delete(set);
    },

    async deleteOne(set, kid, generation) {
      for (const key of await store.keys.list(set)) {
        const left = generation.naming.without(key, kid);
        if (left === key) continue;
        if (left === undefined) await store.keys.delete(set, key.kid);
        else await store.keys.put(left);
      }
    },
  };
}

interface KeyRequest {
  readonly alg: string;
  readonly kid: string;
  readonly use: string;
}

/** Hydra: names of members in any case. */
function readRequest(body: Readonly<Record<string, unknown>>, generation: KeyGeneration): KeyRequest {
  const members = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value ?? '']));
  const text = (name: keyof KeyRequest): string => {
    const value = members.get(name) ?? '';
    if (typeof value !== 'string') throw generation.unreadable(`"${name}" is not a text`);
    return value;
  };
  return { alg: text('alg'), kid: text('kid'), use: text('use') };
}

function checkName(what: 'set' | 'kid', name: string, generation: KeyGeneration): void {
  if (isStorableIn(NAME_BYTES, name)) return;
  throw generation.unreadable(`the name of the ${what} has more than ${NAME_BYTES} bytes in UTF-8, or U+0000`);
}

/** The records of a set. Both halves of a pair may come, in either order, and are one record; all else that comes twice is a mistake. */
function placeAll(jwks: readonly NamedJwk[], generation: KeyGeneration): readonly Placed[] {
  const records: Placed[] = [];
  for (const jwk of jwks) {
    const placed = generation.naming.place(jwk, records);
    const at = records.findIndex((record) => record.kid === placed.kid);
    const known = records[at];
    if (known === undefined) records.push(placed);
    else if (completes(placed, known)) records[at] = placed;
    else if (placed !== known) throw new OAuthError(TAKEN);
  }
  return records;
}

function completes(whole: Placed, half: Placed): boolean {
  const [a, b] = [jwkOf(whole), jwkOf(half)];
  return whole.generated && half.generated && a !== undefined && b !== undefined && isPrivate(a) && !isPrivate(b);
}

/** Whether a key brings nothing new about what a record is for. */
function saysTheSame(jwk: Jwk, { jwk: known }: StoredKey): boolean {
  return (jwk.use ?? known.use) === known.use && (jwk.alg ?? known.alg) === known.alg;
}
