/** Public contract §17, rows 73 and 74: methods that are not there, and pages of other origins. */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';

const hydrant = sharedHydrant({
  settings: {
    SERVE_PUBLIC_CORS_ENABLED: 'true',
    SERVE_PUBLIC_CORS_ALLOWED_ORIGINS: 'https://*.app.example',
  },
});

test('#73 a method that a path does not have is not there', async () => {
  const answer = await send(`${hydrant.publicUrl}/oauth2/token`, { method: 'DELETE' });
  expect(answer.status).toBe(404);
  expect(answer.headers.has('allow')).toBe(false);
});

test.each([
  ['https://x.app.example', true],
  // Hydra 26 has a layer before the one of 1.x, in which a star stands for any text.
  ['https://x.y.app.example', true],
  ['https://app.example', false],
  ['https://x.app.example.evil.example', false],
  ['http://x.app.example', false],
])('#74 the origin %s may call: %s', async (origin, allowed) => {
  const expected = allowed ? origin : null;
  const discovery = `${hydrant.publicUrl}/.well-known/openid-configuration`;
  const answer = await send(discovery, { headers: { origin } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(expected);
  const headers = { origin, 'access-control-request-method': 'POST' };
  const preflight = await send(`${hydrant.publicUrl}/oauth2/token`, { method: 'OPTIONS', headers });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(expected);
});
