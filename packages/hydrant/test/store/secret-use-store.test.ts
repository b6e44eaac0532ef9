import { expect, test } from 'vitest';
import { forEachDialect, NOW } from './support/for-each-dialect.js';
import { aClient } from './support/records.js';

const aSecret = (created: number) => ({ hash: `$hydrant-hmac-sha256$${created}`, created, expires: null });

forEachDialect('secret use store', (stores) => {
  test('keeps the latest use of each secret, whatever the order', async () => {
    const store = await stores.open();
    const client = aClient({ secrets: [aSecret(NOW + 1), aSecret(NOW)] });
    await store.clients.insert(client);
    const use = (secretCreated: number, at: number) => ({ clientId: client.id, secretCreated, at });
    await store.secretUses.record([use(NOW, NOW + 5), use(NOW + 1, NOW + 7), use(NOW, NOW + 9)]);
    await store.secretUses.record([use(NOW, NOW + 6)]);
    await store.secretUses.record([]);
    expect(await store.secretUses.of(client.id)).toEqual(
      new Map([
        [NOW, NOW + 9],
        [NOW + 1, NOW + 7],
      ]),
    );
    expect(await store.secretUses.of('nobody')).toEqual(new Map());
  });

  test('uses go with their secret, and with their client', async () => {
    const store = await stores.open();
    const client = aClient({ secrets: [aSecret(NOW + 1), aSecret(NOW)] });
    await store.clients.insert(client);
    const uses = [NOW, NOW + 1].map((secretCreated) => ({ clientId: client.id, secretCreated, at: NOW + 5 }));
    await store.secretUses.record(uses);
    expect(await store.clients.update({ ...client, secrets: [aSecret(NOW + 1)] })).toBe(true);
    expect([...(await store.secretUses.of(client.id)).keys()]).toEqual([NOW + 1]);
    await store.clients.delete(client.id);
    // What was noted before the deletion may be written after it, and after somebody took the id again.
    await store.secretUses.record(uses);
    expect(await store.secretUses.of(client.id)).toEqual(new Map());
    await store.clients.insert(aClient({ id: client.id, bornAt: NOW + 6 }));
    await store.secretUses.record(uses);
    expect(await store.secretUses.of(client.id)).toEqual(new Map());
  });

  test('an update that loses its race takes no use away', async () => {
    const store = await stores.open();
    const client = aClient({ secrets: [aSecret(NOW)] });
    await store.clients.insert(client);
    await store.secretUses.record([{ clientId: client.id, secretCreated: NOW, at: NOW }]);
    expect(await store.clients.update({ ...client, revision: 7, secrets: [] })).toBe(false);
    expect(await store.secretUses.of(client.id)).toEqual(new Map([[NOW, NOW]]));
  });
});
