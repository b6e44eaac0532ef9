import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDatabase, startPostgresCluster } from './index.js';

test('every database is a fresh one, counts its rows and is gone after it was dropped', async () => {
  await using one = await makeDatabase('postgres');
  const other = await makeDatabase('postgres');
  await one.query('CREATE TABLE flows (id int); CREATE TABLE empty (id int); INSERT INTO flows VALUES (1), (2)');
  expect(await one.rows()).toEqual({ flows: 2 });
  expect(await other.rows()).toEqual({});
  await other.drop();
  await expect(other.query('SELECT 1')).rejects.toThrow(/does not exist/);
});

test('a database is dropped under a connection', async () => {
  const database = await makeDatabase('postgres');
  const asleep = expect(database.query('SELECT pg_sleep(30)')).rejects.toThrow(/terminat/);
  await database.query('SELECT 1');
  await database.drop();
  await asleep;
});

test('a cluster of its own keeps what was committed over SIGKILL, on the same port', async () => {
  await using cluster = await startPostgresCluster();
  expect(await cluster.query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
  await cluster.query('CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
  await cluster.kill();
  await expect(cluster.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  await cluster.start();
  expect(await cluster.query('SELECT id FROM kept')).toEqual([{ id: 7 }]);
  expect(cluster.log()).toContain('was not properly shut down');
});

test('a cluster is stopped and started in order, and its connections can be ended', async () => {
  await using cluster = await startPostgresCluster();
  await cluster.query('CREATE DATABASE busy');
  const asleep = expect(cluster.query('SELECT pg_sleep(30)', 'busy')).rejects.toThrow(/terminating connection/);
  while ((await cluster.terminateBackends('busy')) === 0);
  await asleep;
  await cluster.stop();
  await cluster.start();
  expect(await cluster.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('the data of a cluster go to the folder that was chosen, and stay there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-chosen-'));
  await (await startPostgresCluster({ folder, settings: { max_wal_size: '64MB' } }))[Symbol.asyncDispose]();
  expect(existsSync(join(folder, 'data/PG_VERSION'))).toBe(true);
  rmSync(folder, { recursive: true });
});
