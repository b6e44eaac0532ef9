import { defineConfig } from 'vitest/config';

/** Two projects per package: `unit` is what the fast loop runs, `journeys` starts servers. `npm test` runs both. */
const shared = { environment: 'node', pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000 } as const;
const root = 'packages/hydrant';
const globalSetup = 'test/support/databases/global-setup.ts';

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, root, name: 'unit', include: ['src/**/*.test.ts'] } },
      { test: { ...shared, root, name: 'journeys', include: ['test/**/*.test.ts'], globalSetup } },
    ],
  },
});
