import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDsn } from '../dsn.js';
import { postgresSettings } from './postgres-dsn.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hydrant-dsn-'));
  for (const name of ['root', 'cert', 'key']) writeFileSync(join(folder, name), `the ${name}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (parameters: string, place = '//u:planted@db/d') =>
  postgresSettings(parseDsn(`postgres:${place}?${parameters}`));

test('what is not said has a sensible default', () => {
  expect(read('')).toMatchObject({
    location: 'postgres://db:5432/d',
    preferTls: true,
    client: {
      ...{ user: 'u', password: 'planted', host: 'db', port: 5432, database: 'd' },
      ...{ application_name: 'hydrant', connectionTimeoutMillis: 3_000 },
    },
  });
  expect(read('')).not.toHaveProperty('named');
  expect(read('').client).not.toHaveProperty('options');
  expect(read('', '//db/d').client).not.toHaveProperty('password');
});

test('what is no parameter of the address, the pool or the driver is a setting of each connection', () => {
  const { options } = read('search_path=tenant,public&statement_timeout=5s&max_conns=3&timezone=a%20b%5C').client;
  expect(options).toBe('-c search_path=tenant,public -c statement_timeout=5s -c timezone=a\\ b\\\\');
  expect(read('options=-c%20search_path%3Dtenant&work_mem=8MB').client.options).toBe(
    '-c search_path=tenant -c work_mem=8MB',
  );
});

test('what only says how the driver of Hydra works is passed over', () => {
  const parameters = 'description_cache_capacity=9&min_read_buffer_size=1&target_session_attrs=read-write&sslsni=1';
  expect(read(parameters).client).not.toHaveProperty('options');
});

test.each([
  ['default_query_exec_mode=cache_statement', true],
  ['default_query_exec_mode=simple_protocol', false],
  ['default_query_exec_mode=exec', false],
  ['default_query_exec_mode=cache_describe', false],
  ['default_query_exec_mode=describe_exec', false],
  ['statement_cache_capacity=0', false],
  ['default_query_exec_mode=cache_statement&statement_cache_capacity=0', false],
  ['prefer_simple_protocol=true', false],
  ['statement_cache_mode=describe', false],
  ['statement_cache_capacity=512', undefined],
])('%s says whether statements are kept prepared: %s', (parameters, named) => {
  expect(read(parameters).named).toBe(named);
});

test('names and times', () => {
  const { client } = read('application_name=nodes+of+mine&connect_timeout=7');
  expect(client).toMatchObject({ application_name: 'nodes of mine', connectionTimeoutMillis: 7_000 });
  // 0 waits for ever in libpq; a server that starts has no use for that.
  expect(read('connect_timeout=0').client.connectionTimeoutMillis).toBe(3_000);
});

describe('sslmode', () => {
  const ssl = (parameters: string) => read(parameters).client.ssl;

  test('without files', () => {
    expect(ssl('sslmode=disable')).toBe(false);
    expect(ssl('sslmode=prefer')).toEqual({ rejectUnauthorized: false });
    expect(ssl('sslmode=require')).toEqual({ rejectUnauthorized: false });
    // Checked by default, against the roots that Node.js brings.
    expect(ssl('sslmode=verify-full')).toEqual({});
    expect(ssl('sslmode=verify-ca')).toEqual({ checkServerIdentity: expect.any(Function) });
    expect(ssl('sslrootcert=system')).toEqual({});
    for (const mode of ['allow', 'prefer']) expect(read(`sslmode=${mode}`).preferTls).toBe(true);
    for (const mode of ['disable', 'require', 'verify-ca', 'verify-full']) {
      expect(read(`sslmode=${mode}`).preferTls).toBe(false);
    }
  });

  test('with files', () => {
    const files = `sslrootcert=${folder}/root&sslcert=${folder}/cert&sslkey=${folder}/key&sslpassword=word`;
    const material = { ca: 'the root', cert: 'the cert', key: 'the key', passphrase: 'word' };
    expect(ssl(`sslmode=verify-full&${files}`)).toEqual(material);
    // As libpq: who names a root wants it checked.
    expect(ssl(`sslmode=require&${files}`)).toEqual({ ...material, checkServerIdentity: expect.any(Function) });
  });

  test('a socket needs none', () => {
    expect(read('sslmode=require&host=/run/postgresql', '//u@/d')).toMatchObject({
      preferTls: false,
      client: { host: '/run/postgresql', port: 5432, ssl: false },
    });
  });
});

test.each([
  ['sslmode=planted', 'sslmode'],
  ['sslmode=constructor', 'sslmode'],
  ['sslmode=require&sslrootcert=system', 'verify-full'],
  ['sslrootcert=/nowhere/planted', 'cannot be read'],
  ['default_query_exec_mode=planted', 'default_query_exec_mode'],
  ['connect_timeout=planted', 'connect_timeout'],
  ['service=planted', 'service'],
  ['passfile=planted', 'passfile'],
  ['pla%20nted=1', 'a parameter whose name'],
])('%s is refused, and what it says is not repeated', (parameters, reason) => {
  expect(() => read(parameters)).toThrow(reason);
  expect(() => read(parameters)).not.toThrow(/planted|pla nted/);
});
