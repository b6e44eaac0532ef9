/** The built server in a process of its own: for what only several processes, or the death of one, can show. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

const PROGRAM = 'packages/hydrant/bin/hydrant.mjs';

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
  /** Asks it to end, and resolves when it is gone: with its exit status, or with the signal that ended it. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | NodeJS.Signals>;
  /** Ends it as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  readonly ports: readonly [publicPort: number, adminPort: number];
  readonly listeners?: 'all' | 'public' | 'admin';
  readonly settings: Readonly<Record<string, string>>;
  /** False: as operators run it. */
  readonly dev?: boolean;
}

export async function twoPorts(): Promise<readonly [number, number]> {
  return [await freePort(), await freePort()];
}

/** Starts `hydrant serve` and resolves when it says that it is ready. */
export async function startProcess({
  ports,
  listeners = 'all',
  settings,
  dev = true,
}: ProcessOptions): Promise<ServerProcess> {
  requireBuild();
  const [publicPort, adminPort] = ports;
  const publicUrl = `http://127.0.0.1:${publicPort}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const child = spawn(process.execPath, [PROGRAM, 'serve', listeners, ...(dev ? ['--dev'] : [])], {
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
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('exit', (status, signal) => resolve(status ?? signal ?? -1)),
  );
  await ready(child, () => output);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return { publicUrl, adminUrl, output: () => output, stop, kill, [Symbol.asyncDispose]: kill };
}

/** Runs another command of the built program to its end. Rejects with what it wrote where it fails. */
export async function runCommand(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<string> {
  requireBuild();
  const env = { PATH: process.env.PATH, ...settings };
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { cwd: checkout, env });
  return stdout;
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
