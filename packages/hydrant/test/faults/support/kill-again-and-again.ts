import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { startProcess, twoPorts } from '../../support/server-process.js';
import { expectNothingLost } from './expect-nothing-lost.js';
import { PATIENT } from './settings.js';
import { moreAnswers, startTraffic } from './traffic.js';

/** How often a server is killed on each of two engines; see CONTRIBUTING.md. */
export const KILLS: number = Number(process.env.HYDRANT_TEST_KILLS ?? 50) / 2;

/** Each check uses up what the clients hold, so there is one in so many kills. */
const KILLS_PER_CHECK = 25;

/** Kills a server under load, starts it again on the same database, and so on, while its clients go on as they can. */
export async function killAgainAndAgain(dsn: string): Promise<void> {
  const ports = await twoPorts();
  const settings = { ...PATIENT, DSN: dsn };
  let server = await startProcess({ ports, settings });
  try {
    for (let kills = 0; kills < KILLS; ) {
      const traffic = await startTraffic(server);
      const { ledger } = traffic;
      for (let round = 0; round < KILLS_PER_CHECK && kills < KILLS; round++, kills++) {
        await moreAnswers(ledger);
        // At another moment each time.
        await pause((37 * kills) % 101);
        await server.kill();
        server = await startProcess({ ports, settings });
      }
      await traffic.stop();
      await expectNothingLost(server, traffic);
      expect(ledger.unanswered).toBeGreaterThan(0);
      expect(ledger.repeated).toBeGreaterThan(0);
    }
  } finally {
    await server.kill();
  }
}
