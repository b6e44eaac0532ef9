/** Starts that fail for a foreseeable reason end with one sentence that says what to do, and with status 1. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/index.js';
import { CERTIFICATE_ONE, CERTIFICATE_TWO } from '../support/certificates.js';
import { freePort } from '../support/free-port.js';

let folder = '';
let env: Record<string, string> = {};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hydrant-start-'));
  env = {
    DSN: `sqlite://${at('data.sqlite')}?_fk=true`,
    DEV: 'true',
    LOG_LEVEL: 'error',
    SERVE_PUBLIC_PORT: String(await freePort()),
    SERVE_ADMIN_PORT: String(await freePort()),
    SECRETS_SYSTEM: 'a-secret-of-the-tests-and-of-nobody-else',
    STRATEGIES_JWT_SIGNING_ALGORITHM: 'ES256',
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

function put(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

/** Starts and stops at once; gives the status and what was said to the operator. */
async function start(settings: Record<string, string> = {}): Promise<{ status: number; said: string }> {
  let said = '';
  const status = await run(['serve', 'all'], {
    env: { ...env, ...settings },
    out: () => {},
    err: (text) => {
      said += text;
    },
    ask: async () => undefined,
    stopRequested: async () => {},
    pause: () => new Promise(() => {}),
    compose: () => import('../../src/compose.js'),
  });
  return { status, said };
}

async function expectRefusal(settings: Record<string, string>, sentence: RegExp): Promise<void> {
  const { status, said } = await start(settings);
  expect(said).toMatch(sentence);
  expect(said.trimEnd().split('\n')).toHaveLength(1);
  expect(status).toBe(1);
}

/** A process that listens to a socket, and the means to end it. */
function listening(path: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(path, () => resolve(server));
  });
}

describe('the database', () => {
  test('whose keys no secret opens', async () => {
    expect(await start()).toEqual({ status: 0, said: '' });
    await expectRefusal(
      { SECRETS_SYSTEM: 'quite-another-secret-of-the-tests' },
      /^No entry of secrets\.system opens the key \S+ of the set \S+: put the secret that it was sealed with behind the first entry/,
    );
    const both = 'quite-another-secret-of-the-tests,a-secret-of-the-tests-and-of-nobody-else';
    expect(await start({ SECRETS_SYSTEM: both })).toEqual({ status: 0, said: '' });
  });

  test('from which a newer release took something away', async () => {
    expect(await start()).toEqual({ status: 0, said: '' });
    const database = new Sqlite(at('data.sqlite'));
    database.exec("INSERT INTO schema_migration (version, name, applied_at) VALUES ('9999', 'contract_all', 1)");
    database.close();
    await expectRefusal(
      {},
      /^The database was written by a newer Hydrant: its migrations 9999 took away what this one needs\. Start/,
    );
  });

  test('that is no database', async () => {
    const path = put('letter.sqlite', 'This is a letter to my aunt.'.repeat(200));
    await expectRefusal(
      { DSN: `sqlite://${path}` },
      /letter\.sqlite cannot be used: the file is not an SQLite database/,
    );
  });

  test('whose secret of development mode cannot be kept', async () => {
    mkdirSync(at('dev-secret'));
    const settings = { SECRETS_SYSTEM: '' };
    await expectRefusal(settings, /^The secret of development mode cannot be kept in \S+dev-secret \(EEXIST\): make/);
  });
});

describe('TLS', () => {
  const tls = (key: string, cert: string) => ({
    SERVE_TLS_ENABLED: 'true',
    SERVE_TLS_KEY_PATH: key,
    SERVE_TLS_CERT_PATH: cert,
  });

  test('with a file that is not there', async () => {
    const settings = tls(at('no.key'), put('tls.crt', CERTIFICATE_ONE.cert));
    await expectRefusal(
      settings,
      /^serve\.public\.tls\.key \(or serve\.tls\.key\) names \S+no\.key: there is no such file\.$/m,
    );
  });

  test('with a file that is none', async () => {
    const settings = tls(folder, put('tls.crt', CERTIFICATE_ONE.cert));
    await expectRefusal(settings, /names \S+: the file cannot be read \(EISDIR\)\.$/m);
  });

  test('with texts that are no key and no certificate', async () => {
    const [key, cert] = [put('tls.key', CERTIFICATE_ONE.key), put('tls.crt', CERTIFICATE_ONE.cert)];
    await expectRefusal(tls(key, put('odd', 'odd')), /tls\.cert \S+ serve\.tls\.cert\) holds no usable PEM text/);
    await expectRefusal(tls(put('odd', 'odd'), cert), /tls\.key \S+ serve\.tls\.key\) holds no usable PEM text/);
  });

  test('with a key that belongs to another certificate', async () => {
    const settings = tls(put('tls.key', CERTIFICATE_TWO.key), put('tls.crt', CERTIFICATE_ONE.cert));
    await expectRefusal(settings, /is not the private key of the certificate in/);
  });
});

describe('a Unix socket', () => {
  const over = (path: string, more: Record<string, string> = {}) => ({ SERVE_ADMIN_HOST: `unix:${path}`, ...more });

  test('with a file in its place', async () => {
    const path = put('hydrant.sock', 'no socket');
    await expectRefusal(over(path), /^The file \S+hydrant\.sock is no socket: move it away/);
  });

  test('that somebody else listens to', async () => {
    const other = await listening(at('hydrant.sock'));
    await expectRefusal(over(at('hydrant.sock')), /^Another process listens to the socket \S+hydrant\.sock: stop it/);
    await new Promise((resolve) => other.close(resolve));
  });

  test('in a folder that is not there', async () => {
    const path = join(folder, 'nowhere', 'hydrant.sock');
    await expectRefusal(
      over(path),
      /^The socket \S+ of the admin listener cannot be made \(\w+\): its folder has to be there/,
    );
  });

  test('whose owner nobody knows', async () => {
    const settings = over(at('hydrant.sock'), { SERVE_ADMIN_SOCKET_OWNER: 'nobody-knows-me' });
    await expectRefusal(
      settings,
      /^There is no user "nobody-knows-me" in \/etc\/passwd: correct serve\.\*\.socket\.owner/,
    );
  });

  test('that a killed process left behind is taken away', async () => {
    const { spawnSync } = await import('node:child_process');
    const leave = `require('node:net').createServer().listen(${JSON.stringify(at('hydrant.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leave]);
    expect(await start(over(at('hydrant.sock')))).toEqual({ status: 0, said: '' });
  });
});

test('a file for the address that cannot be written', async () => {
  const path = join(folder, 'nowhere', 'address');
  await expectRefusal(
    { SERVE_PUBLIC_WRITE_LISTEN_FILE: path },
    /^The file \S+ of serve\.\*\.write_listen_file cannot be written/,
  );
});
