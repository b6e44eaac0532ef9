import { describe, test } from 'vitest';
import { availableEngines, makeDatabase } from '../support/databases/index.js';
import { KILLS, killAgainAndAgain } from './support/kill-again-and-again.js';

const { postgres } = availableEngines();

describe.skipIf(!postgres.available)(postgres.available ? 'PostgreSQL' : `skipped: ${postgres.because}`, () => {
  test(`${KILLS} deaths of the process cost no answer that was given`, {
    timeout: 60_000 + 20_000 * KILLS,
  }, async () => {
    await using database = await makeDatabase('postgres');
    await killAgainAndAgain(database.dsn);
  });
});
