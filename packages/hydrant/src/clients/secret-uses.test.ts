import { beforeEach, expect, test } from 'vitest';
import type { Client } from '../model/client.js';
import type { SecretUse } from '../store/index.js';
import { createSecretUses, type SecretUses } from './secret-uses.js';

const HOUR = 3_600_000;
let now: number;
let written: SecretUse[];
let trouble: Error | undefined;
let uses: SecretUses;

beforeEach(() => {
  now = HOUR;
  written = [];
  trouble = undefined;
  uses = createSecretUses({
    clock: { now: () => now },
    store: {
      secretUses: {
        async record(these) {
          if (trouble !== undefined) throw trouble;
          written.push(...these);
        },
        of: async () => new Map(written.map(({ secretCreated, at }) => [secretCreated, at])),
      },
    },
  });
});

const secret = (created: number) => ({ hash: 'x', created, expires: null });

function client(id: string): Client {
  return { id, bornAt: 0 } as Client;
}

test('a use is written once an hour and secret, however often it happens', async () => {
  for (let i = 0; i < 100; i++) {
    uses.note(client('a'), secret(1));
    uses.note(client('a'), secret(2));
    uses.note(client('b'), secret(1));
  }
  expect(written).toEqual([]);
  await uses.write();
  expect(written).toHaveLength(3);
  now += HOUR - 1;
  uses.note(client('a'), secret(1));
  await uses.write();
  expect(written).toHaveLength(3);
  now += 1;
  uses.note(client('a'), secret(1));
  await uses.write();
  expect(written.slice(3)).toEqual([{ clientId: 'a', secretCreated: 1, at: 2 * HOUR }]);
});

test('who asks is told what was not written yet', async () => {
  uses.note(client('a'), secret(1));
  expect(await uses.of('a')).toEqual(new Map([[1, HOUR]]));
});

test('what could not be written is written the next time', async () => {
  for (let created = 0; created < 450; created++) uses.note(client('a'), secret(created));
  trouble = new Error('The disk is full.');
  await expect(uses.write()).rejects.toBe(trouble);
  trouble = undefined;
  await uses.write();
  expect(written.map(({ secretCreated }) => secretCreated)).toEqual([...Array(450).keys()]);
  await uses.write();
  expect(written).toHaveLength(450);
});
