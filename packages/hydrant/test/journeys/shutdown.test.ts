/** A server that is asked to stop loses nobody's request: readiness first, what is under way to its end, connections in order. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { openConnection, type RawConnection } from '../support/raw-connection.js';
import { clientCredentials, givenClient, type TestClient } from '../support/relying-party.js';
import { type ServerProcess, startProcess, twoPorts } from '../support/server-process.js';
import { startHydrant } from '../support/start-hydrant.js';

const started = async (drain: string): Promise<ServerProcess> =>
  startProcess({ ports: await twoPorts(), settings: { DSN: 'memory', SERVE_DRAIN: drain } });

/** The status of a health check, on a connection of its own. */
const health = async (url: string, what: 'alive' | 'ready'): Promise<number> =>
  (await send(`${url}/health/${what}`, { headers: { connection: 'close' } })).status;

const isUnready = async ({ publicUrl, adminUrl }: ServerProcess): Promise<boolean> =>
  (await health(publicUrl, 'ready')) === 503 && (await health(adminUrl, 'ready')) === 503;

const isClosed = (url: string): Promise<boolean> =>
  health(url, 'alive').then(
    () => false,
    () => true,
  );

/** Sends all of a token request but its body, and resolves when the server waits for that. */
async function beginRequest(server: { publicUrl: string }, client: TestClient): Promise<RawConnection> {
  const connection = await openConnection(server.publicUrl);
  connection.write(
    [
      'POST /oauth2/token HTTP/1.1',
      'host: localhost',
      `authorization: Basic ${btoa(`${client.id}:${encodeURIComponent(client.secret)}`)}`,
      'content-type: application/x-www-form-urlencoded',
      `content-length: ${BODY.length}`,
      'expect: 100-continue',
      '\r\n',
    ].join('\r\n'),
  );
  await connection.hasReceived(/^HTTP\/1\.1 100 /);
  return connection;
}

const BODY = 'grant_type=client_credentials';

describe('while it drains', () => {
  test('it is not ready, says so on both listeners, and answers everything all the same', async () => {
    await using server = await started('10m');
    const client = await givenClient(server);
    const stopped = server.stop();
    await eventually('both listeners are not ready', () => isUnready(server));
    expect(await health(server.publicUrl, 'alive')).toBe(200);
    const { status, text } = await send(`${server.publicUrl}/health/ready`);
    expect([status, text]).toEqual([503, expect.stringContaining('It is being shut down.')]);
    const answer = await clientCredentials(server, client);
    expect(answer.status).toBe(200);
    expect((await send(`${server.adminUrl}/admin/clients/${client.id}`)).json).toMatchObject({ client_id: client.id });
    // A second signal, of whichever kind, is meant seriously.
    server.stop('SIGINT');
    expect(await stopped).toBe(130);
  });

  test('a connection that is kept open has its last answer, which says so', async () => {
    await using server = await started('10m');
    using agent = disposable(new Agent({ keepAlive: true, maxSockets: 1 }));
    const ask = async () => {
      const sent = request(`${server.publicUrl}/.well-known/openid-configuration`, { agent }).end();
      const [answer]: IncomingMessage[] = await once(sent, 'response');
      await answer?.resume().toArray();
      return { reused: sent.reusedSocket, status: answer?.statusCode, connection: answer?.headers.connection };
    };
    expect(await ask()).toEqual({ reused: false, status: 200, connection: 'keep-alive' });
    server.stop();
    await eventually('it is not ready', () => isUnready(server));
    expect(await ask()).toEqual({ reused: true, status: 200, connection: 'close' });
    expect(await ask()).toEqual({ reused: false, status: 200, connection: 'close' });
  });
});

describe('when it ends', () => {
  test('what is under way is answered, new connections are refused, and the status is 0', async () => {
    await using server = await started('0s');
    const client = await givenClient(server);
    using connection = await beginRequest(server, client);
    const stopped = server.stop();
    await eventually('nobody is let in', () => isClosed(server.publicUrl));
    connection.write(BODY);
    expect(await connection.ended).toBe('end');
    expect(connection.received()).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*"access_token"/i);
    expect(await stopped).toBe(0);
  });

  test('a request that never ends is given up, and the status is 0', async () => {
    await using server = await started('0s');
    using connection = await beginRequest(server, await givenClient(server));
    expect(await server.stop('SIGINT')).toBe(0);
    await connection.ended;
  });

  test('connections on which nobody waits do not hold it up', async () => {
    const hydrant = await startHydrant();
    using agent = disposable(new Agent({ keepAlive: true }));
    const sent = request(`${hydrant.publicUrl}/health/alive`, { agent }).end();
    const [answer]: IncomingMessage[] = await once(sent, 'response');
    await answer?.resume().toArray();
    using unused = await openConnection(hydrant.publicUrl);
    using halfAsked = await openConnection(hydrant.adminUrl);
    halfAsked.write('GET /health/alive HTTP/1.1\r\n');
    // There is no deadline within the process: whatever held it up would do so for a minute.
    await hydrant.close();
    expect(await unused.ended).toBe('end');
    expect(await halfAsked.ended).toMatch(/^(end|ECONNRESET)$/);
  });

  test('a drained server is closed in the same way', async () => {
    const hydrant = await startHydrant({ settings: { SERVE_DRAIN: '10ms' } });
    await hydrant.drain();
    expect(await health(hydrant.publicUrl, 'ready')).toBe(503);
    await hydrant.close();
    expect(await isClosed(hydrant.publicUrl)).toBe(true);
  });
});

const disposable = <T extends Agent>(agent: T): T & Disposable =>
  Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
