import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Answer, send } from '../../support/browser.js';
import { freePort } from '../../support/free-port.js';
import { givenClient } from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';
import { type Effect, served, started } from './effect.js';

type Name = 'public' | 'admin';

const urlOf = (hydrant: Hydrant, name: Name): string => (name === 'public' ? hydrant.publicUrl : hydrant.adminUrl);

/** The status of a health check over a Unix socket. */
function overSocket(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/health/alive' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-socket-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const ORIGIN = 'https://app.example.com';
const FOREIGN = 'https://elsewhere.example.com';

/** A path on each listener that browsers may call, and a method of it. */
const CALLED = { public: '/oauth2/token', admin: '/admin/clients' } as const;

function preflight(hydrant: Hydrant, name: Name, origin: string, more: Record<string, string> = {}): Promise<Answer> {
  return send(`${urlOf(hydrant, name)}${CALLED[name]}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', ...more },
  });
}

function both(name: Name): Effect[] {
  const block = `serve.${name}`;
  return [
    {
      keys: [`${block}.port`],
      says: 'answers on its port',
      async run() {
        const port = await freePort();
        await using _hydrant = await started({ [`${block}.port`]: String(port) });
        expect((await send(`http://127.0.0.1:${port}/health/alive`)).status).toBe(200);
      },
    },
    {
      keys: [`${block}.host`, `${block}.socket.mode`, `${block}.socket.owner`, `${block}.socket.group`],
      says: 'answers on a Unix socket that belongs to whom it shall',
      run: () =>
        inFolder(async (folder) => {
          // Only root may give a file away.
          const isRoot = process.getuid?.() === 0;
          const [owner, group] = isRoot ? [1234, 4321] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
          const path = join(folder, 'hydrant.sock');
          await using _hydrant = await started({
            [`${block}.host`]: `unix:${path}`,
            [`${block}.socket.mode`]: String(0o640),
            [`${block}.socket.owner`]: String(owner),
            [`${block}.socket.group`]: String(group),
          });
          const { mode, uid, gid } = statSync(path);
          expect([mode & 0o777, uid, gid]).toEqual([0o640, owner, group]);
          expect(await overSocket(path)).toBe(200);
        }),
    },
    {
      keys: [`${block}.write_listen_file`],
      says: 'writes down where it listens',
      run: () =>
        inFolder(async (folder) => {
          const path = join(folder, 'address');
          await using hydrant = await started({ [`${block}.write_listen_file`]: path });
          expect(`http://${readFileSync(path, 'utf8')}`).toBe(urlOf(hydrant, name));
        }),
    },
    {
      keys: [`${block}.request_log.disable_for_health`],
      says: 'health checks are not in the log, other requests are',
      async run() {
        const log: string[] = [];
        {
          await using hydrant = await started({ [`${block}.request_log.disable_for_health`]: 'true' }, { log });
          await send(`${urlOf(hydrant, name)}/health/alive`);
          await send(`${urlOf(hydrant, name)}${CALLED[name]}`);
        }
        const requests = log.filter((line) => line.includes('completed handling request'));
        expect(requests.filter((line) => line.includes('/health/alive'))).toEqual([]);
        expect(requests.length).toBeGreaterThan(0);
      },
    },
    served(
      'pages of one origin may call, as the settings say',
      {
        [`${block}.cors.enabled`]: 'true',
        [`${block}.cors.allowed_origins`]: ORIGIN,
        [`${block}.cors.allowed_methods`]: 'POST',
        [`${block}.cors.allowed_headers`]: 'X-Mine',
        [`${block}.cors.exposed_headers`]: 'X-Yours',
        [`${block}.cors.allow_credentials`]: 'false',
        [`${block}.cors.max_age`]: '77',
      },
      async (hydrant) => {
        const allowed = (answer: Answer) => answer.headers.get('access-control-allow-origin');
        const yes = await preflight(hydrant, name, ORIGIN, { 'access-control-request-headers': 'X-Mine' });
        expect(yes.status).toBe(204);
        expect(allowed(yes)).toBe(ORIGIN);
        expect(yes.headers.get('access-control-max-age')).toBe('77');
        expect(yes.headers.get('access-control-allow-headers')).toBe('X-Mine');
        expect(yes.headers.has('access-control-allow-credentials')).toBe(false);
        const refused = await Promise.all([
          preflight(hydrant, name, FOREIGN),
          preflight(hydrant, name, ORIGIN, { 'access-control-request-method': 'DELETE' }),
          preflight(hydrant, name, ORIGIN, { 'access-control-request-headers': 'Authorization' }),
        ]);
        expect(refused.map(allowed)).toEqual([null, null, null]);
        const real = await send(`${urlOf(hydrant, name)}${CALLED[name]}`, {
          method: 'POST',
          headers: { origin: ORIGIN },
        });
        expect(allowed(real)).toBe(ORIGIN);
        expect(real.headers.get('access-control-expose-headers')).toBe('X-Yours');
      },
    ),
  ];
}

export const listeners: readonly Effect[] = [
  ...both('public'),
  ...both('admin'),
  served('asked to stop, it answers for so long, and is not ready', { 'serve.drain': '10m' }, async (hydrant) => {
    const ready = async () => (await send(`${hydrant.publicUrl}/health/ready`)).status;
    expect(await Promise.race([hydrant.drain(), ready()])).toBe(503);
  }),
  served(
    'preflight requests pass, so that the origins of clients count; the answer itself stays closed to others',
    {
      'serve.public.cors.options_passthrough': 'true',
      'serve.public.cors.enabled': 'true',
      'serve.public.cors.allowed_origins': ORIGIN,
    },
    async (hydrant) => {
      const client = await givenClient(hydrant, { allowed_cors_origins: ['https://client.example.com'] });
      const call = (origin: string) =>
        send(`${hydrant.publicUrl}/oauth2/token`, {
          form: { grant_type: 'client_credentials' },
          basic: [client.id, client.secret],
          headers: { origin },
        });
      for (const origin of ['https://client.example.com', FOREIGN])
        expect((await preflight(hydrant, 'public', origin)).headers.get('access-control-allow-origin')).toBe(origin);
      expect((await call('https://client.example.com')).headers.has('access-control-allow-origin')).toBe(true);
      expect((await call(FOREIGN)).headers.has('access-control-allow-origin')).toBe(false);
    },
    { beside: ['serve.public.cors.enabled', 'serve.public.cors.allowed_origins'] },
  ),
];
