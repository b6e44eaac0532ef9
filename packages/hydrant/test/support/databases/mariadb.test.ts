import { expect, test } from 'vitest';
import { availableEngines, makeDatabase, startMariadbServer } from './index.js';

const { mariadb, mysql } = availableEngines();

for (const [engine, availability] of [
  ['mariadb', mariadb],
  ['mysql', mysql],
] as const) {
  const reason = availability.available ? '' : ` (skipped: ${availability.because})`;
  test.skipIf(!availability.available)(
    `every database of ${engine} is a fresh one and is gone after it was dropped${reason}`,
    async () => {
      await using one = await makeDatabase(engine);
      const other = await makeDatabase(engine);
      expect(one.dsn).toMatch(/^mysql:\/\/.+@tcp\(.+:\d+\)\/hydrant_\w+$/);
      await one.query('CREATE TABLE flows (id int); CREATE TABLE empty (id int); INSERT INTO flows VALUES (1), (2)');
      expect(await one.rows()).toEqual({ flows: 2 });
      expect(await other.rows()).toEqual({});
      await other.drop();
      await expect(other.query('SELECT 1')).rejects.toThrow(/Unknown database/);
    },
  );

  test.skipIf(!availability.available)(`a database of ${engine} is dropped under a transaction${reason}`, async () => {
    const database = await makeDatabase(engine);
    await database.query('CREATE TABLE flows (id int)');
    const asleep = expect(
      database.query('START TRANSACTION; INSERT INTO flows VALUES (1); SELECT sleep(30)'),
    ).rejects.toThrow(/Connection|interrupted|killed/i);
    while (
      (await database.query(`SELECT 1 FROM information_schema.processlist WHERE info LIKE '%sleep(30)'`)).length < 1
    );
    await database.drop();
    await asleep;
  });
}

const reason = mariadb.available ? '' : ` (skipped: ${mariadb.because})`;

test.skipIf(!mariadb.available)(
  `a server of its own keeps what was committed over SIGKILL, on the same port${reason}`,
  async () => {
    await using server = await startMariadbServer();
    await server.query('CREATE DATABASE kept; CREATE TABLE kept.flows (id int); INSERT INTO kept.flows VALUES (7)');
    await server.kill();
    await expect(server.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
    expect(await server.query('SELECT id FROM kept.flows')).toEqual([{ id: 7 }]);
    expect(server.log()).toContain('Starting crash recovery');
  },
);

test.skipIf(!mariadb.available)(
  `the connections of a server can be ended, and it stops and starts in order${reason}`,
  async () => {
    await using server = await startMariadbServer();
    await server.query('CREATE DATABASE busy');
    const asleep = expect(server.query('SELECT sleep(30)', 'busy')).rejects.toThrow();
    while ((await server.terminateBackends('busy')) === 0);
    await asleep;
    await server.stop();
    await server.start();
    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  },
);
