/** What is promised of the speed, as ratios within one run, and how a run keeps it. */
import { median, rangeOf } from './statistics.mjs';

/**
 * @typedef {object} Goal
 * @property {string} what
 * @property {'more' | 'less'} better
 * @property {string} unit
 * @property {number} floor
 * @property {number} target
 * @property {number} stretch
 * @property {(run: import('./results.mjs').Results, by: By) => (number | undefined)} value
 *
 * @typedef {'rate' | 'cpu'} By What two servers are compared by: how much they do in a second, or the CPU time that one request
 *   takes. The latter minds less who else is on the machine.
 *
 * @typedef {'stretch' | 'target' | 'floor' | 'missed' | 'not measured'} Verdict
 */

/**
 * How many times as fast the one is as the other, of one round; of these the median. The machine's mood changes from minute to minute, and both were
 * measured in the same one.
 * @param {import('./results.mjs').Results} run
 * @param {readonly [target: string, workload: string]} one
 * @param {readonly [target: string, workload: string]} other
 * @param {By} [by]
 */
export function pairedRatio(run, one, other, by = 'rate') {
  const full = run.connections.at(-1);
  const pairs = run.samples.flatMap((sample) => {
    if (sample.target !== one[0] || sample.workload !== one[1] || sample.connections !== full) return [];
    const fellow = run.samples.find(
      ({ target, workload, connections, round, block }) =>
        target === other[0] &&
        workload === other[1] &&
        connections === full &&
        round === sample.round &&
        (other[0] !== 'hello' || block === sample.block),
    );
    if (!fellow) return [];
    if (by === 'rate') return [sample.rate / fellow.rate];
    return sample.cpu && fellow.cpu ? [fellow.cpu / sample.cpu] : [];
  });
  return pairs.length > 0 ? median(pairs) : undefined;
}

/** @param {string} workload @param {string} target */
const ofHello = (workload, target) => compared([target, workload], ['hello', 'hello-get']);

/** @param {string} workload @param {string} target @param {string} peer */
const against = (workload, target, peer) => compared([target, workload], [peer, workload]);

/**
 * @param {readonly [target: string, workload: string]} one
 * @param {readonly [target: string, workload: string]} other
 * @returns {Goal['value']}
 */
function compared(one, other) {
  return (run, by) => pairedRatio(run, one, other, by);
}

/** @param {string} workload @param {string} target */
const p99AtEight = (workload, target) =>
  absolute((run) => {
    const taken = run.samples.filter((one) => one.workload === workload && one.target === target);
    return rangeOf(taken.filter(({ connections }) => connections === 8).map(({ p99 }) => p99))?.median;
  });

/** What has nothing to be compared with. @param {(run: import('./results.mjs').Results) => number | undefined} value @returns {Goal['value']} */
function absolute(value) {
  return (run, by) => (by === 'rate' ? value(run) : undefined);
}

/**
 * @param {string} what
 * @param {[floor: number, target: number, stretch: number]} levels
 * @param {Goal['value']} value
 * @param {Partial<Pick<Goal, 'better' | 'unit'>>} [more]
 * @returns {Goal}
 */
const goal = (what, [floor, target, stretch], value, { better = 'more', unit = '' } = {}) => ({
  what,
  better,
  unit,
  floor,
  target,
  stretch,
  value,
});

const TIMES = { unit: '×' };
const MILLISECONDS = /** @type {const} */ ({ better: 'less', unit: ' ms' });

