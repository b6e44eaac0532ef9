import { expect } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/index.js';
import { send } from '../../support/browser.js';
import { freePort } from '../../support/free-port.js';
import { authorizationUrl, givenClient } from '../../support/relying-party.js';
import { sqliteFile } from '../../support/sqlite-file.js';
import { type Effect, type Settings, served, started } from './effect.js';

/** The lines that a server writes about one request, with these settings. */
async function linesOf(settings: Settings): Promise<readonly string[]> {
  const log: string[] = [];
  {
    await using hydrant = await started(settings, { log });
    await send(`${hydrant.publicUrl}/health/alive`);
  }
  return log;
}

export const topLevel: readonly Effect[] = [
  {
    keys: ['dsn'],
    says: 'data lies in the file that is named',
    async run() {
      using file = sqliteFile();
      await using hydrant = await started({ dsn: file.dsn });
      await givenClient(hydrant);
      expect(file.rows().client).toBe(1);
    },
  },
  {
    keys: ['db.connect_within'],
    says: 'a database that nobody serves is tried for that long, and with 0s once',
    async run() {
      const dsn = `postgres://127.0.0.1:${await freePort()}/nobody`;
      const attempts = async (within: string) => {
        const log: string[] = [];
        await expect(started({ dsn, 'db.connect_within': within }, { log })).rejects.toThrow('nobody listens there');
        return log.filter((line) => line.includes('cannot be reached yet')).length;
      };
      expect(await attempts('0s')).toBe(0);
      expect(await attempts('500ms')).toBeGreaterThan(0);
    },
  },
  {
    keys: ['dev'],
    says: 'cookies work over plain http, and are named for it; elsewhere they do not',
    async run() {
      const cookieOf = async (dev: string) => {
        await using hydrant = await started({ dev });
        const { headers } = await send(authorizationUrl(hydrant, await givenClient(hydrant)));
        return headers.getSetCookie()[0] ?? '';
      };
      const [plain, strict] = [await cookieOf('true'), await cookieOf('false')];
      expect(plain).toMatch(/^ory_hydra_login_csrf_dev_/);
      expect(plain).not.toMatch(/; Secure/);
      expect(strict).toMatch(/^ory_hydra_login_csrf_(?!dev_)/);
      expect(strict).toMatch(/; Secure/);
    },
  },
  {
    keys: ['log.level'],
    says: 'lines below the level are not written',
    async run() {
      const finished = (line: string) => line.includes('completed handling request');
      expect((await linesOf({ 'log.level': 'info' })).some(finished)).toBe(true);
      expect((await linesOf({ 'log.level': 'error' })).filter(finished)).toEqual([]);
    },
  },
  {
    keys: ['log.format'],
    says: 'lines are JSON, indented JSON, or pairs',
    async run() {
      const [json = ''] = await linesOf({ 'log.format': 'json' });
      expect(JSON.parse(json)).toMatchObject({ level: 'info', audience: 'application', service_name: 'Hydrant' });
      expect(json.trim()).not.toContain('\n');
      const [pretty = ''] = await linesOf({ 'log.format': 'json_pretty' });
      expect(JSON.parse(pretty)).toMatchObject({ level: 'info' });
      expect(pretty.split('\n').length).toBeGreaterThan(5);
      const [text = ''] = await linesOf({ 'log.format': 'text' });
      expect(text).toMatch(/^time=\S+ level=info msg=/);
    },
  },
  served(
    'TLS is off, whatever the blocks of it say',
    { 'dangerous-force-http': 'true', 'serve.tls.enabled': 'true' },
    async (hydrant) => {
      expect((await send(`${hydrant.publicUrl}/health/alive`)).status).toBe(200);
    },
    { beside: ['serve.tls.enabled'] },
  ),
  {
    keys: ['dangerous-allow-insecure-redirect-urls'],
    says: 'refused but in development mode, which lifts the whole rule',
    async run() {
      const settings = { 'DANGEROUS-ALLOW-INSECURE-REDIRECT-URLS': 'http://app.example/cb', DSN: 'memory' };
      expect(() => loadConfig({ env: settings })).toThrow(ConfigError);
      await using hydrant = await started({ 'dangerous-allow-insecure-redirect-urls': 'http://app.example/cb' });
      const client = await givenClient(hydrant, { redirect_uris: ['http://app.example/cb'] });
      const { location } = await send(authorizationUrl(hydrant, client));
      expect(location?.pathname).toBe('/login');
    },
  },
];
