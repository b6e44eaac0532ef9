/** oidc-provider, all in memory. It is installed by the first run that wants it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, freePort, run, start } from '../processes.mjs';
import { REDIRECT_URI, SCOPE } from './target.mjs';

const peers = fileURLToPath(new URL('../peers/', import.meta.url));
const program = fileURLToPath(new URL('../servers/oidc-provider.mjs', import.meta.url));

/** Installs what the bench compares with, and loads with, where that is not there yet. */
export async function installPeers() {
  if (existsSync(join(peers, 'node_modules/.package-lock.json'))) return;
  process.stdout.write('installing the peers (npm ci in bench/speed/peers)\n');
  const env = { HOME: process.env.HOME };
  await run({ core: 'load', command: 'npm', args: ['ci', '--ignore-scripts', '--no-audit'], env, cwd: peers });
}

function versionOf() {
  const { packages } = JSON.parse(readFileSync(join(peers, 'package-lock.json'), 'utf8'));
  return packages['node_modules/oidc-provider'].version;
}

/** @param {string} folder @returns {Promise<import('./target.mjs').Running>} */
export async function startOidcProvider(folder) {
  const port = await freePort();
  const client = { id: 'bench-client', secret: 'a-secret-of-the-bench-and-of-nobody-else' };
  const server = start({
    core: 'server',
    command: process.execPath,
    args: [program],
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      CLIENT_ID: client.id,
      CLIENT_SECRET: client.secret,
      REDIRECT_URI,
      SCOPE,
    },
  });
  const publicUrl = `http://127.0.0.1:${port}`;
  await answers(`${publicUrl}/.well-known/openid-configuration`, server);
  return {
    id: 'oidc-provider',
    title: `oidc-provider ${versionOf()}, in memory`,
    api: {
      kind: 'oidc-provider',
      paths: {
        token: '/token',
        introspect: '/token/introspection',
        revoke: '/token/revocation',
        userinfo: '/me',
        discovery: '/.well-known/openid-configuration',
        keys: '/jwks',
        authorize: '/auth',
      },
    },
    publicUrl,
    client,
    jwtClient: client,
    folder,
    pid: server.pid,
    // It would give a code at once; with this it leads the browser by the page where consent is given, as Hydrant always does.
    remembered: { prompt: 'consent' },
    stop: () => server.stop(),
  };
}
