import { expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';

test('a started server is alive, ready, and describes itself', async () => {
  await using hydrant = await startHydrant();
  for (const url of [hydrant.publicUrl, hydrant.adminUrl]) {
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ok' });
  }
  const discovery = await (await fetch(`${hydrant.publicUrl}/.well-known/openid-configuration`)).json();
  expect(discovery).toMatchObject({ issuer: hydrant.publicUrl, token_endpoint: `${hydrant.publicUrl}/oauth2/token` });
});
