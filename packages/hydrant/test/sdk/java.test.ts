/** Maven `sh.ory.hydra:hydra-client` 1.7.0 and 1.11.8, unmodified, by the program in `java/`. */
import { describe, expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';
import { javaProgram } from './support/java.js';
import { runReporting } from './support/reports.js';

describe.for(['1.7.0', '1.11.8'])('sh.ory.hydra:hydra-client %s', (version) => {
  const java = javaProgram(version);
  const reason = 'missing' in java ? ` (skipped: ${java.missing})` : '';

  test.skipIf('missing' in java)(
    `operations with their effects, and a whole journey${reason}`,
    async () => {
      const command = 'compile' in java ? java.compile() : [];
      await using hydrant = await startHydrant();
      const ended = await runReporting('java', [...command, hydrant.adminUrl, hydrant.publicUrl]);
      expect(ended.reports.filter(({ ok }) => !ok)).toEqual([]);
      expect(ended.exitCode, ended.stderr).toBe(0);
      expect(ended.reports).toHaveLength(7);
    },
    120_000,
  );
});
