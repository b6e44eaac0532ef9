/** The seed's own client, PyPI `ory-hydra-client` 1.7.4, unmodified: all 29 methods of its AdminApi, see `python/`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';
import { createClient } from './support/admin-calls.js';
import { pythonWith } from './support/python.js';

const OPERATIONS = [
  'accept_consent_request',
  'accept_login_request',
  'accept_logout_request',
  'create_json_web_key_set',
  'create_o_auth2_client',
  'delete_json_web_key',
  'delete_json_web_key_set',
  'delete_o_auth2_client',
  'flush_inactive_o_auth2_tokens',
  'get_consent_request',
  'get_json_web_key',
  'get_json_web_key_set',
  'get_login_request',
  'get_logout_request',
  'get_o_auth2_client',
  'get_version',
  'introspect_o_auth2_token',
  'is_instance_alive',
  'list_o_auth2_clients',
  'list_subject_consent_sessions',
  'prometheus',
  'reject_consent_request',
  'reject_login_request',
  'reject_logout_request',
  'revoke_authentication_session',
  'revoke_consent_sessions',
  'update_json_web_key',
  'update_json_web_key_set',
  'update_o_auth2_client',
];

const script = fileURLToPath(new URL('./python/seed_client.py', import.meta.url));
const python = pythonWith('ory-hydra-client==1.7.4');
const reason = 'missing' in python ? ` (skipped: ${python.missing})` : '';

test.skipIf('missing' in python)(
  `the 29 operations of the Python client of the seed${reason}`,
  async () => {
    const clock = { offset: -2 * 3_600_000, now: () => Date.now() + clock.offset };
    await using hydrant = await startHydrant({ clock });
    await expiredToken(hydrant.publicUrl, hydrant.adminUrl);
    clock.offset = 0;

    const { exitCode, stdout, stderr } = await run('command' in python ? python.command : '', [
      script,
      hydrant.adminUrl,
      hydrant.publicUrl,
    ]);
    const reports = stdout.split('\n').filter(Boolean).map(parseReport);
    expect(reports.filter(({ ok }) => !ok)).toEqual([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(reports.map(({ operation }) => operation).sort()).toEqual(OPERATIONS);
    // Its flush took the expired token, so that the job for what expired finds none.
    expect(await hydrant.store.tokens.flush(clock.now(), 10)).toBe(0);
  },
  60_000,
);

/** Something for `flush`: an access token that is over as soon as the clock is put right. */
async function expiredToken(publicUrl: string, adminUrl: string): Promise<void> {
  const { clientId, clientSecret } = await createClient(adminUrl, { grant_types: ['client_credentials'] });
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const response = await fetch(`${publicUrl}/oauth2/token`, { method: 'POST', headers: { authorization }, body });
  expect(response.status).toBe(200);
}

interface Report {
  readonly operation: string;
  readonly ok: boolean;
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
