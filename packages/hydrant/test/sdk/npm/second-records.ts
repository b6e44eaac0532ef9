/** Health, clients, keys and tokens, by any release of the second generation. */
import { expect, test } from 'vitest';
import { headerOf } from './answer.js';
import { refusalOf } from './refusal.js';
import { callback, type SecondWorld } from './second-world.js';

export function records(world: SecondWorld): void {
  test('alive, ready, version and metrics', async () => {
    const { adminUrl, publicUrl } = world.hydrant;
    const metadata = world.watched.of(world.sdk.metadata({ basePath: adminUrl }));
    expect((await metadata.isAlive()).data).toEqual({ status: 'ok' });
    expect((await metadata.isReady()).data).toEqual({ status: 'ok' });
    expect((await metadata.getVersion()).data).toEqual({ version: expect.stringMatching(/./) });
    expect((await world.sdk.metadata({ basePath: publicUrl }).isReady()).data).toEqual({ status: 'ok' });
    // No release has a method for metrics; they are asked for as a scraper does.
    const metrics = await fetch(`${adminUrl}/admin/metrics/prometheus`);
    expect(await metrics.text()).toMatch(/^http_requests_total\{.*endpoint="\/health\/ready".*\} [1-9]/m);
  });

  test('clients are created, read, listed, replaced and deleted', async () => {
    const { admin } = world;
    const oAuth2Client = { client_name: 'Notes', redirect_uris: [callback], owner: 'ada', metadata: { tier: 1 } };
    const created = (await admin.createOAuth2Client({ oAuth2Client })).data;
    expect(created).toMatchObject({ ...oAuth2Client, client_secret: expect.stringMatching(/^.{26}$/) });
    const id = created.client_id ?? '';

    const read = (await admin.getOAuth2Client({ id })).data;
    expect(read).toMatchObject(oAuth2Client);
    expect(read).not.toHaveProperty('client_secret');
    expect(await refusalOf(admin.createOAuth2Client({ oAuth2Client: { client_id: id } }))).toBe(409);
    await expect(admin.createOAuth2Client({ oAuth2Client: { redirect_uris: ['no uri'] } })).rejects.toMatchObject({
      response: { status: 400, data: { error: 'invalid_redirect_uri' } },
    });

    const named = async (clientName: string) =>
      (await admin.listOAuth2Clients({ clientName, pageSize: 10 })).data.map(({ client_id }) => client_id);
    expect(await named('Notes')).toEqual([id]);

    const renamed = { ...read, client_name: 'Notebook', contacts: ['a@b.example'] };
    const replaced = (await admin.setOAuth2Client({ id, oAuth2Client: renamed })).data;
    expect(replaced).toMatchObject({ client_id: id, client_name: 'Notebook', metadata: { tier: 1 } });
    expect((await admin.getOAuth2Client({ id })).data).toMatchObject({ contacts: ['a@b.example'] });
    expect(await named('Notes')).toEqual([]);

    expect((await admin.deleteOAuth2Client({ id })).status).toBe(204);
    expect(await refusalOf(admin.getOAuth2Client({ id }))).toBe(404);
    expect(await refusalOf(admin.deleteOAuth2Client({ id }))).toBe(404);
  });

  test('clients are listed by page', async () => {
    const { admin } = world;
    for (const name of ['a', 'b', 'c']) {
      await admin.createOAuth2Client({ oAuth2Client: { client_id: `paged-${name}`, owner: 'pager' } });
    }
    const page = (pageToken?: string) =>
      admin.listOAuth2Clients({ owner: 'pager', pageSize: 2, ...(pageToken && { pageToken }) });
    const first = await page();
    expect(first.data.map(({ client_id }) => client_id)).toEqual(['paged-a', 'paged-b']);
    const [, token = ''] = /page_token=([^&>]+)[^>]*>; rel="next"/.exec(headerOf(first, 'link')) ?? [];
    const second = await page(decodeURIComponent(token));
    expect(second.data.map(({ client_id }) => client_id)).toEqual(['paged-c']);
  });

  test('key sets and single keys are created, read, replaced and deleted', async () => {
    const { jwks } = world;
    const set = 'key-set';
    const kids = async () => (await jwks.getJsonWebKeySet({ set })).data.keys?.map(({ kid }) => kid).sort();
    const create = (kid: string) =>
      jwks.createJsonWebKeySet({ set, createJsonWebKeySet: { alg: 'ES256', kid, use: 'sig' } });

    const created = await create('first');
    expect(created.status).toBe(201);
    expect(created.data.keys).toMatchObject([{ kid: 'first', kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }]);
    expect(await refusalOf(create('first'))).toBe(409);

    const [single] = (await jwks.getJsonWebKey({ set, kid: 'first' })).data.keys ?? [];
    if (!single) throw new Error('no key came back');
    const jsonWebKey = { ...single, use: 'enc' };
    expect((await jwks.setJsonWebKey({ set, kid: 'first', jsonWebKey })).data).toMatchObject({ use: 'enc' });
    expect((await jwks.getJsonWebKey({ set, kid: 'first' })).data.keys).toEqual([jsonWebKey]);

    const jsonWebKeySet = { keys: [{ ...single, kid: 'second' }] };
    expect((await jwks.setJsonWebKeySet({ set, jsonWebKeySet })).data).toEqual(jsonWebKeySet);
    expect(await kids()).toEqual(['second']);

    await create('third');
    expect((await jwks.deleteJsonWebKey({ set, kid: 'second' })).status).toBe(204);
    expect(await kids()).toEqual(['third']);
    expect((await jwks.deleteJsonWebKeySet({ set })).status).toBe(204);
    expect(await refusalOf(jwks.getJsonWebKeySet({ set }))).toBe(404);
  });

  test('introspection tells a covered scope from others, and a live token from none', async () => {
    await world.createPhotos('introspected');
    const api = world.asClient('introspected');
    const { access_token } = (await api.oauth2TokenExchange({ grantType: 'client_credentials' })).data;
    expect(await world.introspect(access_token)).toMatchObject({
      active: true,
      client_id: 'introspected',
      sub: 'introspected',
      iss: world.hydrant.publicUrl,
      token_type: 'Bearer',
      token_use: 'access_token',
    });
    expect(await world.introspect(access_token, 'photos.write')).toEqual({ active: false });
    expect(await world.introspect('nobody.knows')).toEqual({ active: false });
  });
}
