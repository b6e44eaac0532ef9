import { beforeEach, describe, expect, test } from 'vitest';
import { generateJwk, type Jwk, publicJwk } from '../crypto/jwk.js';
import { FetchFailure } from '../hooks/guarded-fetch.js';
import type { Client } from '../model/client.js';
import { readClientMetadata, validateClientMetadata } from '../protocol/client-metadata.js';
import { type ClientKeys, createClientKeys } from './client-keys.js';

const URL = 'https://a.example/jwks.json';
const MINUTE = 60_000;

let now: number;
let calls: number;
let answer: () => { status: number; body: string };
let keys: ClientKeys;
let one: Jwk;

beforeEach(async () => {
  now = 1_000_000;
  calls = 0;
  one = publicJwk(await generateJwk('ES256', 'one', 'sig')) ?? { kty: 'none' };
  answer = () => ({ status: 200, body: JSON.stringify({ keys: [one, { kty: 'future' }] }) });
  keys = createClientKeys({
    clock: { now: () => now },
    fetch: {
      async get() {
        calls += 1;
        return answer();
      },
    },
  });
});

function givenClient(body: Record<string, unknown>): Client {
  const metadata = validateClientMetadata(readClientMetadata(body), { subjectTypes: ['public'], defaultScope: [] });
  const times = { bornAt: 0, createdAt: 0, updatedAt: 0, accessTokensRevokedAt: null };
  return { id: 'a', metadata, secrets: [], registrationToken: null, ...times, revision: 0 };
}

test('registered keys are read once and need no call', async () => {
  const client = givenClient({ jwks: { keys: [one] } });
  expect(await keys.keysOf(client)).toEqual([one]);
  expect(await keys.keysOf(client, { refresh: true })).toBe(await keys.keysOf(client));
  expect(calls).toBe(0);
});

test('a client without keys has none', async () => {
  expect(await keys.keysOf(givenClient({}))).toEqual([]);
});

describe('keys at an address', () => {
  const client = givenClient({ jwks_uri: URL });

  test('are fetched once in a while, and those that nobody understands are passed over', async () => {
    expect(await Promise.all([keys.keysOf(client), keys.keysOf(client)])).toEqual([[one], [one]]);
    now += 4 * MINUTE;
    await keys.keysOf(client);
    expect(calls).toBe(1);
    now += 2 * MINUTE;
    await keys.keysOf(client);
    expect(calls).toBe(2);
  });

  test('are fetched anew when asked, but not over and over', async () => {
    await keys.keysOf(client);
    await keys.keysOf(client, { refresh: true });
    expect(calls).toBe(1);
    now += MINUTE;
    await keys.keysOf(client, { refresh: true });
    expect(calls).toBe(2);
  });

  test.each([
    [{ status: 500, body: '{"keys":[]}' }],
    [{ status: 200, body: 'no JSON' }],
    [{ status: 200, body: 'null' }],
    [{ status: 200, body: '{"keys":{}}' }],
  ])('%o is no answer; it is tried again after a pause', async (bad) => {
    const good = answer;
    answer = () => bad;
    await expect(keys.keysOf(client)).rejects.toThrow(FetchFailure);
    await expect(keys.keysOf(client, { refresh: true })).rejects.toThrow(FetchFailure);
    expect(calls).toBe(1);
    answer = good;
    now += 11_000;
    expect(await keys.keysOf(client)).toEqual([one]);
  });

  test('keys that are known stay while the address is down', async () => {
    await keys.keysOf(client);
    answer = () => ({ status: 503, body: '' });
    now += MINUTE;
    expect(await keys.keysOf(client, { refresh: true })).toEqual([one]);
    expect(await keys.keysOf(client)).toEqual([one]);
    expect(calls).toBe(2);
    now += 5 * MINUTE;
    await expect(keys.keysOf(client)).rejects.toThrow('status 503');
  });
});
