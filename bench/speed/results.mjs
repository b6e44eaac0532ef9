/** What a run leaves: samples as they were taken, and what is made of them. */
import { pairedRatio } from './goals.mjs';
import { rangeOf } from './statistics.mjs';

/**
 * @typedef {import('./measure.mjs').Sample & { target: string, workload: string, connections: number, round: number, block: number }} Taken
 *   Samples of one block were taken one right after the other, the hello among them.
 *
 * @typedef {object} Results
 * @property {string} at
 * @property {string} mode
 * @property {string} version Of Hydrant's sources: the commit.
 * @property {ReturnType<typeof import('./machine.mjs').describeMachine>} machine
 * @property {string} tool
 * @property {string} [postgres] Its version.
 * @property {number} stored
 * @property {number} rounds
 * @property {number} seconds
 * @property {readonly number[]} connections How many were there at a time; most work was measured with the last of them.
 * @property {{ id: string, title: string }[]} targets
 * @property {{ id: string, title: string }[]} workloads
 * @property {Record<string, Record<string, number>>} statements By target and workload.
 * @property {Taken[]} samples
 * @property {number[]} [start] Seconds from the start of the process to its being ready, of second starts.
 * @property {{ tokens: number, fresh: number, busiest: number, idle: number }} [memory] Bytes.
 * @property {Growth[]} [growth]
 *
 * @typedef {{ target: string, workload: string, few: number, many: number, time: number, cpu: number | undefined }} Growth
 *   `time` and `cpu` are what one request takes with many rows, over what it takes with few.
 */

/** @param {Results} run @param {string} target @param {string} workload @param {number} connections */
export function summary(run, target, workload, connections) {
  const taken = run.samples.filter(
    (one) => one.target === target && one.workload === workload && one.connections === connections,
  );
  if (taken.length === 0) return undefined;
  const range = (/** @type {keyof import('./measure.mjs').Sample} */ name) =>
    rangeOf(taken.map((one) => /** @type {number | undefined} */ (one[name])));
  return {
    rate: range('rate'),
    cpu: range('cpu'),
    databaseCpu: range('databaseCpu'),
    p50: range('p50'),
    p99: range('p99'),
    written: range('written'),
    rss: range('rss'),
    requests: range('requests'),
    statements: run.statements[target]?.[workload],
    ofHello: target === 'hello' ? undefined : pairedRatio(run, [target, workload], ['hello', 'hello-get']),
    ofPeer: pairedRatio(run, [target, workload], ['oidc-provider', workload]),
    errors: taken.reduce((sum, { errors }) => sum + errors, 0),
    again: taken.some(({ again }) => again),
  };
}

/** With how many connections figures are told. @param {Results} run */
export const most = (run) => run.connections.at(-1) ?? 0;

/** How much of a core others took while it was measured. @param {Results} run */
export function disturbance(run) {
  return rangeOf(run.samples.map(({ others }) => others));
}
