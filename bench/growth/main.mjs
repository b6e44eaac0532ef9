#!/usr/bin/env node
/**
 * `npm run bench:growth`: days of traffic in minutes, to see whether the tables follow what is alive.
 *
 *   --quick           less traffic, about a minute and a half; its pictures go beside its samples
 *   --smoke           two days, for the test suite
 *   --days N          fewer or more days
 *   --dsn postgres:…  there instead of in a SQLite file
 *   --no-deletion     the expiry job finds nothing, to see the check fail
 *   --json FILE       where the samples go; data/growth-<engine>.json by default
 *
 * Exits with 1 and says what broke where the promise is broken.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setupOrExit } from '../../scripts/setup.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    days: { type: 'string' },
    dsn: { type: 'string' },
    'no-deletion': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
setupOrExit();
const { plans } = await import('./scenarios.mjs');
const { simulate } = await import('./simulate.mjs');
const { check } = await import('./check.mjs');
const { draw } = await import('./picture.mjs');
const { describe } = await import('./report.mjs');
const { hangUp } = await import('./http.mjs');

const say = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`);
const plan = options.smoke ? 'smoke' : options.quick ? 'quick' : 'full';
const full = plan === 'full' && options.days === undefined && !options['no-deletion'];

const runs = [];
for (const planned of plans[plan]) {
  const scenario = { ...planned, ...(options.days !== undefined && { days: Number(options.days) }) };
  say(`${scenario.name}: ${scenario.days} days; ${scenario.title}`);
  const run = await simulate(scenario, {
    dsn: options.dsn,
    deletion: !options['no-deletion'],
    onDay: (day, { rows, live, bytes, other }) =>
      day % 5 === 0 &&
      say(`  day ${day}: ${rows} rows, ${live} live, ${mb(bytes)}; never deleting: ${other.rows}, ${mb(other.bytes)}`),
  });
  runs.push({ ...run, breaches: check(run) });
}

const engine = options.dsn === undefined ? 'sqlite' : 'postgres';
const file = resolve(options.json ?? join(root, 'data', `growth-${engine}.json`));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(runs)}\n`);
const pictures = full ? join(root, 'docs/images') : dirname(file);
if (plan !== 'smoke') {
  mkdirSync(pictures, { recursive: true });
  for (const run of runs) {
    const suffix = run.scenario.name === 'day' ? '' : `-${run.scenario.name}`;
    writeFileSync(join(pictures, `growth-${engine}${suffix}.svg`), draw(run));
  }
}
for (const run of runs) say(`\n${describe(run)}`);
const breaches = runs.flatMap(({ scenario, breaches }) =>
  breaches.map((breach) => ({ ...breach, scenario: scenario.name })),
);
for (const { scenario, promise, broken } of breaches) say(`BROKEN (${scenario}): ${promise}: ${broken}`);
say(breaches.length === 0 ? '\nEverything is as promised.' : `\n${breaches.length} promises are broken.`);
process.exitCode = breaches.length === 0 ? 0 : 1;
hangUp();

/** @param {number} bytes */
function mb(bytes) {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
