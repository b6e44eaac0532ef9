/** The keys that sign what Hydrant issues, and what others need to check it. */
import { generateJwk, isPrivate, type Jwk, publicJwk, signingAlgorithm } from '../crypto/jwk.js';
import type { Random } from '../crypto/random.js';
import { ACCESS_TOKEN_KEYS, ID_TOKEN_KEYS, type StoredKey } from '../model/json-web-key.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { jwkOf } from './stored-jwk.js';

/** What new signing keys may be for. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

export interface SigningKeys {
  /**
   * Sees to it that both standard sets can sign. Runs before the server says that it is ready. Two nodes that start at once
   * may both add a key: each is published, and the newest signs.
   */
  ensure(): Promise<void>;
  /** The newest private key of a set that can sign; made now where somebody deleted the last one. */
  signer(set: string): Promise<Jwk>;
  /** The public halves of all broadcast sets, each once (RFC 7517 §5). */
  published(): Promise<readonly Jwk[]>;
  /** The public halves of one set, newest first. */
  verificationKeys(set: string): Promise<readonly Jwk[]>;
}

export interface SigningKeysParts {
  readonly store: Pick<Store, 'keys'>;
  readonly random: Random;
  readonly clock: Clock;
  readonly algorithm: SigningAlgorithm;
  readonly rsaBits: number;
  /** Sets that are published beside the two standard ones. */
  readonly broadcast: readonly string[];
}

const STANDARD = [ID_TOKEN_KEYS, ACCESS_TOKEN_KEYS];

interface Signing {
  readonly stored: StoredKey;
  readonly jwk: Jwk;
}

export function createSigningKeys(parts: SigningKeysParts): SigningKeys {
  const { store, random, clock, algorithm, rsaBits, broadcast } = parts;
  const broadcastSets = [...new Set([...STANDARD, ...broadcast])];
  /** One key at a time per set: a hundred requests that miss a key need but one. */
  const making = new Map<string, Promise<Jwk>>();

  async function signingKeys(set: string): Promise<readonly Signing[]> {
    return (await store.keys.list(set)).flatMap((stored) => {
      const jwk = jwkOf(stored);
      return jwk !== undefined && canSign(jwk) ? [{ stored, jwk }] : [];
    });
  }

  function make(set: string): Promise<Jwk> {
    const underway = making.get(set) ?? makeNow(set).finally(() => making.delete(set));
    making.set(set, underway);
    return underway;
  }

  async function makeNow(set: string): Promise<Jwk> {
    const kid = random.uuid();
    const jwk = await generateJwk(algorithm, kid, 'sig', { rsaBits });
    await store.keys.insert([{ set, kid, generated: true, jwk: { ...jwk }, createdAt: clock.now() }]);
    // Of several nodes one was the last; all sign with what the store says is newest.
    const [newest] = await signingKeys(set);
    return newest?.jwk ?? jwk;
  }

  async function signer(set: string): Promise<Jwk> {
    const [newest] = await signingKeys(set);
    return newest?.jwk ?? make(set);
  }

  async function publicKeys(set: string): Promise<readonly Jwk[]> {
    return (await store.keys.list(set)).flatMap((stored) => {
      const jwk = jwkOf(stored);
      const half = jwk && publicHalf(jwk);
      return half === undefined ? [] : [half];
    });
  }

  return {
    async ensure() {
      for (const set of STANDARD) {
        const keys = await signingKeys(set);
        // A key that an operator brought signs, whatever is configured; among our own the configured algorithm has to be.
        const ready = keys.some(({ stored, jwk }) => !stored.generated || signingAlgorithm(jwk) === algorithm);
        if (!ready) await make(set);
      }
      // Sets that cannot be opened are told now, rather than to whoever asks for the published keys.
      await Promise.all(broadcastSets.map((set) => store.keys.list(set)));
    },

    signer,

    async published() {
      // A set without a private key would get one at the next signature; whoever asks now should see it.
      await Promise.all(STANDARD.map(signer));
      const keys = (await Promise.all(broadcastSets.map(publicKeys))).flat();
      return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
    },

    verificationKeys: publicKeys,
  };
}

function canSign(jwk: Jwk): boolean {
  return isPrivate(jwk) && jwk.kty !== 'oct' && jwk.use !== 'enc' && signingAlgorithm(jwk) !== undefined;
}

/** By the whole key, so that what is remembered by the record of its half is found again. */
const halves = new WeakMap<Jwk, Jwk>();

function publicHalf(jwk: Jwk): Jwk | undefined {
  const known = halves.get(jwk);
  if (known !== undefined) return known;
  const half = publicJwk(jwk);
  if (half !== undefined) halves.set(jwk, half);
  return half;
}
