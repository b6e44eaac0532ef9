/** A start before its database is there: it waits, says so, and goes on; what waiting does not change is told at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/index.js';
import { availableEngines } from '../support/databases/index.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { clientCredentials, givenClient } from '../support/relying-party.js';
import { startHydrant } from '../support/start-hydrant.js';
import { type FaultyDatabase, faultyDatabase } from './support/faulty-database.js';

const engines = availableEngines();

describe.each(['postgres', 'mariadb'] as const)('%s', (engine) => {
  const here = engines[engine];
  describe.skipIf(!here.available)(here.available ? 'is here' : `skipped: ${here.because}`, () => {
    let database: FaultyDatabase;
    beforeAll(async () => {
      database = await faultyDatabase(engine);
    });
    afterAll(() => database?.[Symbol.asyncDispose]());

    test('serve waits for it, with a line for each attempt', async () => {
      const { proxy, dsn } = database;
      await proxy.refuse();
      const log: string[] = [];
      const starting = startHydrant({ settings: { DSN: dsn, LOG_FORMAT: 'json' }, log });
      const attempts = () => log.filter((line) => line.includes('the database cannot be reached yet'));
      await eventually('it tried again', () => attempts().length > 2);
      await proxy.accept();
      await using hydrant = await starting;
      expect((await clientCredentials(hydrant, await givenClient(hydrant))).status).toBe(200);
      expect(attempts()[0]).toMatch(/cannot be used: nobody listens there/);
      const pauses = attempts().map((line) => Number(JSON.parse(line).again_in_seconds));
      expect(pauses.slice(0, 3)).toEqual([0.25, 0.5, 1]);
    });

    test('migrate waits for it as well', async () => {
      const { proxy, dsn } = database;
      await proxy.refuse();
      const said: string[] = [];
      const migrating = hydrant(['migrate', 'sql', 'up', '--yes', dsn], said);
      await eventually(
        'it tried again',
        () => said.filter((line) => /Trying again in [\d.]+ s\./.test(line)).length > 1,
      );
      await proxy.accept();
      expect(await migrating).toBe(0);
    });

    test('both give up in the end, or when they are asked to stop', async () => {
      const gone = database.dsn.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${await freePort()}`);
      const said: string[] = [];
      expect(await hydrant(['migrate', 'sql', 'up', '--yes', gone], said, { DB_CONNECT_WITHIN: '400ms' })).toBe(1);
      expect(said.at(-1)).toMatch(/^The database \S+ cannot be used: nobody listens there\.\n$/);
      expect(said.length).toBeGreaterThan(1);
      said.length = 0;
      expect(await hydrant(['migrate', 'sql', 'up', '--yes', gone], said, { DB_CONNECT_WITHIN: '0s' })).toBe(1);
      expect(said).toHaveLength(1);
      expect(await hydrant(['serve', 'all', '--dev'], [], { DSN: gone })).toBe(1);
    });

    test.each([
      ['a wrong password', (dsn: string) => dsn.replace(/:[^:@]+@/, ':wrong@'), /not accepted|denied/],
      ['a database that is not there', (dsn: string) => dsn.replace(/hydrant_\w+/, 'nowhere'), /no such database/],
    ])('nobody waits for %s', async (_, change, reason) => {
      const said: string[] = [];
      expect(await hydrant(['migrate', 'sql', 'up', '--yes', change(database.direct.dsn)], said)).toBe(1);
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(reason);
      const log: string[] = [];
      await expect(startHydrant({ settings: { DSN: change(database.direct.dsn) }, log })).rejects.toThrow(reason);
      expect(log).toEqual([]);
    });

    test('nor for a schema', async () => {
      await using bare = await faultyDatabase(engine, { migrates: false });
      const log: string[] = [];
      const refused = startHydrant({ settings: { DSN: bare.dsn, DEV: 'false' }, log });
      await expect(refused).rejects.toThrow(/Run: hydrant migrate sql up/);
      expect(log).toEqual([]);
    });
  });
});

/** Runs a command whose user wants it to stop as soon as it can; resolves with its status. */
function hydrant(args: readonly string[], said: string[], settings: Record<string, string> = {}): Promise<number> {
  return run(args, {
    env: { SECRETS_SYSTEM: 'a-secret-of-the-tests-and-of-nobody-else', ...settings },
    out: () => {},
    err: (text) => void said.push(text),
    ask: async () => undefined,
    stopRequested: async () => {},
    pause: () => new Promise(() => {}),
    compose: () => import('../../src/compose.js'),
  });
}
