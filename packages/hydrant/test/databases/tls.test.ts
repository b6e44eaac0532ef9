/** Connections to a database are as safe as the DSN says, and a server that cannot prove who it is gets no password. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSecretRing } from '../../src/crypto/secret-ring.js';
import { systemClock } from '../../src/protocol/time.js';
import { DatabaseUnusable, openStore } from '../../src/sql/index.js';
import { CERTIFICATE_OF_LOCALHOST, CERTIFICATE_TWO } from '../support/certificates.js';
import { giveTo, identityOf } from '../support/databases/identity.js';
import {
  availableEngines,
  type DatabaseServer,
  makeDatabase,
  startMariadbServer,
  startPostgresCluster,
} from '../support/databases/index.js';
import { requireBuild } from '../support/server-process.js';

// Servers of databases have their own pace on a machine that does other things as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ring = createSecretRing(['the-system-secret-of-the-tls-suite']);
const engines = availableEngines();

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hydrant-tls-'));
  writeFileSync(at('stranger.pem'), CERTIFICATE_TWO.cert);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Where a server that runs as such a user finds its certificate. */
function filesFor(user: string): { cert: string; key: string } {
  const [cert, key] = [at(`${user}.crt`), at(`${user}.key`)];
  writeFileSync(cert, CERTIFICATE_OF_LOCALHOST.cert);
  writeFileSync(key, CERTIFICATE_OF_LOCALHOST.key, { mode: 0o600 });
  giveTo(identityOf(user), folder, cert, key);
  return { cert, key };
}

async function open(dsn: string): Promise<void> {
  const store = await openStore({ dsn, ring, clock: systemClock, migrates: true });
  await store.close();
}

async function expectRefusal(dsn: string, reason: RegExp): Promise<void> {
  await expect(open(dsn)).rejects.toBeInstanceOf(DatabaseUnusable);
  await expect(open(dsn)).rejects.toThrow(reason);
}

describe.skipIf(!engines.postgres.available)('PostgreSQL', () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    const { cert, key } = filesFor('postgres');
    const settings = {
      ssl: 'on',
      ssl_cert_file: cert,
      ssl_key_file: key,
      log_connections: 'on',
      log_min_messages: 'info',
    };
    server = await startPostgresCluster({ durable: false, settings });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const dsn = (host: string, parameters: string): string =>
    server.dsn('postgres').replace('127.0.0.1', host).replace('sslmode=disable', `application_name=seen&${parameters}`);

  /** Whether the server says of the connections since `before` that they are encrypted. */
  async function isEncrypted(host: string, parameters: string): Promise<boolean> {
    const before = server.log().length;
    await open(dsn(host, parameters));
    const lines =
      server
        .log()
        .slice(before)
        .match(/connection authorized: .*application_name=seen.*/g) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines.map((line) => /SSL enabled/.test(line))).size).toBe(1);
    return lines.some((line) => /SSL enabled/.test(line));
  }

  test('sslmode says whether it is encrypted', async () => {
    expect(await isEncrypted('127.0.0.1', 'sslmode=disable')).toBe(false);
    expect(await isEncrypted('127.0.0.1', '')).toBe(true);
    expect(await isEncrypted('127.0.0.1', 'sslmode=prefer')).toBe(true);
    expect(await isEncrypted('127.0.0.1', 'sslmode=require')).toBe(true);
  });

  test('require with a root, and verify-ca, look at who signed it, and verify-full at the host as well', async () => {
    const [root, stranger] = [`sslrootcert=${at('postgres.crt')}`, `sslrootcert=${at('stranger.pem')}`];
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      expect(await isEncrypted('localhost', `sslmode=${mode}&${root}`)).toBe(true);
      await expectRefusal(dsn('localhost', `sslmode=${mode}&${stranger}`), /could not be secured; .* sslmode/);
    }
    expect(await isEncrypted('127.0.0.1', `sslmode=verify-ca&${root}`)).toBe(true);
    await expectRefusal(dsn('127.0.0.1', `sslmode=verify-full&${root}`), /could not be secured; .* sslmode/);
    // Nobody whom Node.js knows has signed it.
    await expectRefusal(dsn('localhost', 'sslmode=verify-full'), /could not be secured; .* sslmode/);
  });

  test('a server without TLS is used where that is allowed, and refused where it is not', async () => {
    await using database = await makeDatabase('postgres');
    const plain = (mode: string) => database.dsn.replace('sslmode=disable', `sslmode=${mode}`);
    await open(plain('prefer'));
    await open(plain('allow'));
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      await expectRefusal(plain(mode), /could not be secured; .* sslmode/);
    }
  });
});

describe.skipIf(!engines.mariadb.available)('MariaDB', () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    const { cert, key } = filesFor('mysql');
    server = await startMariadbServer({ durable: false, settings: { ssl_cert: cert, ssl_key: key } });
    await server.query('CREATE DATABASE kept');
    await server.query(`CREATE USER safe IDENTIFIED BY 'a-password' REQUIRE SSL`);
    await server.query('GRANT ALL ON kept.* TO safe');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Of somebody whom the server lets in with TLS alone. */
  const dsn = (tls: string, host = '127.0.0.1'): string =>
    `mysql://safe:a-password@tcp(${host}:${server.coordinates.port})/kept?tls=${tls}`;

  test('tls says whether it is encrypted', async () => {
    await expectRefusal(dsn('false'), /the user or the password is not accepted/);
    await open(dsn('skip-verify'));
    await open(dsn('preferred'));
    await expectRefusal(dsn('true', 'localhost'), /could not be secured; .* tls/);
  });

  test('tls=true looks at who signed the certificate and at the host', async () => {
    requireBuild();
    const status = () =>
      spawnSync(
        process.execPath,
        ['packages/hydrant/bin/hydrant.mjs', 'migrate', 'sql', 'status', dsn('true', 'localhost')],
        {
          cwd: fileURLToPath(new URL('../../../../', import.meta.url)),
          env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: at('mysql.crt') },
          encoding: 'utf8',
        },
      );
    expect(status()).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(at('mysql.crt'), CERTIFICATE_TWO.cert);
    writeFileSync(at('mysql.key'), CERTIFICATE_TWO.key);
    await server.query('FLUSH SSL');
    expect(status()).toMatchObject({ status: 1, stderr: expect.stringMatching(/could not be secured; .* tls\.\n$/) });
  });

  test('a server without TLS is used where that is allowed, and refused where it is not', async () => {
    await using database = await makeDatabase('mariadb');
    await open(`${database.dsn}?tls=preferred`);
    await open(`${database.dsn}?tls=false`);
    for (const tls of ['true', 'skip-verify']) {
      await expectRefusal(
        `${database.dsn.replace('127.0.0.1', 'localhost')}?tls=${tls}`,
        /does not speak TLS; see the DSN parameter tls/,
      );
    }
  });
});
