/** A database server as a child process that never outlives the tests, however they end. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Identity } from './identity.js';

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly identity: Identity;
  readonly environment?: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Ends it in order. */
  readonly stopSignal: NodeJS.Signals;
  /** Ends it at once, with all of its own children. */
  readonly quitSignal: NodeJS.Signals;
  /** Removed when the tests die before they could do it. */
  readonly folder: string;
  /** Whether it takes connections. A rejection means no. */
  readonly answers: () => Promise<unknown>;
}

export interface Daemon {
  readonly pid: number;
  running(): boolean;
  stop(): Promise<void>;
  /** SIGKILL for it and its children. None of them does another thing once this resolves. */
  kill(): Promise<void>;
}

/**
 * Waits for its input to close, which the end of the tests does even where they were killed, and cleans up after them.
 * A word on the input says that there is nothing to do.
 */
const GUARD = `
read -r word
[ "$word" = done ] && exit 0
kill "-$1" "$2"
for attempt in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$2" || break; sleep 0.2; done
kill -KILL "$2"
rm -rf -- "$3"
`;

/** Starts it and resolves when it answers. Throws with the end of its log where it ends instead. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const log = openSync(options.logFile, 'a');
  // Detached: Ctrl+C in a terminal is for the tests, and these end their databases themselves.
  const child = spawn(options.command, options.args, {
    ...options.identity,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...options.environment },
    cwd: '/',
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const running = () => child.exitCode === null && child.signalCode === null;
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  const guard = spawn('sh', ['-c', GUARD, 'guard', options.quitSignal.slice(3), String(pid), options.folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.stdin.on('error', () => {});
  void ended.then(() => guard.stdin.end('done\n'));

  for (let attempt = 0; ; attempt++) {
    if (!running()) throw new Error(`${options.command} ended: ${tailOf(options.logFile)}`);
    if (await options.answers().then(Boolean, () => false)) break;
    if (attempt > 600) {
      child.kill(options.quitSignal);
      throw new Error(`${options.command} does not answer: ${tailOf(options.logFile)}`);
    }
    await pause(50);
  }

  return {
    pid,
    running,
    async stop() {
      if (running()) child.kill(options.stopSignal);
      await ended;
    },
    async kill() {
      if (!running()) return;
      // Stopped first, so that it starts no other child between the look and the end.
      child.kill('SIGSTOP');
      const children = childrenOf(pid);
      child.kill('SIGKILL');
      for (const one of children) signal(one, 'SIGKILL');
      await ended;
      for (let attempt = 0; attempt < 100 && children.some(isAlive); attempt++) await pause(20);
    },
  };
}

export function tailOf(logFile: string): string {
  return existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-2_000) : '(no log)';
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself in between.
  }
}

/** Where there is no /proc the children are left to notice by themselves that their parent is gone, which they do. */
function childrenOf(parent: number): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && statusOf(pid)?.parent === parent);
}

function isAlive(pid: number): boolean {
  const state = statusOf(pid)?.state;
  return state !== undefined && state !== 'Z';
}

function statusOf(pid: number): { state: string; parent: number } | undefined {
  try {
    // The name of the program stands in parentheses and may hold anything; what follows it is regular.
    const [, state = '', parent] = /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
