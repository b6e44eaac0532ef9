/**
 * The database goes away under a server and comes back: what needs it is refused at once with 503, what does not goes on,
 * and nobody has to do a thing afterwards.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { availableEngines, type FaultProxy } from '../support/databases/index.js';
import { eventually } from '../support/eventually.js';
import {
  authorizationUrl,
  clientCredentials,
  givenClient,
  introspect,
  obtainTokens,
  refresh,
  type TestClient,
  type TokenAnswer,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { type FaultyDatabase, faultyDatabase } from './support/faulty-database.js';

/** Ways to lose a database, and what it takes to have it back. */
const ways: readonly (readonly [string, (proxy: FaultProxy) => Promise<void>, (proxy: FaultProxy) => Promise<void>])[] =
  [
    [
      'refuses connections and has cut those it had',
      async (proxy) => {
        await proxy.refuse();
        proxy.cut();
      },
      (proxy) => proxy.accept(),
    ],
    ['takes what it is sent and says nothing', async (proxy) => proxy.stall(), async (proxy) => proxy.resume()],
  ];

const engines = availableEngines();

describe.each(['postgres', 'mariadb'] as const)('%s', (engine) => {
  const here = engines[engine];
  describe.skipIf(!here.available)(here.available ? 'is here' : `skipped: ${here.because}`, () => {
    let database: FaultyDatabase;
    let hydrant: Hydrant;
    let client: TestClient;
    const log: string[] = [];

    beforeAll(async () => {
      database = await faultyDatabase(engine);
      hydrant = await startHydrant({ settings: { DSN: database.dsn }, log });
      client = await givenClient(hydrant);
    });
    afterAll(async () => {
      await hydrant?.close();
      await database?.[Symbol.asyncDispose]();
    });

    test.each(ways)('that %s', async (_, lose, regain) => {
      const { proxy } = database;
      // Past the poll that forgets whatever changed: the client is to be known when the database is not there to ask.
      await pause(1_200);
      const tokens = await obtainTokens(hydrant, client);
      log.length = 0;

      await lose(proxy);
      // Those who come first find out; what they are told is what all are told.
      expectUnavailable(await clientCredentials(hydrant, client));
      const ready = () => send(`${hydrant.adminUrl}/health/ready`);
      await eventually('it is not ready', async () => (await ready()).status === 503);

      const asked = Date.now();
      const crowd = await Promise.all(Array.from({ length: 100 }, () => refresh(hydrant, client, tokens.refreshToken)));
      // No measure of speed: without failing at once it would be 10,000 for each of a dozen batches.
      expect(Date.now() - asked).toBeLessThan(9_000);
      for (const answer of crowd) expectUnavailable(answer);

      const introspected = await send(`${hydrant.adminUrl}/admin/oauth2/introspect`, {
        form: { token: tokens.accessToken },
      });
      expect(introspected.status).toBe(503);
      const authorized = await send(authorizationUrl(hydrant, client));
      expect(authorized.status).toBe(303);
      expect(authorized.location?.origin).toBe(new URL(client.redirectUri).origin);
      expect(Object.fromEntries(authorized.location?.searchParams ?? [])).toMatchObject({
        error: 'temporarily_unavailable',
        state: 'a-state-that-is-long-enough',
      });
      expect((await send(authorizationUrl(hydrant, { ...client, id: 'unknown' }))).location?.href).toContain(
        'error?error=temporarily_unavailable',
      );
      expect((await send(`${hydrant.publicUrl}/health/alive`)).status).toBe(200);
      expect((await send(`${hydrant.publicUrl}/.well-known/openid-configuration`)).status).toBe(200);
      expect((await ready()).text).toContain('cannot be used');
      expect((await metricsOf(hydrant)).get('hydrant_database_up')).toBe('0');

      await regain(proxy);
      await eventually('it is ready again', async () => (await ready()).status === 200);
      const again = await refresh(hydrant, client, tokens.refreshToken);
      expect(again.status).toBe(200);
      expect((await introspect(hydrant, again.accessToken)).active).toBe(true);
      await eventually('the log says so', () => log.some((line) => line.includes('the database works again')));
      expect((await metricsOf(hydrant)).get('hydrant_database_up')).toBe('1');

      expect(log.filter((line) => line.includes('the database fails'))).toHaveLength(1);
      expect(log.filter((line) => line.includes('the database works again'))).toHaveLength(1);
      expect(log.filter((line) => line.includes('unexpected'))).toEqual([]);
    });

    test('that cuts its connections once is asked again, and whoever was answered has what they were told', async () => {
      for (let round = 0; round < 3; round++) {
        const asked = Array.from({ length: 20 }, () => clientCredentials(hydrant, client));
        await pause(round);
        database.proxy.cut();
        const answers = await Promise.all(asked);
        for (const answer of answers) {
          if (answer.status === 200) expect((await introspect(hydrant, answer.accessToken)).active).toBe(true);
          else expectUnavailable(answer);
        }
        await eventually('it works', async () => (await clientCredentials(hydrant, client)).status === 200);
      }
    });
  });
});

function expectUnavailable(answer: TokenAnswer): void {
  expect({ status: answer.status, error: answer.error, retry: answer.headers.get('retry-after') }).toEqual({
    status: 503,
    error: 'temporarily_unavailable',
    retry: '1',
  });
}

async function metricsOf(hydrant: Hydrant): Promise<Map<string, string>> {
  const { text } = await send(`${hydrant.adminUrl}/admin/metrics/prometheus`);
  return new Map(text.split('\n').flatMap((line) => (/^\w+ /.test(line) ? [line.split(' ') as [string, string]] : [])));
}
