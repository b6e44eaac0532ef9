/** A single-page app around `oidc-client-ts`: the library does everything, the page has a button for each thing. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Hydrant } from '../../support/start-hydrant.js';
import { createClient } from './admin-calls.js';

export interface SinglePageApp extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
}

const packageFile = createRequire(import.meta.url).resolve('oidc-client-ts/package.json');
const library = readFileSync(join(dirname(packageFile), 'dist/browser/oidc-client-ts.js'), 'utf8');

/** What the page does: `#app` says how it went, `#user` holds what the library keeps of the person. */
const script = `
const element = (id) => document.getElementById(id);
const manager = new oidc.UserManager({ ...settings, automaticSilentRenew: false, loadUserInfo: true });
async function act(name, action) {
  element('app').textContent = 'working';
  try {
    await action();
    element('user').textContent = JSON.stringify(await manager.getUser());
    element('app').textContent = name;
  } catch (error) {
    element('app').textContent = 'failed: ' + (error.error ?? error.message);
  }
}
const buttons = {
  login: () => manager.signinRedirect(),
  popup: () => manager.signinPopup(),
  renew: () => manager.signinSilent(),
  revoke: () => manager.revokeTokens(),
  logout: () => manager.signoutRedirect(),
};
for (const [id, action] of Object.entries(buttons)) element(id).onclick = () => act(id + ' done', action);
const arrivals = {
  '/callback': ['welcome', () => manager.signinCallback()],
  '/goodbye': ['goodbye', () => manager.signoutCallback()],
};
act(...(arrivals[location.pathname] ?? ['ready', async () => {}]));
`;

const ids = ['login', 'popup', 'renew', 'revoke', 'logout'];
const page = `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">
<h1 id="app">loading</h1><pre id="user"></pre>
${ids.map((id) => `<button id="${id}">${id}</button>`).join('')}
<script src="/library.js"></script><script src="/app.js"></script></html>`;

/** Registers a public client and serves its app on a port of its own. */
export async function startSinglePageApp(hydrant: Hydrant, scope: string): Promise<SinglePageApp> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', url);
    const [type, text] =
      pathname === '/library.js'
        ? ['text/javascript', library]
        : pathname === '/app.js'
          ? ['text/javascript', `const settings = ${JSON.stringify(settings)};${script}`]
          : ['text/html', page];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  });
  const url = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
  const { clientId } = await createClient(hydrant.adminUrl, {
    client_name: 'Photo album',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope,
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/goodbye`],
    token_endpoint_auth_method: 'none',
    allowed_cors_origins: [url],
  });
  const settings = {
    authority: hydrant.publicUrl,
    client_id: clientId,
    redirect_uri: `${url}/callback`,
    post_logout_redirect_uri: `${url}/goodbye`,
    scope,
  };
  return {
    url,
    clientId,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
