/** A run in tables for people. */
import { judge } from './goals.mjs';
import { QUIET } from './machine.mjs';
import { disturbance, most, summary } from './results.mjs';
import { digits, rangeOf, table } from './statistics.mjs';
import { HELLO } from './workloads.mjs';

/** @param {import('./results.mjs').Results} run */
export function describe(run) {
  return [
    machineLine(run),
    central(run),
    latencies(run),
    extras(run),
    goals(run),
    ...troubles(run).map((line) => `! ${line}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** @param {import('./results.mjs').Results} run */
export function machineLine({ machine, tool, rounds, seconds, stored, postgres, at, mode }) {
  const { cpu, cores, memoryGiB, system, node, pinned } = machine;
  return (
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node.js ${node}${postgres ? `, PostgreSQL ${postgres}` : ''}; ` +
    `${pinned ? 'the server on one core, load and database on the other' : 'not pinned to cores'}; load by ${tool}; ` +
    `${mode}: ${rounds} rounds of ${seconds} s, ${stored.toLocaleString('en-GB')} stored tokens; ${at.slice(0, 10)}`
  );
}

/** Every workload with most connections, each server below the other. @param {import('./results.mjs').Results} run */
function central(run) {
  const head = ['work', 'server', 'a second', 'range', 'CPU µs', 'database µs', 'p50 ms', 'p99 ms'];
  const rows = [[...head, 'of hello', 'of oidc-p.', 'statements', 'bytes', 'RSS MB']];
  for (const workload of [...Object.values(HELLO), ...run.workloads])
    for (const target of run.targets) {
      const found = summary(run, target.id, workload.id, most(run));
      if (!found) continue;
      const { rate, cpu, databaseCpu, p50, p99, ofHello, ofPeer, statements, written, rss, requests } = found;
      const asked = requests ? ` (${requests.median.toFixed(0)} requests)` : '';
      rows.push([
        workload.title + asked,
        target.title,
        digits(rate?.median),
        rate ? `${digits(rate.min)}-${digits(rate.max)}` : '-',
        digits(cpu?.median),
        digits(databaseCpu?.median),
        digits(p50?.median),
        digits(p99?.median),
        ofHello === undefined ? '' : ofHello.toFixed(3),
        ofPeer === undefined || target.id === 'oidc-provider' ? '' : `×${digits(ofPeer)}`,
        statements === undefined ? '' : statements.toFixed(1),
        digits(written?.median),
        rss ? (rss.median / 2 ** 20).toFixed(0) : '-',
      ]);
    }
  if (rows.length === 1) return '';
  return `With ${most(run)} connections; flows by no more than 16 browsers\n${table(rows)}`;
}

/** @param {import('./results.mjs').Results} run */
function latencies(run) {
  const rows = [['work', 'server', 'p50 at 1', 'p99 at 1', 'p50 at 8', 'p99 at 8', 'a second at 1', 'at 8']];
  for (const workload of run.workloads)
    for (const target of run.targets) {
      const [one, eight] = [1, 8].map((connections) => summary(run, target.id, workload.id, connections));
      if (!one && !eight) continue;
      const times = [one?.p50, one?.p99, eight?.p50, eight?.p99, one?.rate, eight?.rate];
      rows.push([workload.title, target.title, ...times.map((range) => digits(range?.median))]);
    }
  return rows.length === 1 ? '' : `With one and with eight connections, ms\n${table(rows)}`;
}

/** @param {import('./results.mjs').Results} run */
function extras({ start, memory, growth }) {
  const lines = [];
  const starts = rangeOf(start ?? []);
  if (starts)
    lines.push(
      `cold start to ready, second start: ${digits(starts.median)} s (${digits(starts.min)}-${digits(starts.max)})`,
    );
  const mb = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  if (memory)
    lines.push(
      `memory: ${mb(memory.fresh)} after the start, ${mb(memory.busiest)} at most, ${mb(memory.idle)} idle after ${memory.tokens.toLocaleString('en-GB')} tokens`,
    );
  for (const { target, workload, few, many, time, cpu } of growth ?? [])
    lines.push(
      `growth: ${workload}, ${target}: time ×${digits(time)}, CPU ×${digits(cpu)} from ${few.toLocaleString('en-GB')} to ${many.toLocaleString('en-GB')} rows`,
    );
  return lines.join('\n');
}

/** @param {import('./results.mjs').Results} run */
function goals(run) {
  if (run.mode === 'smoke') return '';
  const [head = [], ...rows] = goalRows(run);
  const measured = rows.filter(([, verdict]) => verdict !== 'not measured');
  return `${table([head, ...measured])}\n${rows.length - measured.length} goals were not measured.`;
}

/** @param {import('./results.mjs').Results} run @returns {string[][]} */
export function goalRows(run) {
  const head = ['what', 'verdict', 'measured', 'by CPU time', 'floor', 'target', 'stretch'];
  const rows = judge(run).map(({ what, verdict, value, byCpu, unit, floor, target, stretch }) => {
    const cells = [value, byCpu, floor, target, stretch].map((number) =>
      number === undefined ? '-' : `${short(number)}${unit}`,
    );
    return [what, verdict, ...cells];
  });
  return [head, ...rows];
}

/** @param {number} value */
function short(value) {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** What makes the figures doubtful. @param {import('./results.mjs').Results} run @returns {string[]} */
export function troubles(run) {
  const lines = [];
  const others = disturbance(run);
  if (others && others.median > QUIET)
    lines.push(
      `The machine was not quiet: others took ${others.median.toFixed(2)} of a core (${others.min.toFixed(2)}-${others.max.toFixed(2)}). Do not quote these figures.`,
    );
  const names = (/** @type {typeof run.samples} */ samples) =>
    [...new Set(samples.map(({ workload, target }) => `${workload} at ${target}`))].join(', ');
  const failed = run.samples.filter(({ errors }) => errors > 0);
  if (failed.length > 0) lines.push(`Some requests failed: ${names(failed)}.`);
  const again = run.samples.filter(({ again, workload }) => again && /^(refresh|revocation)/.test(workload));
  if (again.length > 0) lines.push(`There were too few tokens, some were used twice: ${names(again)}.`);
  if (!run.machine.pinned) lines.push('Nothing was pinned to a core: server, load and database took what they got.');
  if (run.rounds < 3) lines.push('With fewer than three rounds a range says nothing.');
  return lines;
}
