import { pbkdf2Sync } from 'node:crypto';
import { hash as bcrypt, verify } from '@node-rs/bcrypt';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { OAuthError } from '../protocol/errors.js';
import {
  createSecretVerifier,
  generateClientSecret,
  hashChosenSecret,
  hashGeneratedSecret,
  verifyClientSecret,
} from './client-secret.js';
import { systemRandom } from './random.js';
import { createSecretRing } from './secret-ring.js';

/** The real thing, with its calls counted. */
vi.mock('@node-rs/bcrypt', { spy: true });

const ring = createSecretRing(['the secret that signs']);
const VECTOR = 'client-secret-vector';
const PBKDF2 = '$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$3eX9aFR7CfQB8YjKmjBS844VevjTEUjWqNPcjKyV2jk';
const BCRYPT = '$2a$10$./IRcCzUG3JTCJluYmTti.HaNBqeoQp2KdO95v6dInN/goqQfFn/e';

function pbkdf2(secret: string, name: string, digest: string, iterations = 10): string {
  const [salt, key] = [Buffer.alloc(16, 3), pbkdf2Sync(secret, Buffer.alloc(16, 3), iterations, 64, digest)];
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$pbkdf2-${name}$i=${iterations},l=64$${text(salt)}$${text(key)}`;
}

describe('a chosen secret is stretched as the operator says', () => {
  test.each([
    [{ algorithm: 'scrypt' } as const, /^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/],
    [
      { algorithm: 'pbkdf2', iterations: 11 } as const,
      /^\$pbkdf2-sha256\$i=11,l=32\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    ],
    [{ algorithm: 'bcrypt', cost: 4 } as const, /^\$2[aby]\$04\$[./A-Za-z0-9]{53}$/],
  ])('%o', async (hasher, form) => {
    const [one, other] = [
      await hashChosenSecret('chosen', systemRandom, hasher),
      await hashChosenSecret('chosen', systemRandom, hasher),
    ];
    expect(one).toMatch(form);
    expect(other).not.toBe(one);
    expect(await verifyClientSecret(one, 'chosen', ring)).toBe(true);
    expect(await verifyClientSecret(one, 'chosem', ring)).toBe(false);
  });

  test('PBKDF2 as Hydra has it: the same salt gives the same text', async () => {
    const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    const fixed = { ...systemRandom, bytes: () => salt };
    expect(await hashChosenSecret(VECTOR, fixed, { algorithm: 'pbkdf2', iterations: 25_000 })).toBe(PBKDF2);
  });

  test('bcrypt looks at 72 bytes, so it is not given more', async () => {
    const hasher = { algorithm: 'bcrypt', cost: 4 } as const;
    await expect(hashChosenSecret('ü'.repeat(37), systemRandom, hasher)).rejects.toBeInstanceOf(OAuthError);
    await expect(hashChosenSecret('ü'.repeat(36), systemRandom, hasher)).resolves.toMatch(/^\$2/);
  });
});

describe('a generated secret', () => {
  test('has 26 of 66 symbols, each equally often', () => {
    const count = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const secret = generateClientSecret(systemRandom);
      expect(secret).toMatch(/^[\w.~-]{26}$/);
      for (const symbol of secret) count.set(symbol, (count.get(symbol) ?? 0) + 1);
    }
    expect(count.size).toBe(66);
    // 78,000 draws, 1182 expected each, standard deviation 34: eight of them is never, a biased remainder is 30 % off.
    for (const times of count.values()) expect(Math.abs(times - 1182)).toBeLessThan(280);
  });

  test('draws again for bytes that would favour some symbols', () => {
    let calls = 0;
    const skewed = { ...systemRandom, bytes: (length: number) => Buffer.alloc(length, calls++ === 0 ? 198 : 197) };
    expect(generateClientSecret(skewed)).toBe('~'.repeat(26));
    expect(calls).toBe(2);
  });

  test('is stored keyed, and verifies while that key is in the ring', async () => {
    const secret = generateClientSecret(systemRandom);
    const stored = hashGeneratedSecret(secret, ring);
    expect(stored).toMatch(/^\$hydrant-hmac-sha256\$[\w-]{43}$/);
    const rotated = createSecretRing(['new', 'the secret that signs']);
    expect(await verifyClientSecret(stored, secret, ring)).toBe(true);
    expect(await verifyClientSecret(stored, secret, rotated)).toBe(true);
    expect(await verifyClientSecret(stored, secret, createSecretRing(['new']))).toBe(false);
    expect(await verifyClientSecret(stored, `${secret}x`, ring)).toBe(false);
    expect(await verifyClientSecret(`${stored}x`, secret, ring)).toBe(false);
  });
});

describe('a chosen secret', () => {
  test('is stretched with scrypt under a salt of its own', async () => {
    const [one, two] = await Promise.all([
      hashChosenSecret('pässword', systemRandom),
      hashChosenSecret('pässword', systemRandom),
    ]);
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(two).not.toBe(one);
    expect(await verifyClientSecret(one, 'pässword', ring)).toBe(true);
    expect(await verifyClientSecret(one, 'passwort', ring)).toBe(false);
  });
});

describe("Hydra's hashes", () => {
  test('the vectors of the import verify', async () => {
    expect(await verifyClientSecret(PBKDF2, VECTOR, ring)).toBe(true);
    expect(await verifyClientSecret(PBKDF2, `${VECTOR} `, ring)).toBe(false);
    expect(await verifyClientSecret(BCRYPT, VECTOR, ring)).toBe(true);
    expect(await verifyClientSecret(BCRYPT, `${VECTOR} `, ring)).toBe(false);
  });

  test.each([
    ['sha1', 'sha1'],
    ['sha224', 'sha3-224'],
    ['sha384', 'sha3-384'],
    ['sha512', 'sha512'],
  ])('pbkdf2-%s is %s', async (name, digest) => {
    expect(await verifyClientSecret(pbkdf2('s3cret', name, digest), 's3cret', ring)).toBe(true);
    expect(await verifyClientSecret(pbkdf2('s3cret', name, digest), 'S3cret', ring)).toBe(false);
  });

  test('bcrypt: every prefix Hydra knows, and nothing after the 72nd byte', async () => {
    const long = 'ü'.repeat(40);
    const stored = await bcrypt(long, 4);
    for (const prefix of ['$2a', '$2b', '$2y', '$2z']) {
      expect(await verifyClientSecret(stored.replace('$2b', prefix), long, ring)).toBe(true);
    }
    expect(await verifyClientSecret(stored, 'ü'.repeat(36), ring)).toBe(true);
    expect(await verifyClientSecret(stored, 'ü'.repeat(35), ring)).toBe(false);
  });
});

test.each([
  '',
  'in clear',
  '$',
  '$2a$10$short',
  '$2a$99$./IRcCzUG3JTCJluYmTti.HaNBqeoQp2KdO95v6dInN/goqQfFn/e',
  '$2a$21$./IRcCzUG3JTCJluYmTti.HaNBqeoQp2KdO95v6dInN/goqQfFn/e',
  '$2x$10$./IRcCzUG3JTCJluYmTti.HaNBqeoQp2KdO95v6dInN/goqQfFn/e',
  '$argon2id$v=19$m=16,t=2,p=1$AAAA$AAAA',
  '$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$scrypt$ln=15,r=8,p=1$AA$AA',
  '$pbkdf2-md5$i=1,l=16$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  '$pbkdf2-sha256$i=99999999,l=16$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  '$pbkdf2-sha256$i=0,l=16$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  '$pbkdf2-sha256$i=1,l=1$AAAAAAAAAAAAAAAAAAAAAA$AA',
  '$pbkdf2-sha256$i=1,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  '$hydrant-hmac-sha256$',
])('a stored text that is no hash fits nothing: %s', async (stored) => {
  expect(await verifyClientSecret(stored, VECTOR, ring)).toBe(false);
  expect(await verifyClientSecret(stored, '', ring)).toBe(false);
});

describe('a secret verifier', () => {
  let slow: string;
  beforeAll(async () => {
    slow = await bcrypt(VECTOR, 4);
  });
  beforeEach(() => {
    vi.mocked(verify).mockClear();
  });

  test('checks a right secret slowly once', async () => {
    const verifier = createSecretVerifier(ring);
    for (let i = 0; i < 3; i++) expect(await verifier.verify('client', slow, VECTOR)).toBe(true);
    expect(verify).toHaveBeenCalledTimes(1);
  });

  test('checks a wrong secret slowly each time', async () => {
    const verifier = createSecretVerifier(ring);
    for (let i = 0; i < 3; i++) expect(await verifier.verify('client', slow, 'wrong')).toBe(false);
    expect(verify).toHaveBeenCalledTimes(3);
  });

  test('remembers for one client, one stored hash and one secret', async () => {
    const verifier = createSecretVerifier(ring);
    const other = await bcrypt('another secret', 4);
    expect(await verifier.verify('client', slow, VECTOR)).toBe(true);
    expect(await verifier.verify('client', slow, 'another secret')).toBe(false);
    expect(await verifier.verify('client', other, VECTOR)).toBe(false);
    expect(await verifier.verify('client2', slow, VECTOR)).toBe(true);
    expect(verify).toHaveBeenCalledTimes(4);
  });

  test('remembers two secrets of one client side by side', async () => {
    const verifier = createSecretVerifier(ring);
    const other = await bcrypt('another secret', 4);
    for (let i = 0; i < 3; i++) {
      expect(await verifier.verify('client', slow, VECTOR)).toBe(true);
      expect(await verifier.verify('client', other, 'another secret')).toBe(true);
    }
    expect(verify).toHaveBeenCalledTimes(2);
  });

  test('finds the hash that fits, and asks those first that cost nothing', async () => {
    const verifier = createSecretVerifier(ring);
    const newer = await bcrypt('another secret', 4);
    const keyed = hashGeneratedSecret('the generated one', ring);
    const hashes = [newer, slow, keyed];
    expect(await verifier.find('client', hashes, 'the generated one')).toBe(keyed);
    expect(verify).toHaveBeenCalledTimes(0);
    expect(await verifier.find('client', hashes, VECTOR)).toBe(slow);
    expect(verify).toHaveBeenCalledTimes(2);
    expect(await verifier.find('client', hashes, VECTOR)).toBe(slow);
    expect(verify).toHaveBeenCalledTimes(2);
    expect(await verifier.find('client', hashes, 'wrong')).toBeUndefined();
    expect(await verifier.find('client', [newer, keyed], VECTOR)).toBeUndefined();
    expect(await verifier.find('client', [], VECTOR)).toBeUndefined();
  });

  test('asks once for what is asked many times at once', async () => {
    const verifier = createSecretVerifier(ring, { concurrency: 1, waiting: 0 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => verifier.verify('client', slow, VECTOR)));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(verify).toHaveBeenCalledTimes(1);
  });

  test('forgets when told to', async () => {
    const verifier = createSecretVerifier(ring);
    await verifier.verify('client', slow, VECTOR);
    verifier.forget('client');
    await verifier.verify('client', slow, VECTOR);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  test('forgets the client unused for longest when it is full', async () => {
    const verifier = createSecretVerifier(ring, { capacity: 2 });
    for (const client of ['a', 'b', 'a', 'c']) await verifier.verify(client, slow, VECTOR);
    expect(verify).toHaveBeenCalledTimes(3);
    await verifier.verify('a', slow, VECTOR);
    expect(verify).toHaveBeenCalledTimes(3);
    await verifier.verify('b', slow, VECTOR);
    expect(verify).toHaveBeenCalledTimes(4);
  });

  test('a generated secret takes no place among the slow ones', async () => {
    const verifier = createSecretVerifier(ring, { concurrency: 0, waiting: 0 });
    const stored = hashGeneratedSecret('generated', ring);
    expect(await verifier.verify('client', stored, 'generated')).toBe(true);
    expect(await verifier.verify('client', stored, 'other')).toBe(false);
  });

  test('refuses with temporarily_unavailable when too many slow checks wait, and recovers', async () => {
    const verifier = createSecretVerifier(ring, { concurrency: 1, waiting: 2 });
    const answers = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((wrong) => verifier.verify('client', slow, `wrong ${wrong}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const refusal: unknown = answers[4]?.status === 'rejected' ? answers[4].reason : undefined;
    expect(refusal).toBeInstanceOf(OAuthError);
    expect(refusal).toMatchObject({ code: 'temporarily_unavailable', status: 503 });
    expect(await verifier.verify('client', slow, VECTOR)).toBe(true);
  });

  test('runs no more slow checks at once than it may', async () => {
    let running = 0;
    let most = 0;
    vi.mocked(verify).mockImplementation(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return false;
    });
    const verifier = createSecretVerifier(ring, { concurrency: 3, waiting: 100 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => verifier.verify('client', slow, `wrong ${i}`)));
    expect(most).toBe(3);
    expect(verify).toHaveBeenCalledTimes(20);
  });
});
