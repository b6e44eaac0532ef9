/** PyPI `ory-hydra-client`, eight releases, unmodified, through one script: see `python/`. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';
import { deviceSettings } from './npm/second-devices.js';
import { createClient } from './support/admin-calls.js';
import { pythonWith } from './support/python.js';

const VERSIONS = ['1.4.10', '1.7.4', '1.8.5', '1.10.6', '1.11.8', '2.1.1', '2.2.0', '25.4.0'];

/** Operations that are not built yet, so that nothing can be asked of them. */
const AWAITED = [
  'create_oidc_dynamic_client',
  'delete_o_auth2_token',
  'delete_oidc_dynamic_client',
  'dynamic_client_registration_create_o_auth2_client',
  'dynamic_client_registration_delete_o_auth2_client',
  'dynamic_client_registration_get_o_auth2_client',
  'dynamic_client_registration_update_o_auth2_client',
  'get_oidc_dynamic_client',
  'patch_o_auth2_client',
  'set_o_auth2_client_lifespans',
  'set_oidc_dynamic_client',
];

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
      await using hydrant = await startHydrant({ clock, settings: deviceSettings });
      const { publicUrl, adminUrl } = hydrant;
      await expiredToken(publicUrl, adminUrl);
      clock.offset = 0;

      const command = 'command' in python ? python.command : '';
      const { exitCode, stdout, stderr } = await run(command, [script, adminUrl, publicUrl, key]);
      const reports = stdout.split('\n').filter(Boolean).map(parseReport);
      expect(reports.filter(({ ok }) => ok === false)).toEqual([]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const missed = reports.at(-1)?.missed;
      expect(missed?.filter((name) => !AWAITED.includes(name))).toEqual([]);
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

interface Report {
  readonly ok?: boolean;
  readonly missed?: string[];
}

function parseReport(line: string): Report {
  return JSON.parse(line) as Report;
}

interface Ended {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  // No byte code beside the script: the checkout stays as it is.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return new Promise((resolve) => {
    execFile(command, args, { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error?.code ?? 0, stdout, stderr });
    });
  });
}
