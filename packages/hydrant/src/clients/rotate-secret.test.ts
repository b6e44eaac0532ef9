import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aClient } from '../../test/store/support/records.js';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { MOST_SECRETS } from '../model/client.js';
import { openStore, type SqlStore } from '../sql/index.js';
import { createSecretOperations, type SecretOperations } from './rotate-secret.js';
import { createSecretUses } from './secret-uses.js';

const START = Date.parse('2030-01-01T00:00:00Z');
const ring = createSecretRing(['the-system-secret-of-this-suite']);
let now: number;
let store: SqlStore;
let secrets: SecretOperations;
let told: string[];
let id: string;

beforeEach(async () => {
  now = START;
  told = [];
  const clock = { now: () => now };
  store = await openStore({ dsn: 'memory', ring, clock });
  secrets = createSecretOperations({
    store,
    ring,
    random: systemRandom,
    clock,
    verifier: { forget: (client) => void told.push(`forget ${client}`) },
    events: { clientChanged: (action, client) => void told.push(`${action} ${client}`) },
    secretUses: createSecretUses({ store, clock }),
  });
  const client = aClient({
    bornAt: START,
    secrets: [{ hash: '$hydrant-hmac-sha256$x', created: START, expires: null }],
  });
  await store.clients.insert(client);
  id = client.id;
});

afterEach(() => store.close());

const stored = async () => (await store.clients.find(id))?.secrets ?? [];

test('the new secret stands in front, the old one stays; who remembers secrets and who watches are told', async () => {
  const { client, secret } = await secrets.rotate(id, {});
  expect(secret).toHaveLength(26);
  expect(client.secrets.map(({ expires }) => expires)).toEqual([null, null]);
  expect((await stored())[1]?.hash).toBe('$hydrant-hmac-sha256$x');
  expect(told).toEqual([`forget ${id}`, `updated ${id}`]);
});

test('no two secrets have the same time, even where the clock stands still or goes back', async () => {
  await secrets.rotate(id, {});
  now -= 5_000;
  await secrets.rotate(id, {});
  expect((await stored()).map(({ created }) => created)).toEqual([START + 2, START + 1, START]);
});

test('at most six: the oldest goes first', async () => {
  for (let i = 0; i < 8; i++) await secrets.rotate(id, {});
  expect((await stored()).map(({ created }) => created - START)).toEqual([8, 7, 6, 5, 4, 3]);
  expect(await stored()).toHaveLength(MOST_SECRETS);
});

describe('a grace period', () => {
  test('ends every older secret, and never makes one live longer', async () => {
    await secrets.rotate(id, { grace_period: '1h' });
    await secrets.rotate(id, { grace_period: '24h' });
    await secrets.rotate(id, {});
    const hour = 3_600_000;
    expect((await stored()).map(({ expires }) => expires)).toEqual([null, null, START + 24 * hour, START + hour]);
    now += hour;
    expect((await secrets.list(id)).map(({ created }) => created - START)).toEqual([3, 2, 1]);
    await secrets.rotate(id, {});
    expect(await stored()).toHaveLength(4);
  });

  test('of nothing ends them at once', async () => {
    await secrets.rotate(id, { grace_period: '0s' });
    expect(await stored()).toHaveLength(1);
  });

  test.each([7, '', null, undefined, 'soon', '-1s', {}, '99999999h'])('%j', async (grace_period) => {
    const rotated = secrets.rotate(id, { grace_period });
    if (grace_period === '' || grace_period == null) expect((await rotated).client.secrets).toHaveLength(2);
    else await expect(rotated).rejects.toMatchObject({ code: 'invalid_client_metadata', status: 400 });
    expect(await stored()).toHaveLength(grace_period ? 1 : 2);
  });
});

test('a secret may be chosen, if it is not too short', async () => {
  expect((await secrets.rotate(id, { client_secret: 'sechs!' })).secret).toBe('sechs!');
  expect((await stored())[0]?.hash).toMatch(/^\$scrypt\$/);
  for (const client_secret of ['fünf', 123456, ['abcdef']])
    await expect(secrets.rotate(id, { client_secret })).rejects.toMatchObject({ status: 400 });
  expect(await stored()).toHaveLength(2);
});

test.each(['none', 'private_key_jwt'])('a client that authenticates by %s has nothing to rotate', async (method) => {
  const other = aClient({}, { token_endpoint_auth_method: method });
  await store.clients.insert(other);
  await expect(secrets.rotate(other.id, {})).rejects.toMatchObject({ status: 400 });
  expect((await store.clients.find(other.id))?.revision).toBe(0);
});

test('one secret ends by its id, but not the newest; all but the newest end together', async () => {
  for (let i = 0; i < 3; i++) await secrets.rotate(id, {});
  const [newest, , third] = await secrets.list(id);
  await secrets.remove(id, third?.id ?? '');
  expect((await stored()).map(({ created }) => created - START)).toEqual([3, 2, 0]);
  await expect(secrets.remove(id, third?.id ?? '')).rejects.toMatchObject({ status: 404 });
  await expect(secrets.remove(id, newest?.id ?? '')).rejects.toMatchObject({ status: 409 });
  expect((await secrets.removeOlder(id)).secrets.map(({ created }) => created - START)).toEqual([3]);
  expect(await stored()).toHaveLength(1);
});

test('rotations at the same moment all count', async () => {
  await Promise.all(Array.from({ length: 4 }, () => secrets.rotate(id, {})));
  expect(await stored()).toHaveLength(5);
  expect(new Set((await stored()).map(({ created }) => created)).size).toBe(5);
});

test('an unknown client is told before the body', async () => {
  for (const operation of [
    secrets.rotate('nobody', { client_secret: 1 }),
    secrets.removeOlder('nobody'),
    secrets.list('nobody'),
    secrets.remove('nobody', 'x'),
  ])
    await expect(operation).rejects.toMatchObject({ status: 404 });
});
