/** The disk is full: what needs no room goes on, what needs some is refused and not half done, and room is all it takes. */
import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../src/sql/index.js';
import { giveTo, identityOf } from '../support/databases/identity.js';
import { availableEngines, startPostgresCluster } from '../support/databases/index.js';
import { eventually } from '../support/eventually.js';
import { isActive } from '../support/relying-party.js';
import { startHydrant } from '../support/start-hydrant.js';
import { expectNothingLost } from './support/expect-nothing-lost.js';
import { PATIENT } from './support/settings.js';
import { mounts, smallDisk } from './support/small-disk.js';
import { moreAnswers, moreRefusals, startTraffic } from './support/traffic.js';

const { postgres } = availableEngines();

describe.skipIf(!mounts.available)(mounts.available ? 'a full disk' : `skipped: ${mounts.because}`, () => {
  test('under SQLite', { timeout: 120_000 }, async () => {
    using disk = smallDisk(16);
    const log: string[] = [];
    const settings = { ...PATIENT, DSN: `sqlite://${disk.folder}/hydrant.sqlite` };
    await using hydrant = await startHydrant({ settings, log });
    const traffic = await startTraffic(hydrant);
    await moreAnswers(traffic.ledger);
    disk.fill();
    await moreRefusals(traffic.ledger);
    // Whoever only asks is answered.
    expect(await isActive(hydrant, traffic.ledger.tokens[0] ?? '')).toBe(true);
    disk.free();
    await moreAnswers(traffic.ledger);
    await traffic.stop();
    expect(log.find((line) => line.includes('the database fails'))).toMatch(/disk is full|disk failed/);
    expect(log.filter((line) => line.includes('unexpected'))).toEqual([]);
    await eventually('the log says so', () => log.some((line) => line.includes('the database works again')));
    expect(traffic.ledger.unanswered).toBe(0);
    await expectNothingLost(hydrant, traffic);
  });

  test.skipIf(!postgres.available)(
    postgres.available ? 'under PostgreSQL' : `skipped: ${postgres.because}`,
    { timeout: 240_000 },
    async () => {
      using disk = smallDisk(192);
      const folder = `${disk.folder}/cluster`;
      mkdirSync(folder);
      giveTo(identityOf('postgres'), disk.folder, folder);
      await using cluster = await startPostgresCluster({
        folder,
        settings: { min_wal_size: '32MB', max_wal_size: '32MB' },
      });
      await cluster.query('CREATE DATABASE faults');
      await migrate(cluster.dsn('faults'), 'up');
      const log: string[] = [];
      await using hydrant = await startHydrant({ settings: { ...PATIENT, DSN: cluster.dsn('faults') }, log });
      const traffic = await startTraffic(hydrant);
      await moreAnswers(traffic.ledger);
      disk.fill();
      // So that it needs a new one of the files that it keeps in store.
      await cluster.query('SELECT pg_switch_wal()').catch(() => undefined);
      await cluster.query('CREATE TABLE filler AS SELECT generate_series(1, 1000000)').catch(() => undefined);
      await moreRefusals(traffic.ledger);
      disk.free();
      // Without room for its log it gives up as a whole; who runs it starts it again.
      await cluster.start();
      await moreAnswers(traffic.ledger);
      await traffic.stop();
      expect(log.filter((line) => line.includes('unexpected'))).toEqual([]);
      expect(traffic.ledger.unanswered).toBe(0);
      await expectNothingLost(hydrant, traffic);
    },
  );
});
