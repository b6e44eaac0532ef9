/** Puts a run into the page about the speed: figures come from the run and from nowhere else. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { draw } from './picture.mjs';
import { goalRows, machineLine, troubles } from './report.mjs';
import { most, summary } from './results.mjs';
import { digits, markdownTable } from './statistics.mjs';
import { HELLO } from './workloads.mjs';

const PAGE = join(root, 'docs/performance.md');
const PICTURE = 'images/speed.svg';
const BEGIN = '<!-- figures: begin -->';
const END = '<!-- figures: end -->';

/** Writes page and picture. @param {import('./results.mjs').Results} run */
export function publish(run) {
  const page = readFileSync(PAGE, 'utf8');
  const [head, rest] = page.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined) throw new Error(`${PAGE} has no place for figures.`);
  mkdirSync(join(root, 'docs/images'), { recursive: true });
  writeFileSync(join(root, 'docs', PICTURE), draw(run));
  writeFileSync(PAGE, `${head}${BEGIN}\n\n${figures(run)}\n\n${END}${tail}`);
}

/** @param {import('./results.mjs').Results} run */
function figures(run) {
  const warnings = troubles(run);
  return [
    `![What one core does in a second](${PICTURE})`,
    `${machineLine(run)}. Hydrant at \`${run.version}\`.`,
    ...(warnings.length > 0 ? [warnings.map((line) => `- ${line}`).join('\n')] : []),
    markdownTable(rates(run)),
    markdownTable(goalRows(run)),
  ].join('\n\n');
}

/** @param {import('./results.mjs').Results} run */
function rates(run) {
  const rows = [
    [
      'Work',
      ...run.targets.filter(({ id }) => id !== 'hello').map(({ title }) => `${title}: a second (CPU µs, p99 ms)`),
    ],
  ];
  const cell = (/** @type {string} */ target, /** @type {string} */ workload) => {
    const found = summary(run, target, workload, most(run));
    if (!found?.rate) return '';
    return `${digits(found.rate.median)} (${digits(found.cpu?.median)}, ${digits(found.p99?.median)})`;
  };
  for (const { id, title } of run.workloads)
    rows.push([title, ...run.targets.filter((target) => target.id !== 'hello').map((target) => cell(target.id, id))]);
  const hello = Object.values(HELLO).map(({ id, title }) => `${title}: ${cell('hello', id)}`);
  return [...rows, [`*for comparison, Fastify: ${hello.join('; ')}*`, ...(rows[0] ?? []).slice(1).map(() => '')]];
}
