/** A run in a table for people. */
import { restOf, settledFrom } from './check.mjs';

/** @param {import('./simulate.mjs').Run} run */
export function describe(run) {
  const { scenario, engine, samples, events, deletions, seconds } = run;
  const from = settledFrom(scenario);
  const settled = samples.filter(({ hour }) => hour > from);
  const of = settled.length > 0 ? settled : samples;
  const last = samples.at(-1);
  const daily = of.findLast(({ hour }) => hour % 24 === 15);
  const lines = [
    `${scenario.name} on ${engine}, ${scenario.days} days in ${seconds.toFixed(0)} s; figures from hour ${settled.length > 0 ? from : 0} on`,
    row('table', 'rows, least', 'rows, most', 'live, most', 'dead, most', 'after a round', 'in use, 3 pm'),
  ];
  for (const name of Object.keys(last?.tables ?? {})) {
    const counts = of.flatMap(({ tables }) => tables[name] ?? []);
    const most = (/** @type {number[]} */ numbers) => Math.max(0, ...numbers);
    const end = daily?.tables[name];
    lines.push(
      row(
        name,
        Math.min(...counts.map(({ rows }) => rows)),
        most(counts.map(({ rows }) => rows)),
        most(counts.map(({ live }) => live)),
        most(counts.map(({ rows, live }) => rows - live)),
        most(counts.map(({ left }) => left)),
        end?.inUse === undefined ? '' : `${end.inUse} of ${end.live}`,
      ),
    );
  }
  const rest = restOf(run);
  lines.push(
    `file: ${last?.bytes} bytes, ${last?.used} in use` +
      (rest ? `; most in the first ${rest.period} hours of rest ${rest.first}, later ${rest.later}` : ''),
    `never deleting: ${last?.other.rows} rows, ${last?.other.bytes} bytes`,
    `deleted: ${list(deletions.deleted)}; ${deletions.rounds} rounds, the largest batch ${deletions.largestBatch}`,
    `events: ${list(events)}`,
  );
  return lines.join('\n');
}

/** @param {string} first @param {...(string | number)} rest */
function row(first, ...rest) {
  return first.padEnd(19) + rest.map((cell) => String(cell).padStart(16)).join('');
}

/** @param {Record<string, number>} counts */
function list(counts) {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
