/** Stands for all that runs on PostgreSQL as well, where there is none. */
import { test } from 'vitest';
import { findPostgres } from './databases/find-postgres.js';

const found = findPostgres();
if (!found.here) test.skip(`journeys and contract on PostgreSQL: ${found.because}`, () => undefined);
