import { test } from 'vitest';
import { sqliteFile } from '../support/sqlite-file.js';
import { KILLS, killAgainAndAgain } from './support/kill-again-and-again.js';

test(`${KILLS} deaths of the process cost no answer that was given (SQLite)`, {
  timeout: 60_000 + 20_000 * KILLS,
}, async () => {
  using database = sqliteFile();
  await killAgainAndAgain(database.dsn);
});
