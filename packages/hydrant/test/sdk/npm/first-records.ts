/** Health, clients, keys and tokens, by any release of the first generation. */
import { expect, test } from 'vitest';
import { startHydrant } from '../../support/start-hydrant.js';
import { headerOf } from './answer.js';
import { callback, type FirstWorld } from './first-world.js';
import { refusalOf } from './refusal.js';

export function records(world: FirstWorld): void {
  test('health, readiness, version, and metrics where the release asks for them', async () => {
    const { adminUrl, publicUrl } = world.hydrant;
    const checks = world.sdk.health({ basePath: adminUrl }, { basePath: publicUrl }, world.watched.of);
    expect((await checks.alive?.())?.data).toEqual({ status: 'ok' });
    expect((await checks.ready?.())?.data).toEqual({ status: 'ok' });
    expect((await checks.version?.())?.data).toEqual({ version: expect.stringMatching(/./) });
    if (checks.metrics) expect((await checks.metrics()).data).toMatch(/^# TYPE requests_total counter$/m);
  });

  test('clients are created, read, listed, replaced and deleted', async () => {
    const { admin } = world;
    const body = { client_name: 'Notes', redirect_uris: [callback], owner: 'ada' };
    const created = (await admin.createOAuth2Client(body)).data;
    expect(created).toMatchObject({ client_name: 'Notes', client_secret: expect.stringMatching(/^.{26}$/) });
    const id = created.client_id ?? '';

    const read = (await admin.getOAuth2Client(id)).data;
    expect(read).toMatchObject(body);
    expect(read).not.toHaveProperty('client_secret');
    expect(await refusalOf(admin.createOAuth2Client({ client_id: id }))).toBe(409);

    const listed = await admin.listOAuth2Clients(500, 0);
    expect(listed.data.map(({ client_id }) => client_id)).toContain(id);
    expect(Number(headerOf(listed, 'x-total-count'))).toBe(listed.data.length);

    const renamed = { ...read, client_name: 'Notebook', contacts: ['a@b.example'] };
    const replaced = (await admin.updateOAuth2Client(id, renamed)).data;
    expect(replaced).toMatchObject({ client_id: id, client_name: 'Notebook', owner: 'ada' });
    expect((await admin.getOAuth2Client(id)).data).toMatchObject({
      client_name: 'Notebook',
      contacts: ['a@b.example'],
    });

    expect((await admin.deleteOAuth2Client(id)).status).toBe(204);
    expect(await refusalOf(admin.getOAuth2Client(id))).toBe(401);
  });

  test('key sets and single keys are created, read, replaced and deleted', async () => {
    const { admin } = world;
    const set = 'key-set';
    const kids = async () => (await admin.getJsonWebKeySet(set)).data.keys?.map(({ kid }) => kid).sort();

    const created = await admin.createJsonWebKeySet(set, { alg: 'ES512', kid: 'first', use: 'sig' });
    expect(created.status).toBe(201);
    expect(created.data.keys).toHaveLength(2);
    expect(await kids()).toEqual(['private:first', 'public:first']);
    const again = admin.createJsonWebKeySet(set, { alg: 'ES512', kid: 'first', use: 'sig' });
    expect(await refusalOf(again)).toBe(409);

    const [single] = (await admin.getJsonWebKey('public:first', set)).data.keys ?? [];
    expect(single).toMatchObject({ kty: 'EC', crv: 'P-521', use: 'sig' });
    expect(single).not.toHaveProperty('d');
    if (!single) throw new Error('no key came back');

    const changed = (await admin.updateJsonWebKey('public:first', set, { ...single, use: 'enc' })).data;
    expect(changed).toMatchObject({ use: 'enc' });
    expect((await admin.getJsonWebKey('public:first', set)).data.keys).toMatchObject([{ use: 'enc' }]);

    const replaced = await admin.updateJsonWebKeySet(set, { keys: [{ ...single, kid: 'second' }] });
    expect(replaced.data.keys).toMatchObject([{ kid: 'second' }]);
    expect(await kids()).toEqual(['second']);

    await admin.createJsonWebKeySet(set, { alg: 'HS256', kid: 'third', use: 'sig' });
    expect((await admin.deleteJsonWebKey('second', set)).status).toBe(204);
    expect(await kids()).toEqual(['third']);
    expect((await admin.deleteJsonWebKeySet(set)).status).toBe(204);
    expect(await refusalOf(admin.getJsonWebKeySet(set))).toBe(404);
  });

  test('introspection tells live tokens from others; flush deletes what expired, and nothing alive', async () => {
    const clock = { instant: Date.now(), now: () => clock.instant };
    await using other = await startHydrant({ clock });
    const api = world.watched.of(world.sdk.admin({ basePath: other.adminUrl }));
    const credentials = { username: 'robot', password: 'robot-secret' };
    await api.createOAuth2Client({
      client_id: credentials.username,
      client_secret: credentials.password,
      grant_types: ['client_credentials'],
      scope: 'a b',
    });
    const asRobot = { basePath: other.publicUrl, ...credentials };
    const mint = async () => {
      const { data } = await world.sdk.exchange(asRobot, { grantType: 'client_credentials' }, world.watched.of);
      return data.access_token ?? '';
    };

    const old = await mint();
    const seen = { active: true, client_id: 'robot', sub: 'robot' };
    expect((await api.introspectOAuth2Token(old)).data).toMatchObject(seen);
    expect((await api.introspectOAuth2Token(old, 'c')).data).toEqual({ active: false });
    expect((await api.introspectOAuth2Token('nobody.knows')).data).toEqual({ active: false });

    clock.instant += 2 * 3_600_000;
    const young = await mint();
    expect((await api.introspectOAuth2Token(old)).data).toEqual({ active: false });
    const notAfter = new Date(clock.instant).toISOString();
    expect((await api.flushInactiveOAuth2Tokens({ notAfter })).status).toBe(204);
    // Nothing is left for the job that deletes expired tokens, which would have found one otherwise.
    expect(await other.store.tokens.flush(clock.instant, 10)).toBe(0);
    expect((await api.introspectOAuth2Token(young)).data).toMatchObject({ active: true });
  });
}
