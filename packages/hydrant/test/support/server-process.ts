/** The built server in a process of its own: for what only several processes, or the death of one, can show. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

let built = false;

/** Builds what is stale. Throws with the compiler's words where it does not build. */
export function requireBuild(): void {
  if (built) return;
  const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The server does not build: ${stderr}`);
  built = true;
}

export interface ServerProcess extends AsyncDisposable {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** What it wrote, on both streams. */
  readonly output: () => string;
  /** Ends it as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  readonly ports: readonly [publicPort: number, adminPort: number];
  readonly listeners?: 'all' | 'public' | 'admin';
  readonly settings: Readonly<Record<string, string>>;
}

export async function twoPorts(): Promise<readonly [number, number]> {
  return [await freePort(), await freePort()];
}

/** Starts `hydrant serve` and resolves when it says that it is ready. */
export async function startProcess({ ports, listeners = 'all', settings }: ProcessOptions): Promise<ServerProcess> {
  requireBuild();
  const [publicPort, adminPort] = ports;
  const publicUrl = `http://127.0.0.1:${publicPort}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const child = spawn(process.execPath, ['packages/hydrant/bin/hydrant.mjs', 'serve', listeners, '--dev'], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      SERVE_PUBLIC_PORT: String(publicPort),
      SERVE_ADMIN_PORT: String(adminPort),
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_ADMIN_HOST: '127.0.0.1',
      URLS_SELF_ISSUER: publicUrl,
      URLS_LOGIN: 'http://127.0.0.1:1/login',
      URLS_CONSENT: 'http://127.0.0.1:1/consent',
      SECRETS_SYSTEM: 'a-secret-of-the-tests-and-of-nobody-else',
      LOG_LEVEL: 'warn',
      ...settings,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await ready(child, () => output);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { publicUrl, adminUrl, output: () => output, kill, [Symbol.asyncDispose]: kill };
}

function ready(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (/is running/.test(output())) resolve();
    };
    child.stdout?.on('data', look);
    child.once('exit', (status) => reject(new Error(`The server ended with status ${status}: ${output()}`)));
  });
}
