/** PostgreSQL dies under the server, in part and as a whole, and comes back. */
import { describe, expect, test } from 'vitest';
import { migrate } from '../../src/sql/index.js';
import { availableEngines, startPostgresCluster } from '../support/databases/index.js';
import { startHydrant } from '../support/start-hydrant.js';
import { expectNothingLost } from './support/expect-nothing-lost.js';
import { PATIENT } from './support/settings.js';
import { moreAnswers, startTraffic } from './support/traffic.js';

const { postgres } = availableEngines();
const ROUNDS = Number(process.env.HYDRANT_TEST_KILLS ?? 50) / 25;

describe.skipIf(!postgres.available)(postgres.available ? 'PostgreSQL' : `skipped: ${postgres.because}`, () => {
  test('that loses connections, a process or all of them loses nothing that was answered', {
    timeout: 600_000,
  }, async () => {
    await using cluster = await startPostgresCluster({ durable: true });
    await cluster.query('CREATE DATABASE faults');
    const dsn = cluster.dsn('faults');
    await migrate(dsn, 'up');
    await using hydrant = await startHydrant({ settings: { ...PATIENT, DSN: dsn } });
    const traffic = await startTraffic(hydrant);
    const { ledger } = traffic;
    for (let round = 0; round < ROUNDS; round++) {
      await moreAnswers(ledger);
      expect(await cluster.terminateBackends('faults')).toBeGreaterThan(0);

      await moreAnswers(ledger);
      // The others have to leave as well, for nobody knows what it did to the memory that they share.
      const [backend] = await cluster.query("SELECT pid FROM pg_stat_activity WHERE datname = 'faults' LIMIT 1");
      process.kill(Number(backend?.pid), 'SIGKILL');

      await moreAnswers(ledger);
      await cluster.kill();
      await cluster.start();
    }
    await moreAnswers(ledger);
    await traffic.stop();
    expect(ledger.unavailable).toBeGreaterThan(0);
    expect(ledger.unanswered).toBe(0);
    await expectNothingLost(hydrant, traffic);
  });
});
