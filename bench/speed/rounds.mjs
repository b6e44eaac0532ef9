/** Rounds of all work on all servers, one right after the other, so that a mood of the machine meets them all. */
import { setTimeout as pause } from 'node:timers/promises';
import { othersNow, QUIET } from './machine.mjs';
import { canDo, check, measure } from './measure.mjs';
import { digits } from './statistics.mjs';
import { HELLO } from './workloads.mjs';

/**
 * @typedef {object} Plan
 * @property {number} rounds
 * @property {number} seconds With most connections.
 * @property {number} shortSeconds With fewer, and for the hello.
 * @property {readonly number[]} connections Of central workloads; the last one is that of all others.
 * @property {import('./load/load.mjs').Tool} tool
 * @property {number} patience How long a round waits for a quiet machine, s.
 */

/**
 * @param {Plan} plan
 * @param {readonly import('./targets/target.mjs').Running[]} targets
 * @param {readonly import('./workloads.mjs').Workload[]} workloads
 * @param {(text: string) => void} say
 * @returns {Promise<import('./results.mjs').Taken[]>}
 */
export async function runRounds(plan, targets, workloads, say) {
  const [hello, ...others] = targets;
  if (!hello) return [];
  for (const workload of workloads)
    for (const target of others) if (await canDo(target, workload)) await check(target, workload);

  /** @type {import('./results.mjs').Taken[]} */
  const samples = [];
  const most = plan.connections.at(-1) ?? 1;
  let block = 0;
  for (let round = 1; round <= plan.rounds; round++) {
    await quiet(plan.patience, say);
    for (const target of targets) await target.renew?.();
    for (const workload of workloads) {
      block++;
      const line = [];
      const take = async (
        /** @type {import('./targets/target.mjs').Running} */ target,
        /** @type {import('./workloads.mjs').Workload} */ work,
        /** @type {number} */ connections,
        /** @type {number} */ seconds,
      ) => {
        const sample = await measure(target, work, { tool: plan.tool, connections, seconds });
        const taken = { ...sample, target: target.id, workload: work.id, connections, round, block };
        samples.push(taken);
        if (connections === most) line.push(`${target.id} ${digits(sample.rate)}`);
      };
      await take(hello, HELLO.get, most, plan.shortSeconds);
      if (workload.like === 'form') await take(hello, HELLO.form, most, plan.shortSeconds);
      for (const target of turned(others, round)) {
        if (!(await canDo(target, workload))) continue;
        await take(target, workload, most, plan.seconds);
        if (!workload.central) continue;
        for (const connections of plan.connections.slice(0, -1))
          await take(target, workload, connections, plan.shortSeconds);
      }
      say(`round ${round}/${plan.rounds}  ${workload.id.padEnd(26)} ${line.join('  ')}`);
    }
  }
  return samples;
}

/** Nobody is always the first. @template T @param {readonly T[]} list @param {number} by */
function turned(list, by) {
  const at = by % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)];
}

/** Says when others are at work, and waits a while for them to end. @param {number} patience @param {(text: string) => void} say */
async function quiet(patience, say) {
  const begun = performance.now();
  for (let told = false; ; told = true) {
    const others = await othersNow(told ? 5_000 : 500);
    if (others === undefined || others <= QUIET) return;
    const left = patience - (performance.now() - begun) / 1000;
    if (!told || left <= 0)
      say(
        `! others take ${others.toFixed(2)} of a core${left > 0 ? '; waiting for a quiet machine' : ': figures are doubtful'}`,
      );
    if (left <= 0) return;
    await pause(2_000);
  }
}
