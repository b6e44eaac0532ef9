/**
 * Client secrets: how they are made, stored and checked.
 *
 * A generated one has 157 bits, so one keyed hash is enough. A chosen one may be poor and is stretched: with scrypt, or
 * as Hydra does it where the operator says so. Hydra's bcrypt and PBKDF2 hashes verify as they are. A pair that was found right is remembered for the life of the process, under
 * a key that exists only in its memory: a slow hash costs once.
 */

import { type BinaryLike, pbkdf2, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { hash as hashBcrypt, verify as verifyBcrypt } from '@node-rs/bcrypt';
import { OAuthError } from '../protocol/errors.js';
import { createBoundedQueue } from './bounded-queue.js';
import { equalConstantTime } from './constant-time.js';
import { hmacSha256, prepareHmacKey } from './hmac.js';
import { type Random, systemRandom } from './random.js';
import { type SecretRing, type SecretRingEntry, signingEntry } from './secret-ring.js';

const scryptAsync: (password: BinaryLike, salt: BinaryLike, length: number, options: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);
const pbkdf2Async = promisify(pbkdf2);

/** Hydra: length and alphabet of a generated secret. */
const GENERATED_LENGTH = 26;
const SYMBOLS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~';

/** A new secret: 26 characters, uniform over 66 symbols. */
export function generateClientSecret(random: Random): string {
  // A remainder of the bytes above the last multiple of 66 would favour the first symbols.
  const limit = 256 - (256 % SYMBOLS.length);
  let secret = '';
  while (secret.length < GENERATED_LENGTH) {
    for (const byte of random.bytes(GENERATED_LENGTH)) {
      if (byte < limit && secret.length < GENERATED_LENGTH) secret += SYMBOLS.charAt(byte % SYMBOLS.length);
    }
  }
  return secret;
}

const KEYED = '$hydrant-hmac-sha256$';

/** The stored form of a secret from {@link generateClientSecret}; not for chosen ones. Verifies as long as the ring has today's first entry. */
export function hashGeneratedSecret(secret: string, ring: SecretRing): string {
  return KEYED + keyedHash(secret, signingEntry(ring));
}

function keyedHash(secret: string, entry: SecretRingEntry): string {
  return hmacSha256(entry.hmac, 'client-secret:', secret).toString('base64url');
}

/** N = 2^15, which takes 32 MiB and some 90 ms in the thread pool. */
const SCRYPT = { ln: 15, r: 8, p: 1 } as const;

/** How a chosen secret is stretched. Whichever it is, the stored forms of all of them verify. */
export type SecretHasher =
  | { readonly algorithm: 'scrypt' }
  | { readonly algorithm: 'pbkdf2'; readonly iterations: number }
  | { readonly algorithm: 'bcrypt'; readonly cost: number };

const BY_SCRYPT: SecretHasher = { algorithm: 'scrypt' };

/**
 * The stored form of a secret that somebody chose, each with a salt of its own: `$scrypt$ln=15,r=8,p=1$salt$key` and Hydra's
 * `$pbkdf2-sha256$i=…,l=32$salt$key` in unpadded base64, or bcrypt's own. Throws OAuthError `invalid_client_metadata` for a
 * secret beyond what bcrypt looks at.
 */
export async function hashChosenSecret(
  secret: string,
  random: Random,
  hasher: SecretHasher = BY_SCRYPT,
): Promise<string> {
  switch (hasher.algorithm) {
    case 'bcrypt':
      return hashByBcrypt(secret, hasher.cost, random.bytes(16));
    case 'pbkdf2':
      return hashByPbkdf2(secret, hasher.iterations, random.bytes(16));
    case 'scrypt':
      return hashByScrypt(secret, random.bytes(16));
  }
}

async function hashByScrypt(secret: string, salt: Buffer): Promise<string> {
  const { ln, r, p } = SCRYPT;
  const key = await scryptKey(secret, salt, 32, ln, r, p);
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`;
}

async function hashByPbkdf2(secret: string, iterations: number, salt: Buffer): Promise<string> {
  const key = await pbkdf2Async(secret, salt, iterations, 32, 'sha256');
  return `$pbkdf2-sha256$i=${iterations},l=32$${unpadded(salt)}$${unpadded(key)}`;
}

/** Two secrets that differ after the 72nd byte would be one to bcrypt, so a longer one is refused rather than cut. */
async function hashByBcrypt(secret: string, cost: number, salt: Buffer): Promise<string> {
  if (Buffer.byteLength(secret) > BCRYPT_BYTES)
    throw new OAuthError(
      'invalid_client_metadata',
      `A client secret may have at most ${BCRYPT_BYTES} bytes while oauth2.hashers.algorithm is bcrypt.`,
    );
  return hashBcrypt(secret, cost, salt);
}

function scryptKey(secret: string, salt: Buffer, length: number, ln: number, r: number, p: number): Promise<Buffer> {
  const N = 2 ** ln;
  // Node's default of 32 MiB is a little less than what N = 2^15 needs.
  return scryptAsync(secret, salt, length, { N, r, p, maxmem: 128 * r * (N + p + 2) });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** Hydra: names the SHA-2 digests by their length but means SHA-3 for 224 and 384. */
const PBKDF2_DIGESTS: ReadonlyMap<string, string> = new Map([
  ['sha1', 'sha1'],
  ['sha224', 'sha3-224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha3-384'],
  ['sha512', 'sha512'],
]);

/** bcrypt never looks at more; the first generation of Hydra accepted longer secrets all the same. */
const BCRYPT_BYTES = 72;

/** Beyond these a stored hash is taken for damaged: checking it would keep a thread for minutes. The settings stay below. */
const LIMITS = { ln: 20, r: 32, p: 16, iterations: 10_000_000, keyBytes: 512, cost: 20 } as const;

/** Whether the secret is the one behind a stored hash. The form of the hash names the algorithm; an unknown form fits nothing. */
export async function verifyClientSecret(hash: string, secret: string, ring: SecretRing): Promise<boolean> {
  if (isKeyed(hash)) return verifyKeyed(hash, secret, ring);
  if (hash.startsWith('$scrypt$')) return verifyScrypt(hash, secret);
  if (hash.startsWith('$pbkdf2-')) return verifyPbkdf2(hash, secret);
  if (hash.startsWith('$2')) return verifyBcryptHash(hash, secret);
  return false;
}

function isKeyed(hash: string): boolean {
  return hash.startsWith(KEYED);
}

function verifyKeyed(hash: string, secret: string, ring: SecretRing): boolean {
  let found = false;
  for (const entry of ring.entries) found = equalConstantTime(KEYED + keyedHash(secret, entry), hash) || found;
  return found;
}

async function verifyScrypt(hash: string, secret: string): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash);
  if (match === null) return false;
  const [, ln = 0, r = 0, p = 0] = match.map(Number);
  const expected = Buffer.from(match[5] ?? '', 'base64');
  if (ln < 1 || ln > LIMITS.ln || r < 1 || r > LIMITS.r || p < 1 || p > LIMITS.p) return false;
  if (expected.length < 16 || expected.length > LIMITS.keyBytes) return false;
  const key = await scryptKey(secret, Buffer.from(match[4] ?? '', 'base64'), expected.length, ln, r, p);
  return equalConstantTime(key, expected);
}

async function verifyBcryptHash(hash: string, secret: string): Promise<boolean> {
  const match = /^\$2[abyz](\$(\d\d)\$[./A-Za-z0-9]{53})$/.exec(hash);
  const cost = Number(match?.[2]);
  if (match === null || cost < 4 || cost > LIMITS.cost) return false;
  // The letters tell faults of old implementations apart, not ways to compute; the library does not know all of them.
  return verifyBcrypt(Buffer.from(secret, 'utf8').subarray(0, BCRYPT_BYTES), `$2b${match[1]}`);
}

async function verifyPbkdf2(hash: string, secret: string): Promise<boolean> {
  const match = /^\$pbkdf2-([a-z0-9]+)\$i=(\d{1,8}),l=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash);
  const digest = PBKDF2_DIGESTS.get(match?.[1] ?? '');
  if (match === null || digest === undefined) return false;
  const iterations = Number(match[2]);
  const expected = Buffer.from(match[5] ?? '', 'base64');
  if (iterations < 1 || iterations > LIMITS.iterations || expected.length > LIMITS.keyBytes) return false;
  // A key shorter than it says would make guessing cheap.
  if (expected.length < 16 || expected.length !== Number(match[3])) return false;
  const key = await pbkdf2Async(secret, Buffer.from(match[4] ?? '', 'base64'), iterations, expected.length, digest);
  return equalConstantTime(key, expected);
}

/** {@link verifyClientSecret} with a memory. */
export interface SecretVerifier {
  /** Rejects with OAuthError `temporarily_unavailable` when too many slow checks are waiting. */
  verify(clientId: string, hash: string, secret: string): Promise<boolean>;
  /**
   * Which of a client's hashes the secret fits. Those that are checked in no time are asked first: a client that still uses
   * its old secret would otherwise pay for a slow check of the new one with every request. Rejects as `verify` does.
   */
  find(clientId: string, hashes: readonly string[], secret: string): Promise<string | undefined>;
  /** Frees what is remembered of a client. Only for tidiness: what was remembered holds for one stored hash, never for its successor. */
  forget(clientId: string): void;
}

/** Bounds of a {@link SecretVerifier}. */
export interface SecretVerifierOptions {
  /** How many clients are remembered; the one unused for longest goes first. */
  readonly capacity?: number;
  /** How many slow checks run at once. Node's pool has four threads, and signing needs some of them. */
  readonly concurrency?: number;
  /** How many slow checks may wait. */
  readonly waiting?: number;
}

/** While a secret is being replaced a client uses two; more than a few would be no use. */
const REMEMBERED_PER_CLIENT = 4;

/** A memory of right secrets, in this process and nowhere else. Wrong ones are never remembered. */
export function createSecretVerifier(ring: SecretRing, options: SecretVerifierOptions = {}): SecretVerifier {
  const { capacity = 10_000, concurrency = 2, waiting = 256 } = options;
  const processKey = prepareHmacKey(systemRandom.bytes(32));
  const queue = createBoundedQueue(concurrency, waiting);
  /** In order of use: a Map keeps the order of insertion. */
  const remembered = new Map<string, readonly string[]>();
  const underway = new Map<string, Promise<boolean>>();

  function remember(clientId: string, mark: string): void {
    const marks = remembered.get(clientId) ?? [];
    remembered.delete(clientId);
    remembered.set(clientId, [mark, ...marks.filter((other) => other !== mark)].slice(0, REMEMBERED_PER_CLIENT));
    const oldest = remembered.keys().next();
    if (remembered.size > capacity && !oldest.done) remembered.delete(oldest.value);
  }

  /** Clients start many requests at once; the same question asked meanwhile waits for the same answer. */
  function slowly(mark: string, hash: string, secret: string): Promise<boolean> {
    const asked = underway.get(mark);
    if (asked !== undefined) return asked;
    const answer = queue(() => verifyClientSecret(hash, secret, ring)).finally(() => underway.delete(mark));
    underway.set(mark, answer);
    return answer;
  }

  // The lengths in front make the sequence unambiguous. Marks are useless outside of this process, so they may be looked up
  // like any other key.
  function markOf(clientId: string, hash: string, secret: string): string {
    return hmacSha256(processKey, `${clientId.length}:${hash.length}:`, clientId, hash, secret).toString('latin1');
  }

  /** `undefined` where only a slow check can tell. */
  function quickly(clientId: string, hash: string, secret: string): boolean | undefined {
    if (isKeyed(hash)) return verifyKeyed(hash, secret, ring);
    const mark = markOf(clientId, hash, secret);
    if (remembered.get(clientId)?.includes(mark) !== true) return undefined;
    remember(clientId, mark);
    return true;
  }

  async function verify(clientId: string, hash: string, secret: string): Promise<boolean> {
    const known = quickly(clientId, hash, secret);
    if (known !== undefined) return known;
    const mark = markOf(clientId, hash, secret);
    if (!(await slowly(mark, hash, secret))) return false;
    remember(clientId, mark);
    return true;
  }

  return {
    verify,
    async find(clientId, hashes, secret) {
      const doubtful: string[] = [];
      for (const hash of hashes) {
        const known = quickly(clientId, hash, secret);
        if (known) return hash;
        if (known === undefined) doubtful.push(hash);
      }
      for (const hash of doubtful) if (await verify(clientId, hash, secret)) return hash;
      return undefined;
    },
    forget(clientId) {
      remembered.delete(clientId);
    },
  };
}
