import { defineConfig } from 'vitest/config';
import { findPostgres } from './packages/hydrant/test/support/databases/find-postgres.js';

/**
 * `unit` is what the fast loop runs, `journeys` starts servers, on SQLite, and `journeys-postgres` starts the same ones on
 * PostgreSQL. `npm test` runs all three.
 */
const shared = { environment: 'node', pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000 } as const;
const root = 'packages/hydrant';
const onSqlite = { engine: 'sqlite' } as const;
const onPostgres = { engine: 'postgres' } as const;

/** What is about a SQLite file or about settings, what asks no database anything, and what brings each engine itself. */
const SQLITE_ALONE = [
  'test/journeys/backup.test.ts',
  'test/journeys/dump.test.ts',
  'test/journeys/failed-start.test.ts',
  'test/journeys/growth.test.ts',
  'test/journeys/move-data.test.ts',
  'test/journeys/shutdown.test.ts',
  'test/journeys/statement-budget.test.ts',
  'test/contract/edge-cases.test.ts',
  'test/contract/configuration/*.test.ts',
];

/** Where there is no PostgreSQL, one file is left, which says so. */
const postgresTests = findPostgres().here
  ? { include: ['test/{journeys,contract}/**/*.test.ts'], exclude: SQLITE_ALONE }
  : { include: ['test/support/postgres-is-absent.ts'] };

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Here and not in a project, so that all of them share one server of each engine.
    globalSetup: `${root}/test/support/databases/global-setup.ts`,
    projects: [
      { test: { ...shared, root, name: 'unit', include: ['src/**/*.test.ts'], provide: onSqlite } },
      { test: { ...shared, root, name: 'journeys', include: ['test/**/*.test.ts'], provide: onSqlite } },
      { test: { ...shared, root, name: 'journeys-postgres', ...postgresTests, provide: onPostgres } },
    ],
  },
});