/** @type {readonly Goal[]} */
export const GOALS = [
  goal('client_credentials on SQLite, of hello', [0.14, 0.2, 0.28], ofHello('client_credentials', 'hydrant-sqlite')),
  goal(
    'client_credentials on PostgreSQL, of hello',
    [0.12, 0.18, 0.25],
    ofHello('client_credentials', 'hydrant-postgres'),
  ),
  goal('introspection on SQLite, of hello', [0.22, 0.3, 0.38], ofHello('introspection', 'hydrant-sqlite')),
  goal(
    'introspection on SQLite, known tokens, of hello',
    [0.32, 0.45, 0.55],
    ofHello('introspection-again', 'hydrant-sqlite'),
  ),
  goal('introspection on PostgreSQL, of hello', [0.2, 0.27, 0.35], ofHello('introspection', 'hydrant-postgres')),
  ...['hydrant-sqlite', 'hydrant-postgres'].flatMap((target) => {
    const where = target === 'hydrant-sqlite' ? 'SQLite' : 'PostgreSQL';
    const peer = `on ${where}, of oidc-provider in memory`;
    return [
      goal(`client_credentials ${peer}`, [2, 2.5, 3.5], against('client_credentials', target, 'oidc-provider'), TIMES),
      goal(`introspection ${peer}`, [2.5, 3.5, 5], against('introspection', target, 'oidc-provider'), TIMES),
      goal(
        `code + PKCE flow, remembered, ${peer}`,
        [0.5, 0.85, 1.3],
        against('flow-remembered', target, 'oidc-provider'),
        TIMES,
      ),
      goal(`refresh ${peer}`, [1.5, 2.5, 4], against('refresh', target, 'oidc-provider'), TIMES),
    ];
  }),
  goal(
    'client_credentials on PostgreSQL, of Hydra',
    [30, 60, 90],
    against('client_credentials', 'hydrant-postgres', 'peer'),
    TIMES,
  ),
  goal(
    'introspection on PostgreSQL, of Hydra',
    [5, 8, 10],
    against('introspection', 'hydrant-postgres', 'peer'),
    TIMES,
  ),
  goal('refresh on PostgreSQL, of Hydra', [15, 35, 60], against('refresh', 'hydrant-postgres', 'peer'), TIMES),
  goal('flow on PostgreSQL, of Hydra', [8, 12, 20], against('flow-remembered', 'hydrant-postgres', 'peer'), TIMES),
  ...['hydrant-sqlite', 'hydrant-postgres'].flatMap((target) => {
    const where = target === 'hydrant-sqlite' ? 'SQLite' : 'PostgreSQL';
    return [
      goal(
        `p99 of client_credentials on ${where}, 8 connections`,
        [10, 6, 4],
        p99AtEight('client_credentials', target),
        MILLISECONDS,
      ),
      goal(
        `p99 of introspection on ${where}, 8 connections`,
        [10, 6, 4],
        p99AtEight('introspection', target),
        MILLISECONDS,
      ),
      ...['client_credentials', 'introspection'].map((workload) =>
        goal(
          `growth: time of ${workload} on ${where}, many rows over few`,
          [1.3, 1.1, 1],
          (run, by) =>
            run.growth?.find((one) => one.target === target && one.workload === workload)?.[
              by === 'cpu' ? 'cpu' : 'time'
            ],
          { better: 'less', unit: '×' },
        ),
      ),
    ];
  }),
  goal('memory after a million tokens, idle', [150, 110, 80], absolute(idleMemory), {
    better: 'less',
    unit: ' MB',
  }),
  goal(
    'cold start to ready, SQLite, second start',
    [1.5, 0.8, 0.4],
    absolute((run) => rangeOf(run.start ?? [])?.median),
    {
      better: 'less',
      unit: ' s',
    },
  ),
];

/** Megabytes; fewer tokens than a million say nothing of what a million leave. @param {import('./results.mjs').Results} run */
function idleMemory({ memory }) {
  return memory && memory.tokens >= 1_000_000 ? memory.idle / 2 ** 20 : undefined;
}

/**
 * @param {import('./results.mjs').Results} run
 * @returns {(Omit<Goal, 'value'> & { value: number | undefined, byCpu: number | undefined, verdict: Verdict })[]}
 */
export function judge(run) {
  return GOALS.map(({ value, ...rest }) => {
    const reached = value(run, 'rate');
    return { ...rest, value: reached, byCpu: value(run, 'cpu'), verdict: verdictOn(reached, rest) };
  });
}

/** @param {number | undefined} value @param {Pick<Goal, 'better' | 'floor' | 'target' | 'stretch'>} levels @returns {Verdict} */
function verdictOn(value, { better, ...levels }) {
  if (value === undefined || Number.isNaN(value)) return 'not measured';
  for (const level of /** @type {const} */ (['stretch', 'target', 'floor']))
    if (better === 'more' ? value >= levels[level] : value <= levels[level]) return level;
  return 'missed';
}
