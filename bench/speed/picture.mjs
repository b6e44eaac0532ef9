/** A run as a picture: bars of how much one core does in a second, with the range over the rounds. For light and dark pages. */
import { most, summary } from './results.mjs';
import { digits } from './statistics.mjs';

const WIDTH = 880;
const LEFT = 276;
const RIGHT = 130;
const BAR = 15;
const GAP = 4;
const BETWEEN = 22;
const TOP = 96;

/** Okabe and Ito's colours: told apart by people who see few colours, and on white and on black. */
const STYLE = `
  svg { font: 13px system-ui, sans-serif; color-scheme: light dark; }
  .ground { fill: #ffffff; } .text { fill: #24292f; } .faint { fill: #57606a; } .range { stroke: #24292f; stroke-width: 1.5; }
  .hydrant-sqlite { fill: #0072b2; } .hydrant-postgres { fill: #56b4e9; } .oidc-provider { fill: #e69f00; } .peer { fill: #d55e00; } .hello { fill: #999999; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } .text { fill: #e6edf3; } .faint { fill: #9da7b3; } .range { stroke: #e6edf3; }
    .hydrant-sqlite { fill: #3b9ae1; } .hydrant-postgres { fill: #8ccdf5; }
  }`;

const SHOWN = [
  'client_credentials',
  'client_credentials-es256',
  'introspection',
  'refresh',
  'flow-remembered',
  'flow-fresh',
];

/** @param {import('./results.mjs').Results} run */
export function draw(run) {
  const parts = [];
  let y = TOP;
  for (const workload of run.workloads.filter(({ id }) => SHOWN.includes(id))) {
    const bars = run.targets.flatMap((target) => {
      const found = summary(run, target.id, workload.id, most(run))?.rate;
      return found ? [{ target, ...found }] : [];
    });
    const longest = Math.max(...bars.map(({ max }) => max));
    parts.push(
      `<text class="text" x="${LEFT - 12}" y="${y + 12}" text-anchor="end" font-weight="600">${escaped(workload.title)}</text>`,
    );
    for (const { target, median, min, max } of bars) {
      const x = (/** @type {number} */ rate) => LEFT + (rate / longest) * (WIDTH - LEFT - RIGHT);
      const middle = y + BAR / 2;
      parts.push(
        `<rect class="${target.id}" x="${LEFT}" y="${y}" width="${(x(median) - LEFT).toFixed(1)}" height="${BAR}"/>`,
        `<line class="range" x1="${x(min).toFixed(1)}" x2="${x(max).toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
        `<text class="faint" x="${(x(max) + 8).toFixed(1)}" y="${y + 12}">${digits(median)} a second</text>`,
      );
      y += BAR + GAP;
    }
    y += BETWEEN;
  }
  const told = parts.filter((part) => part.includes('<text')).length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-labelledby="title told">
<title id="title">What one core does in a second</title>
<desc id="told">${escaped(`${told} figures, all of which are in the table of the page; each kind of work has a scale of its own.`)}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${y}"/>
<text class="text" x="16" y="26" font-size="16" font-weight="600">What one core does in a second</text>
<text class="faint" x="16" y="46">Medians of ${run.rounds} rounds, the line is their range; each kind of work has a scale of its own. ${escaped(run.machine.cpu)}, Node.js ${run.machine.node}.</text>
${legend(run.targets.filter(({ id }) => id !== 'hello'))}
${parts.join('\n')}
</svg>
`;
}

/** @param {readonly { id: string, title: string }[]} targets */
function legend(targets) {
  return targets
    .map(
      ({ id, title }, index) =>
        `<rect class="${id}" x="${16 + index * 230}" y="62" width="13" height="13"/>` +
        `<text class="text" x="${36 + index * 230}" y="73">${escaped(title)}</text>`,
    )
    .join('\n');
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
