/** What was promised, held against what was measured. */
import { DAY, HOUR } from './scenarios.mjs';
import { BATCH } from './server.mjs';
import { tables } from './tables.mjs';

/** At any time rows ≤ this × live + one batch. */
const SLACK = 1.2;
/** How much larger than in its first period of rest the file may ever be later. */
const STABLE = 1.15;
const WEEK = 7 * DAY;

/** @typedef {import('./simulate.mjs').Run} Run */
/** @typedef {{ promise: string, broken: string }} Breach */

/**
 * Everything that is not as promised; empty where all is.
 * @param {Run} run
 * @returns {Breach[]}
 */
export function check(run) {
  return [...checkTraffic(run), ...checkRows(run), ...checkBytes(run), ...checkBatches(run)];
}

/** A simulation in which nothing was written proves nothing. @param {Run} run @returns {Breach[]} */
function checkTraffic({ events, samples, deletions, scenario }) {
  const promise = 'the traffic is mixed';
  const missing = EVENTS.filter((name) => !events[name]).map((name) => `${name} never happened`);
  // An issuer stays for a day after its trust is over.
  const tooShort = scenario.days < 4 ? ['trust'] : [];
  const untouched = Object.entries(deletions.deleted).filter(
    ([name, count]) => count === 0 && !tooShort.includes(name),
  );
  const hours = (scenario.days * DAY) / HOUR;
  return [
    ...missing.map((broken) => ({ promise, broken })),
    ...untouched.map(([name]) => ({ promise, broken: `nothing was ever deleted from ${name}` })),
    ...(samples.length === hours ? [] : [{ promise, broken: `${samples.length} samples of ${hours} hours` }]),
  ];
}

/** What even the shortest simulation is long enough for. */
const EVENTS = ['login', 'login left behind', 'consent left behind', 'code left behind', 'login refused', 'refresh'];

/** @param {Run} run @returns {Breach[]} */
function checkRows({ samples }) {
  /** @type {Breach[]} */
  const breaches = [];
  const names = Object.keys(samples[0]?.tables ?? {});
  for (const name of names) {
    const over = samples.filter(({ tables }) => {
      const { rows, live } = tables[name] ?? { rows: 0, live: 0 };
      return rows > SLACK * live + BATCH;
    });
    const first = over[0]?.tables[name];
    if (over[0] && first)
      breaches.push({
        promise: `rows ≤ ${SLACK} × live + ${BATCH}`,
        broken: `${name} in ${over.length} samples, first in hour ${over[0].hour}: ${first.rows} rows, ${first.live} live`,
      });
    if (!tables[name]?.flushed) continue;
    const left = samples.filter((sample) => (sample.tables[name]?.left ?? 0) > 0);
    if (left[0])
      breaches.push({
        promise: 'after a round of the expiry job nothing is left that is over',
        broken: `${name} in ${left.length} samples, first in hour ${left[0].hour}: ${left[0].tables[name]?.left} rows`,
      });
  }
  return breaches;
}

/**
 * When as much ends as begins, in hours: after the longest life, an eighth more for families, and a day for the wave of the
 * hours to have passed once.
 * @param {import('./scenarios.mjs').Scenario} scenario
 */
export function settledFrom({ longestLife }) {
  return Math.ceil((longestLife * (9 / 8) + DAY) / HOUR);
}

/**
 * The largest file of the first week of rest, and the largest ever after; in simulations of few days, of the halves of what
 * there is. `undefined` where it is over before it comes to rest.
 * @param {Run} run
 */
export function restOf({ samples, scenario }) {
  const from = settledFrom(scenario);
  const hours = (scenario.days * DAY) / HOUR;
  const period = Math.min(WEEK / HOUR, Math.floor((hours - from) / 2));
  if (period < 12) return undefined;
  const largest = (/** @type {import('./simulate.mjs').Sample[]} */ some) =>
    Math.max(...some.map(({ bytes }) => bytes));
  return {
    from,
    period,
    first: largest(samples.filter(({ hour }) => hour > from && hour <= from + period)),
    later: largest(samples.filter(({ hour }) => hour > from + period)),
  };
}

/** @param {Run} run @returns {Breach[]} */
function checkBytes(run) {
  const rest = restOf(run);
  if (!rest || rest.later <= STABLE * rest.first) return [];
  return [
    {
      promise: `the file stays within ${STABLE} × what it was in the first ${rest.period} hours of rest`,
      broken: `${rest.first} bytes then, ${rest.later} later`,
    },
  ];
}

/** @param {Run} run @returns {Breach[]} */
function checkBatches({ deletions }) {
  if (deletions.largestBatch <= BATCH) return [];
  return [{ promise: `a batch has at most ${BATCH} rows`, broken: `one had ${deletions.largestBatch}` }];
}
