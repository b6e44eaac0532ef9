/** A server that says hello: what the others are measured by. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { answers, freePort, start } from '../processes.mjs';

const { version } = createRequire(import.meta.url)('fastify/package.json');
const program = fileURLToPath(new URL('../servers/hello.mjs', import.meta.url));

/** @param {string} folder @returns {Promise<import('./target.mjs').Running>} */
export async function startHello(folder) {
  const port = await freePort();
  const server = start({
    core: 'server',
    command: process.execPath,
    args: [program],
    env: { PORT: String(port), NODE_ENV: 'production' },
  });
  const publicUrl = `http://127.0.0.1:${port}`;
  await answers(`${publicUrl}/`, server);
  const none = { id: '', secret: '' };
  const paths = { token: '', introspect: '', revoke: '', userinfo: '', discovery: '', keys: '', authorize: '' };
  return {
    id: 'hello',
    title: `Fastify ${version}, hello`,
    api: { kind: 'hello', paths },
    publicUrl,
    client: none,
    jwtClient: none,
    folder,
    pid: server.pid,
    stop: () => server.stop(),
  };
}
