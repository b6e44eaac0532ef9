/** Which core does what, what else runs on them, and what the kernel has counted. Without /proc nothing is counted. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** More than this share of a core, taken by others, and a figure says little. */
export const QUIET = 0.2;
/** Linux counts the time of processes in hundredths of a second, whatever the clock of its kernel. */
const TICK_US = 10_000;
const counts = existsSync('/proc/self/stat');

/** @param {string} program */
export function isInstalled(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

const pins = availableParallelism() > 1 && isInstalled('taskset');
/** The measured server has a core of its own; load and database share the other. */
export const CORES = pins ? { server: '0', load: '1' } : undefined;

/**
 * A command line, for one of the two cores.
 * @param {'server' | 'load'} where
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[command: string, args: string[]]}
 */
export function pinned(where, command, args) {
  return CORES ? ['taskset', ['-c', CORES[where], command, ...args]] : [command, [...args]];
}

/**
 * CPU time of processes and of their children that have ended, in µs. @param {readonly number[]} pids
 * @returns {number | undefined}
 */
export function cpuOf(pids) {
  if (!counts || pids.length === 0) return undefined;
  let ticks = 0;
  for (const pid of pids) ticks += timesOf(pid)?.ticks ?? 0;
  return ticks * TICK_US;
}

/** A process and its children, of which there may be others each time. @param {number} pid @returns {number[]} */
export function withChildren(pid) {
  if (!counts) return [];
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && timesOf(Number(name))?.parent === pid);
  return [pid, ...others.map(Number)];
}

/** What a process holds of the memory, in bytes. @param {number} pid @returns {number | undefined} */
export function rssOf(pid) {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`));
  return found ? Number(found[1]) * 1024 : undefined;
}

/** Bytes that a process had written to disk. @param {number} pid @returns {number | undefined} */
export function writtenBy(pid) {
  const found = /^write_bytes: (\d+)/m.exec(readOr(`/proc/${pid}/io`));
  return found ? Number(found[1]) : undefined;
}

/** @param {number} pid @returns {{ parent: number, ticks: number } | undefined} */
function timesOf(pid) {
  // The name of the program stands in parentheses and may hold anything; what follows it is regular.
  const fields = readOr(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ');
  if (!fields || fields.length < 15) return undefined;
  return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) };
}

/** CPU time that all processors have been busy, in µs; with what a neighbour on the host took. */
export function busyTime() {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readOr('/proc/stat')
    .split('\n', 1)
    .join('')
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_US;
}

/** How much of a core others take now. @param {number} milliseconds @returns {Promise<number | undefined>} */
export async function othersNow(milliseconds) {
  if (!counts) return undefined;
  const [before, at] = [busyTime(), performance.now()];
  await pause(milliseconds);
  return (busyTime() - before) / ((performance.now() - at) * 1000);
}

/** For the head of a report. */
export function describeMachine() {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    pinned: CORES !== undefined,
  };
}

/** @param {string} file */
function readOr(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
