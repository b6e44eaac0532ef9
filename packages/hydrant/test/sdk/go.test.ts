/** `github.com/ory/hydra-client-go` 1.11.8 and 2.2.1, unmodified, by the programs in `go/`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';
import { cacheFolder } from './support/cache.js';
import { goPrograms } from './support/go.js';
import { runReporting } from './support/reports.js';

const go = goPrograms();
const reason = 'missing' in go ? ` (skipped: ${go.missing})` : '';
let folder = '';

// Without anything built before, the compiler takes most of a minute.
beforeAll(() => {
  if (!('build' in go)) return;
  mkdirSync(cacheFolder('go'), { recursive: true });
  folder = go.build();
}, 240_000);

test.skipIf('missing' in go).for([
  ['1.11.8', 'first', 7],
  ['2.2.1', 'second', 8],
] as const)(`hydra-client-go %s: operations with their effects, and a whole journey${reason}`, async (row) => {
  const [, program, parts] = row;
  await using hydrant = await startHydrant({ settings: { OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' } });
  const ended = await runReporting(join(folder, program), [hydrant.adminUrl, hydrant.publicUrl]);
  expect(ended.reports.filter(({ ok }) => !ok)).toEqual([]);
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.reports).toHaveLength(parts);
});
