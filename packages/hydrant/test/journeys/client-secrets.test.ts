/** A client's secret is exchanged while the client is at work: nobody is turned away, and what was ended stays ended. */
import { describe, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { clockAt, HOUR, MINUTE } from '../support/clock.js';
import { eventually } from '../support/eventually.js';
import { clientCredentials, givenClient, type TestClient } from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { temporaryDatabase } from '../support/temporary-database.js';

type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;

const at = ({ adminUrl }: Server, { id }: TestClient, rest = '') => `${adminUrl}/admin/clients/${id}/secrets${rest}`;

/** The client with the secret that a rotation gave it. */
async function rotate(hydrant: Server, client: TestClient, json?: Readonly<Record<string, unknown>>) {
  const answer = await send(at(hydrant, client, '/rotate'), { method: 'POST', ...(json && { json }) });
  expect(answer.status).toBe(200);
  return { ...client, secret: String(answer.json.client_secret) };
}

async function listed(hydrant: Server, client: TestClient): Promise<Record<string, unknown>[]> {
  const answer = await send(at(hydrant, client));
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
}

const status = async (hydrant: Server, client: TestClient) => (await clientCredentials(hydrant, client)).status;

describe('on one server', () => {
  const hydrant = sharedHydrant();

  test('a rotation shows the new secret once and leaves the client as it was', async () => {
    const old = await givenClient(hydrant);
    const url = `${hydrant.adminUrl}/admin/clients/${old.id}`;
    const before = (await send(url)).json;
    const answer = await send(at(hydrant, old, '/rotate'), { method: 'POST' });
    const { client_secret: secret, updated_at: _when, ...shown } = answer.json;
    expect(answer.status).toBe(200);
    expect(String(secret)).toHaveLength(26);
    const { updated_at: _before, ...expected } = before;
    expect(shown).toEqual(expected);
    expect((await send(url)).json).not.toHaveProperty('client_secret');
    for (const one of [old, { ...old, secret: String(secret) }]) expect(await status(hydrant, one)).toBe(200);

    const cleared = await send(at(hydrant, old, '/rotate'), { method: 'DELETE' });
    expect(cleared).toMatchObject({ status: 200, json: { client_id: old.id } });
    expect(cleared.json).not.toHaveProperty('client_secret');
    expect(await status(hydrant, old)).toBe(401);
    expect(await status(hydrant, { ...old, secret: String(secret) })).toBe(200);
  });

  test('no token request fails while secrets are exchanged, two at a time', async () => {
    let current = await givenClient(hydrant);
    const statuses: number[][] = [[], [], []];
    let going = true;
    const work = Promise.all(
      statuses.map(async (own) => {
        while (going) own.push(await status(hydrant, current));
      }),
    );
    for (let round = 0; round < 4; round++) {
      const both = await Promise.all([rotate(hydrant, current), rotate(hydrant, current)]);
      expect(both[0].secret).not.toBe(both[1].secret);
      for (const one of both) expect(await status(hydrant, one)).toBe(200);
      current = both[0];
      // Each of them, for a request that lasts through three rounds comes with a secret that is the seventh.
      const before = statuses.map(({ length }) => length);
      await eventually('the client went on working', () => statuses.every((own, at) => own.length > (before[at] ?? 0)));
    }
    going = false;
    await work;
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
  });

  test('six secrets are good at once, as with Hydra; the seventh ends the oldest', async () => {
    const clients = [await givenClient(hydrant)];
    for (let i = 0; i < 6; i++)
      clients.push(await rotate(hydrant, clients[0] ?? { id: '', secret: '', redirectUri: '' }));
    const statuses = [];
    for (const client of clients) statuses.push(await status(hydrant, client));
    expect(statuses).toEqual([401, 200, 200, 200, 200, 200, 200]);
    expect(await listed(hydrant, clients[0] ?? { id: '', secret: '', redirectUri: '' })).toHaveLength(6);
  });

  test.each(['PUT', 'PATCH'])('%s with a secret puts an end to all others', async (method) => {
    const old = await givenClient(hydrant);
    const newer = await rotate(hydrant, old);
    const secret = 'set by an operator';
    const json =
      method === 'PATCH'
        ? [{ op: 'add', path: '/client_secret', value: secret }]
        : { client_secret: secret, grant_types: ['client_credentials'] };
    expect((await send(`${hydrant.adminUrl}/admin/clients/${old.id}`, { method, json })).status).toBe(200);
    expect(await status(hydrant, { ...old, secret })).toBe(200);
    for (const one of [old, newer]) expect(await status(hydrant, one)).toBe(401);
    expect(await listed(hydrant, old)).toHaveLength(1);
  });

  test('the list has no values, and one secret ends by its id', async () => {
    const old = await givenClient(hydrant);
    const newer = await rotate(hydrant, old);
    const [first, second] = await listed(hydrant, old);
    expect(Object.keys(first ?? {})).toEqual(['id', 'created_at', 'expires_at', 'last_used_at']);
    const end = (id: unknown) => send(at(hydrant, old, `/${String(id)}`), { method: 'DELETE' });
    expect((await end(first?.id)).status).toBe(409);
    expect((await end(second?.id)).status).toBe(204);
    expect((await end(second?.id)).status).toBe(404);
    expect(await status(hydrant, old)).toBe(401);
    expect(await status(hydrant, newer)).toBe(200);
  });

  test('what cannot be is refused: clients that are not there or have no secret, bodies that are none', async () => {
    const nobody = { id: 'nobody', secret: '', redirectUri: '' };
    for (const [method, rest] of [
      ['POST', '/rotate'],
      ['DELETE', '/rotate'],
      ['GET', ''],
      ['DELETE', '/x'],
    ] as const)
      expect((await send(at(hydrant, nobody, rest), { method })).status).toBe(404);
    const open = await givenClient(hydrant, { token_endpoint_auth_method: 'none' });
    expect((await send(at(hydrant, open, '/rotate'), { method: 'POST' })).status).toBe(400);
    const client = await givenClient(hydrant);
    for (const json of [[], 'x', { client_secret: 'short' }, { grace_period: 'soon' }])
      expect((await send(at(hydrant, client, '/rotate'), { method: 'POST', json })).status).toBe(400);
    expect(await listed(hydrant, client)).toHaveLength(1);
  });
});

test('an old secret is good to the end of its grace and no longer', async () => {
  const clock = clockAt();
  await using hydrant = await startHydrant({ clock });
  const old = await givenClient(hydrant);
  const newer = await rotate(hydrant, old, { grace_period: '1h' });
  expect((await listed(hydrant, old)).map(({ expires_at }) => expires_at)).toEqual([null, '2030-01-01T13:00:00Z']);
  clock.advance(HOUR - 1);
  expect(await status(hydrant, old)).toBe(200);
  clock.advance(1);
  expect(await status(hydrant, old)).toBe(401);
  expect(await status(hydrant, newer)).toBe(200);
  expect(await listed(hydrant, old)).toHaveLength(1);
});

test('the last use is known to the hour, costs no request a statement, and is still known after a restart', async () => {
  await using database = await temporaryDatabase();
  const clock = clockAt();
  const settings = { DSN: database.dsn };
  const statements: string[] = [];
  const recorded = () => statements.filter((name) => name === 'client_secret_use.record').length;
  const lastUses = async (server: Server, client: TestClient) =>
    (await listed(server, client)).map(({ last_used_at }) => last_used_at);
  let client: TestClient;
  {
    await using hydrant = await startHydrant({ clock, settings, onStatement: (name) => void statements.push(name) });
    const old = await givenClient(hydrant);
    client = await rotate(hydrant, old);
    for (let i = 0; i < 3; i++) {
      expect(await status(hydrant, { ...client, secret: 'wrong' })).toBe(401);
      const before = statements.length;
      expect(await status(hydrant, client)).toBe(200);
      // A database that tells its nodes of changes lets them read the client once more, whenever it does.
      const cost = statements.slice(before).filter((name) => /^(token|client)/.test(name) && name !== 'client.find');
      expect(cost).toEqual(['token.insert']);
    }
    expect(recorded()).toBe(0);
    hydrant.kick('record-secret-uses');
    await eventually('the use is written', () => recorded() === 1);
    clock.advance(59 * MINUTE);
    expect(await status(hydrant, client)).toBe(200);
    expect(await lastUses(hydrant, client)).toEqual(['2030-01-01T12:00:00Z', null]);
    expect(recorded()).toBe(1);
    clock.advance(MINUTE);
    expect(await status(hydrant, client)).toBe(200);
    expect(await status(hydrant, old)).toBe(200);
  }
  // What was not written yet is written when the server stops.
  expect(recorded()).toBe(3);
  await using again = await startHydrant({ clock, settings });
  expect(await lastUses(again, client)).toEqual(['2030-01-01T13:00:00Z', '2030-01-01T13:00:00Z']);
});

test('what one node ends, the other refuses within a second', async () => {
  await using database = await temporaryDatabase();
  const settings = { DSN: database.dsn };
  await using one = await startHydrant({ settings });
  await using other = await startHydrant({ settings });
  const old = await givenClient(one);
  await eventually('the other node knows the client', async () => (await status(other, old)) === 200);
  const newer = await rotate(one, old);
  await eventually('the other node takes the new secret', async () => (await status(other, newer)) === 200);
  expect(await status(other, old)).toBe(200);
  await send(at(one, old, '/rotate'), { method: 'DELETE' });
  expect(await status(one, old)).toBe(401);
  await eventually('the other node refuses the old secret', async () => (await status(other, old)) === 401);
  expect(await status(other, newer)).toBe(200);
});

test('who rotates is written to the audit log, and the secret is not', async () => {
  const log: string[] = [];
  const hydrant = await startHydrant({ log });
  const old = await givenClient(hydrant);
  const { secret } = await rotate(hydrant, old);
  await hydrant.close();
  expect(log.join('')).toContain('client updated');
  expect(log.join('')).not.toContain(secret);
});
