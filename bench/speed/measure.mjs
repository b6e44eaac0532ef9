/** One measurement: counters, load, counters. */
import { readFileSync } from 'node:fs';
import { openBrowsers } from './load/flows.mjs';
import { load } from './load/load.mjs';
import { busyTime, cpuOf, rssOf } from './machine.mjs';
import { flowJob, jobFor } from './targets/target.mjs';

/**
 * @typedef {object} Sample
 * @property {number} rate A second; of flows, whole ones.
 * @property {number} p50 ms
 * @property {number} p99 ms
 * @property {number} [cpu] µs of the server for one.
 * @property {number} [databaseCpu] µs of the database for one.
 * @property {number} [written] Bytes of one.
 * @property {number} [rss] Bytes that the server holds afterwards.
 * @property {number} [others] How much of a core others took meanwhile.
 * @property {number} errors
 * @property {boolean} again Whether tokens were used up and came again.
 * @property {number} [requests] HTTP requests of one flow.
 */

/**
 * @param {import('./targets/target.mjs').Running} target
 * @param {import('./workloads.mjs').Workload} workload
 * @param {{ tool: import('./load/load.mjs').Tool, connections: number, seconds: number }} how
 * @returns {Promise<Sample>}
 */
export async function measure(target, workload, how) {
  const perform = await prepared(target, workload, how);
  const server = target.pid === undefined ? [] : [target.pid];
  const counters = async () => ({
    written: await target.written?.(),
    cpu: cpuOf(server),
    database: target.databasePids && cpuOf(target.databasePids()),
    own: cpuOf([process.pid]),
    busy: busyTime(),
    at: performance.now(),
  });
  const before = await counters();
  const done = await perform();
  const after = await counters();
  const difference = (/** @type {'written' | 'cpu' | 'database' | 'own'} */ name) => {
    const [from, to] = [before[name], after[name]];
    return from === undefined || to === undefined ? undefined : to - from;
  };
  const each = (/** @type {number | undefined} */ total) =>
    total === undefined || done.count === 0 ? undefined : total / done.count;
  const [cpu, database, own] = [difference('cpu'), difference('database'), difference('own')];
  const rss = target.pid === undefined ? undefined : rssOf(target.pid);
  const wall = (after.at - before.at) * 1000;
  return stripped({
    rate: done.count / done.seconds,
    p50: done.p50 / 1000,
    p99: done.p99 / 1000,
    cpu: each(cpu),
    databaseCpu: each(database),
    written: each(difference('written')),
    rss,
    others:
      own === undefined || cpu === undefined
        ? undefined
        : Math.max(0, (after.busy - before.busy - own - cpu - (database ?? 0)) / wall),
    errors: done.errors,
    again: done.again,
    requests: done.requests,
  });
}

/** @typedef {{ count: number, seconds: number, p50: number, p99: number, errors: number, again: boolean, requests?: number }} Done */

/**
 * All that it takes before the clock starts, and one request whose answer is looked at.
 * @param {import('./targets/target.mjs').Running} target
 * @param {import('./workloads.mjs').Workload} workload
 * @param {{ tool: import('./load/load.mjs').Tool, connections: number, seconds: number }} how
 * @returns {Promise<() => Promise<Done>>}
 */
async function prepared(target, workload, how) {
  if (workload.kind === 'flow') {
    // More browsers than that only wait: one core serves some hundred flows a second.
    const browsers = Math.min(16, how.connections);
    const job = { ...flowJob(target, workload.remembered === true), browsers, seconds: how.seconds };
    const { go } = await openBrowsers(job);
    return async () => {
      const { flows, requests, ...rest } = await go();
      return { ...rest, count: flows, errors: 0, again: false, requests: requests / flows };
    };
  }
  const job = await jobFor(target, workload, how);
  // Where the last one ended: a server may remember what it was just asked for.
  if (workload.values === 'many') job.skip = target.walked ?? 0;
  return async () => {
    const { requests, ...rest } = await load(how.tool, job);
    if (workload.values === 'many') target.walked = (target.walked ?? 0) + requests;
    return { ...rest, count: requests };
  };
}

/** Whether this server can do this work. @param {import('./targets/target.mjs').Running} target @param {import('./workloads.mjs').Workload} workload */
export async function canDo(target, workload) {
  if (!workload.on.includes(target.api.kind)) return false;
  if (workload.algorithm === undefined || target.signWith === undefined) return true;
  return target.signWith(workload.algorithm);
}

/** Throws where an answer is not what was asked for: a fast refusal is not speed. @param {import('./targets/target.mjs').Running} target @param {import('./workloads.mjs').Workload} workload */
export async function check(target, workload) {
  if (workload.kind === 'flow') return;
  const { request, values } = await jobFor({ ...target }, workload, { tool: 'undici', connections: 1, seconds: 0.1 });
  const [value = ''] = values === undefined ? [] : readFileSync(values, 'utf8').split('\n');
  const fill = (/** @type {string} */ text) => text.replace('{value}', value);
  const answer = await fetch(request.url, {
    method: request.method,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, text]) => [name, fill(text)])),
    ...(request.body !== undefined && { body: fill(request.body) }),
  });
  const body = await answer.text();
  if (answer.status !== 200 || !workload.right?.(body, target))
    throw new Error(`${workload.title} at ${target.title} is answered ${answer.status}: ${body.slice(0, 500)}`);
}

/** @template {object} T @param {T} object @returns {T} */
function stripped(object) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}
