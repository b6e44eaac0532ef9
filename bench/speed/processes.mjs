/** Processes that this one started and that never outlive it. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { pinned } from './machine.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/**
 * @typedef {object} Started
 * @property {number} pid
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} output What it wrote, on both streams; the end of it.
 * @property {() => boolean} running
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop Asks, and insists after some seconds.
 */

/**
 * @param {object} what
 * @param {'server' | 'load'} what.core
 * @param {string} what.command
 * @param {readonly string[]} what.args
 * @param {Readonly<Record<string, string | undefined>>} [what.env]
 * @param {{ uid?: number, gid?: number }} [what.identity]
 * @param {string} [what.cwd]
 * @param {boolean} [what.ipc]
 * @returns {Started}
 */
export function start({ core, command, args, env = {}, identity = {}, cwd, ipc = false }) {
  const [program, line] = pinned(core, command, args);
  const child = spawn(program, line, {
    ...identity,
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? /** @type {const} */ (['ipc']) : [])],
  });
  alive.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-20_000)));
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      output += error.message;
      resolve(undefined);
    });
  });
  void ended.then(() => alive.delete(child));
  return {
    pid: child.pid ?? 0,
    child,
    output: () => output,
    running: () => alive.has(child),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/**
 * Runs a program to its end and resolves with what it wrote on its standard output. Rejects with what it said otherwise.
 * @param {Parameters<typeof start>[0] & { input?: string }} what
 * @returns {Promise<string>}
 */
export function run({ core, command, args, env = {}, cwd, input = '' }) {
  const [program, line] = pinned(core, command, args);
  const child = spawn(program, line, { cwd, env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
  alive.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      alive.delete(child);
      if (status === 0) resolve(out);
      else reject(new Error(`${command} ended with ${status}: ${(err || out).slice(-2_000)}`));
    });
  });
}

/**
 * Resolves when the address answers with 200. Rejects where the process ends before, or takes a minute.
 * @param {string} url
 * @param {Started} started
 * @param {number} [every] ms
 */
export async function answers(url, started, every = 20) {
  for (const begun = performance.now(); performance.now() - begun < 60_000; ) {
    if (!started.running()) throw new Error(`It ended before it answered: ${started.output().slice(-2_000)}`);
    const ready = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (ready) return;
    await pause(every);
  }
  throw new Error(`${url} does not answer: ${started.output().slice(-2_000)}`);
}

/** Below the ports that the system gives to outgoing connections and away from those of the tests, so that nobody takes one first. */
const FIRST_PORT = 9_000 + (process.pid % 20) * 100;
const PORTS = 100;
let offset = 0;

/** @returns {Promise<number>} */
export async function freePort() {
  for (let tries = 0; tries < PORTS; tries++) {
    const port = FIRST_PORT + (offset++ % PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free.');
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
