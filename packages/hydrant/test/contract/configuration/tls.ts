import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { expect } from 'vitest';
import { send } from '../../support/browser.js';
import { CERTIFICATE_ONE, CERTIFICATE_TWO, type TestCertificate } from '../../support/certificates.js';
import type { Hydrant } from '../../support/start-hydrant.js';
import { type Effect, type Settings, served, started } from './effect.js';

type Name = 'public' | 'admin';

/** The name in the certificate that a listener shows, once it has answered by it. */
export function shownBy(hydrant: Hydrant, name: Name): Promise<string | undefined> {
  const { port } = new URL(name === 'public' ? hydrant.publicUrl : hydrant.adminUrl);
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept alive keeps its certificate.
    const options = { port, host: '127.0.0.1', path: '/health/alive', rejectUnauthorized: false, agent: false };
    request(options, (response) => {
      response.resume();
      const { socket } = response;
      const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
      resolve(response.statusCode === 200 ? [subject].flat()[0] : undefined);
    })
      .once('error', reject)
      .end();
  });
}

export interface Files extends Disposable {
  readonly key: string;
  readonly cert: string;
  put(certificate: TestCertificate): void;
}

/** A certificate in files. */
export function filesOf(certificate: TestCertificate): Files {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-tls-'));
  const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
  const put = (one: TestCertificate) => {
    writeFileSync(key, one.key);
    writeFileSync(cert, one.cert);
  };
  put(certificate);
  return { key, cert, put, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One listener has a certificate of its own in this form, the other the shared one. */
function own(name: Name): Effect[] {
  const other = name === 'public' ? 'admin' : 'public';
  const block = `serve.${name}.tls`;
  const keys = (form: string) => [`${block}.key.${form}`, `${block}.cert.${form}`];
  return [
    {
      keys: keys('path'),
      says: `the ${name} listener shows the certificate in its files`,
      async run() {
        using shared = filesOf(CERTIFICATE_ONE);
        using special = filesOf(CERTIFICATE_TWO);
        await using hydrant = await started({
          'serve.tls.enabled': 'true',
          'serve.tls.key.path': shared.key,
          'serve.tls.cert.path': shared.cert,
          [`${block}.key.path`]: special.key,
          [`${block}.cert.path`]: special.cert,
        });
        expect(await shownBy(hydrant, name)).toBe(CERTIFICATE_TWO.name);
        expect(await shownBy(hydrant, other)).toBe(CERTIFICATE_ONE.name);
      },
    },
    served(
      `the ${name} listener alone speaks TLS, with the certificate in its settings`,
      {
        [`${block}.enabled`]: 'true',
        [`${block}.key.base64`]: base64(CERTIFICATE_TWO.key),
        [`${block}.cert.base64`]: base64(CERTIFICATE_TWO.cert),
      },
      async (hydrant) => {
        expect(await shownBy(hydrant, name)).toBe(CERTIFICATE_TWO.name);
        const plain = other === 'public' ? hydrant.publicUrl : hydrant.adminUrl;
        expect((await send(`${plain}/health/alive`)).status).toBe(200);
      },
    ),
    {
      keys: [`${block}.allow_termination_from`],
      says: `the ${name} listener answers its proxies alone`,
      run: () => answersProxiesAlone({ [`${block}.allow_termination_from`]: '127.0.0.0/8' }, [name]),
    },
  ];
}

async function answersProxiesAlone(settings: Settings, names: readonly Name[]): Promise<void> {
  await using hydrant = await started(settings);
  for (const name of names) {
    const url = name === 'public' ? `${hydrant.publicUrl}/.well-known/jwks.json` : `${hydrant.adminUrl}/admin/clients`;
    const statusOf = async (headers: Record<string, string>) => (await send(url, { headers })).status;
    expect(await statusOf({})).toBe(502);
    expect(await statusOf({ 'x-forwarded-proto': 'https' })).not.toBe(502);
  }
  await using elsewhere = await started(Object.fromEntries(Object.keys(settings).map((key) => [key, '10.0.0.0/8'])));
  const [name] = names;
  const url = name === 'admin' ? `${elsewhere.adminUrl}/admin/clients` : `${elsewhere.publicUrl}/.well-known/jwks.json`;
  expect((await send(url, { headers: { 'x-forwarded-proto': 'https' } })).status).toBe(502);
}

export const tls: readonly Effect[] = [
  {
    keys: ['serve.tls.enabled', 'serve.tls.key.path', 'serve.tls.cert.path'],
    says: 'both listeners show the certificate in the shared files',
    async run() {
      using files = filesOf(CERTIFICATE_ONE);
      await using hydrant = await started({
        'serve.tls.enabled': 'true',
        'serve.tls.key.path': files.key,
        'serve.tls.cert.path': files.cert,
      });
      for (const name of ['public', 'admin'] as const) expect(await shownBy(hydrant, name)).toBe(CERTIFICATE_ONE.name);
    },
  },
  served(
    'both listeners show the certificate in the shared settings',
    {
      'serve.tls.enabled': 'true',
      'serve.tls.key.base64': base64(CERTIFICATE_TWO.key),
      'serve.tls.cert.base64': base64(CERTIFICATE_TWO.cert),
    },
    async (hydrant) => {
      for (const name of ['public', 'admin'] as const) expect(await shownBy(hydrant, name)).toBe(CERTIFICATE_TWO.name);
    },
  ),
  {
    keys: ['serve.tls.allow_termination_from'],
    says: 'both listeners answer their proxies alone',
    run: () => answersProxiesAlone({ 'serve.tls.allow_termination_from': '127.0.0.0/8' }, ['public', 'admin']),
  },
  ...own('public'),
  ...own('admin'),
];
