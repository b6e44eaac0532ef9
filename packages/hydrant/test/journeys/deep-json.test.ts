import { expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';

test('a body that nests deeper than any writer can follow is the caller’s mistake, and leaves nothing', async () => {
  await using hydrant = await startHydrant();
  const deep = `{"client_id":"deep","metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  for (const path of ['/admin/clients', '/clients']) {
    const response = await fetch(hydrant.adminUrl + path, { method: 'POST', body: deep });
    expect([path, response.status]).toEqual([path, 400]);
  }
  expect(await hydrant.store.clients.find('deep')).toBeUndefined();
});
