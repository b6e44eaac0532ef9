/** The app of the guide, run as it stands there, and walked through by a browser without a screen. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { freePort } from '../support/free-port.js';
import { authorizationUrl, givenClient, redeem } from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { blocksOf, readDocument } from './support/documents.js';
import { type Filled, person } from './support/person.js';

const folder = mkdtempSync(join(tmpdir(), 'hydrant-login-app-'));
let hydrant: Hydrant;
let pages = '';
let stopApp: () => void = () => {};

beforeAll(async () => {
  const port = await freePort();
  pages = `http://127.0.0.1:${port}`;
  hydrant = await startHydrant({
    settings: { URLS_LOGIN: `${pages}/login`, URLS_CONSENT: `${pages}/consent`, URLS_LOGOUT: `${pages}/logout` },
  });
  const file = join(folder, 'login-app.mjs');
  writeFileSync(file, blocksOf(readDocument('docs/guides/login-app.md'), 'js').join('\n'));
  const app = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, ADMIN: hydrant.adminUrl, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stopApp = () => void app.kill();
  for await (const line of createInterface({ input: app.stdout })) {
    expect(line).toBe(`pages at ${pages}`);
    return;
  }
  throw new Error('The app of the guide did not start.');
});

afterAll(async () => {
  stopApp();
  await hydrant.close();
  rmSync(folder, { recursive: true, force: true });
});

const RIGHT: Filled = [
  ['email', 'ann@example.com'],
  ['password', 'correct horse'],
  ['decision', 'accept'],
];

test('a person logs in, allows a part, is remembered, and logs out', async () => {
  const client = await givenClient(hydrant, { post_logout_redirect_uris: ['http://127.0.0.1:1/bye'] });
  const ann = person(hydrant.publicUrl, pages);
  const begin = authorizationUrl(hydrant, client, { scope: 'openid offline email' });

  const login = await ann.open(begin);
  const again = await ann.submit(login, [
    ['email', 'ann@example.com'],
    ['password', 'wrong'],
    ['decision', 'accept'],
  ]);
  expect(again.page?.text).toContain('E-mail or password is wrong.');

  const consent = await ann.submit(again, [...RIGHT, ['remember', 'on']]);
  expect(consent.page?.text).toContain('asks for access');
  const back = await ann.submit(consent, [
    ['scope', 'openid'],
    ['scope', 'email'],
    ['scope', 'photos.write'],
    ['remember', 'on'],
    ['decision', 'accept'],
  ]);
  const tokens = await redeem(hydrant, client, back.url.searchParams.get('code') ?? '');
  expect(tokens).toMatchObject({ status: 200, json: { scope: 'openid email' } });
  const userinfo = await send(`${hydrant.publicUrl}/userinfo`, { bearer: tokens.accessToken });
  expect(userinfo.json).toMatchObject({ sub: 'person-1', email: 'ann@example.com' });

  const remembered = await ann.open(authorizationUrl(hydrant, client, { scope: 'openid email' }));
  expect(remembered.url.searchParams.get('code')).toBeTruthy();

  const target = `id_token_hint=${tokens.idToken}&post_logout_redirect_uri=http://127.0.0.1:1/bye`;
  const asked = await ann.open(`${hydrant.publicUrl}/oauth2/sessions/logout?${target}`);
  const bye = await ann.submit(asked, [['decision', 'accept']]);
  expect(bye.url.href).toBe('http://127.0.0.1:1/bye');
  expect((await ann.open(begin)).page?.text).toContain('Log in to');
});

test('a person who says no goes back with the refusal, and an invented challenge gets a page', async () => {
  const client = await givenClient(hydrant);
  const ann = person(hydrant.publicUrl, pages);
  const login = await ann.open(authorizationUrl(hydrant, client));
  const refused = await ann.submit(login, [['decision', 'reject']]);
  expect(refused.url.searchParams.get('error')).toBe('access_denied');

  const nowhere = await send(new URL('/login?login_challenge=invented', login.url));
  expect(nowhere).toMatchObject({ status: 400, text: expect.stringContaining('begin anew') });
});
