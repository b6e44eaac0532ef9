import { describe, expect, test } from 'vitest';
import { availableEngines } from '../support/databases/index.js';
import { startHydrant } from '../support/start-hydrant.js';
import { expectNothingLost } from './support/expect-nothing-lost.js';
import { faultyDatabase } from './support/faulty-database.js';
import { PATIENT } from './support/settings.js';
import { moreAnswers, startTraffic } from './support/traffic.js';

const engines = availableEngines();

describe.each(['postgres', 'mariadb'] as const)('%s', (engine) => {
  const here = engines[engine];
  test.skipIf(!here.available)(
    here.available ? 'that takes 100 ms longer for each statement fails nobody' : `skipped: ${here.because}`,
    { timeout: 120_000 },
    async () => {
      await using database = await faultyDatabase(engine);
      const log: string[] = [];
      await using hydrant = await startHydrant({ settings: { ...PATIENT, DSN: database.dsn }, log });
      const traffic = await startTraffic(hydrant, 3);
      database.proxy.delay(100);
      await moreAnswers(traffic.ledger, 60);
      database.proxy.delay(0);
      await traffic.stop();
      expect([traffic.ledger.unavailable, traffic.ledger.unanswered]).toEqual([0, 0]);
      expect(log.filter((line) => line.includes('the database fails'))).toEqual([]);
      await expectNothingLost(hydrant, traffic);
    },
  );
});
