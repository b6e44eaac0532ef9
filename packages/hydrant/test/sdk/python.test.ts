/** PyPI `ory-hydra-client`, eight releases, unmodified, through one script: see `python/`. */
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';
import { deviceSettings } from './npm/second-devices.js';
import { createClient } from './support/admin-calls.js';
import { pythonWith } from './support/python.js';
import { runReporting } from './support/reports.js';

const VERSIONS = ['1.4.10', '1.7.4', '1.8.5', '1.10.6', '1.11.8', '2.1.1', '2.2.0', '25.4.0'];

const settings = { ...deviceSettings, OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' };
const script = fileURLToPath(new URL('./python/every_operation.py', import.meta.url));
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'signer', alg: 'RS256', use: 'sig' });

describe.for(VERSIONS)('ory-hydra-client %s', (version) => {
  const python = pythonWith(`ory-hydra-client==${version}`);
  const reason = 'missing' in python ? ` (skipped: ${python.missing})` : '';

  test.skipIf('missing' in python)(
    `every operation that it offers, with its effect, and a whole journey${reason}`,
    async () => {
      const clock = { offset: -2 * 3_600_000, now: () => Date.now() + clock.offset };
      await using hydrant = await startHydrant({ clock, settings });
      const { publicUrl, adminUrl } = hydrant;
      await expiredToken(publicUrl, adminUrl);
      clock.offset = 0;

      const command = 'command' in python ? python.command : '';
      const ended = await runReporting(command, [script, adminUrl, publicUrl, key]);
      expect(ended.reports.filter(({ ok }) => ok === false)).toEqual([]);
      expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
      expect(ended.reports.at(-1)?.missed).toEqual([]);
      // Where it flushes, that took the expired token, so that the job for what expired finds none.
      if (version.startsWith('1.')) expect(await hydrant.store.tokens.flush(clock.now(), 10)).toBe(0);
    },
    60_000,
  );
});

/** Something for `flush`: an access token that is over as soon as the clock is put right. */
async function expiredToken(publicUrl: string, adminUrl: string): Promise<void> {
  const { clientId, clientSecret } = await createClient(adminUrl, { grant_types: ['client_credentials'] });
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const response = await fetch(`${publicUrl}/oauth2/token`, { method: 'POST', headers: { authorization }, body });
  expect(response.status).toBe(200);
}
