/** A run as a picture: rows above, bytes below, over the days. SVG by hand, for light and dark pages. */
import { BATCH } from './server.mjs';

const WIDTH = 880;
const HEIGHT = 924;
const LEFT = 86;
const RIGHT = 24;
const PANEL = 210;
const PANELS = [74, 358, 642];

/** Okabe and Ito's colours: told apart by people who see few colours, and on white and on black. */
const STYLE = `
  svg { font: 13px system-ui, sans-serif; color-scheme: light dark; }
  .ground { fill: #ffffff; } .text { fill: #24292f; } .faint { fill: #57606a; } .grid { stroke: #d8dee4; }
  .total { stroke: #0072b2; fill: none; stroke-width: 2; } .live { fill: #56b4e9; fill-opacity: .35; }
  .other { stroke: #d55e00; fill: none; stroke-width: 2; stroke-dasharray: 7 4; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } .text { fill: #e6edf3; } .faint { fill: #9da7b3; } .grid { stroke: #30363d; }
    .total { stroke: #58a6ff; } .live { fill: #58a6ff; fill-opacity: .3; } .other { stroke: #ff9e64; }
  }`;

/** @typedef {import('./simulate.mjs').Sample} Sample */

/** @param {import('./simulate.mjs').Run} run */
export function draw({ scenario, engine, samples }) {
  const hours = scenario.days * 24;
  const last = samples.at(-1);
  const title = `${scenario.days} days of mixed traffic on ${engine}`;
  const panels = [
    { title: 'Rows', total: rowsOf, live: liveOf, other: ({ other }) => other.rows, label: count },
    { title: 'Rows of Hydrant alone', total: rowsOf, live: liveOf, label: count },
    {
      title: 'Bytes on disk',
      total: ({ bytes }) => bytes,
      live: ({ used }) => used,
      other: ({ other }) => other.bytes,
      label: size,
      base: 2,
    },
  ].map((what, index) => panel(samples, hours, PANELS[index] ?? 0, /** @type {Panel} */ (what)));
  const told = last
    ? `After ${scenario.days} days: ${count(last.rows)} rows and ${size(last.bytes)} against ${count(last.other.rows)} rows and ${size(last.other.bytes)}.`
    : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title told">
<title id="title">${escaped(title)}</title>
<desc id="told">${escaped(`${scenario.title}. ${told} Rows are counted right before the expiry job, which deletes at most ${BATCH} at a time.`)}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
<text class="text" x="${LEFT}" y="26" font-size="16" font-weight="600">${escaped(title)}</text>
<text class="faint" x="${LEFT}" y="46">${escaped(scenario.title)}</text>
${panels.join('\n')}
${legend()}
</svg>
`;
}

const rowsOf = (/** @type {Sample} */ { rows }) => rows;
const liveOf = (/** @type {Sample} */ { live }) => live;

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {(sample: Sample) => number} total
 * @property {(sample: Sample) => number} live
 * @property {(sample: Sample) => number} [other] The schema that is compared with, where it is.
 * @property {(value: number) => string} label
 * @property {2 | 10} [base] Of the numbers that are round; 10 by default.
 */

/** @param {readonly Sample[]} samples @param {number} hours @param {number} top @param {Panel} what */
function panel(samples, hours, top, { title, total, live, other, label, base = 10 }) {
  const highest = Math.max(1, ...samples.flatMap((sample) => [total(sample), other?.(sample) ?? 0]));
  const step = niceStep(highest / 4, base);
  const ceiling = Math.ceil(highest / step) * step;
  const x = (/** @type {number} */ hour) => LEFT + (hour / hours) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => top + PANEL - (value / ceiling) * PANEL;
  const line = (/** @type {(sample: Sample) => number} */ value) =>
    samples
      .map((sample, index) => `${index ? 'L' : 'M'}${x(sample.hour).toFixed(1)} ${y(value(sample)).toFixed(1)}`)
      .join('');
  const [first, final] = [samples[0], samples.at(-1)];
  const ground = y(0).toFixed(1);
  const area =
    first && final ? `${line(live)}L${x(final.hour).toFixed(1)} ${ground}L${x(first.hour).toFixed(1)} ${ground}Z` : '';

  const levels = Array.from({ length: Math.round(ceiling / step) + 1 }, (_, index) => index * step);
  const days = hours / 24;
  const dayStep = Math.max(1, Math.ceil(days / 10 / 5) * 5);
  const marks = Array.from({ length: Math.floor(days / dayStep) + 1 }, (_, index) => index * dayStep);
  return [
    `<text class="text" x="${LEFT}" y="${top - 8}" font-weight="600">${title}</text>`,
    ...levels.map(
      (level) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(level).toFixed(1)}" y2="${y(level).toFixed(1)}"/>` +
        `<text class="faint" x="${LEFT - 8}" y="${(y(level) + 4).toFixed(1)}" text-anchor="end">${label(level)}</text>`,
    ),
    ...marks.map(
      (day) =>
        `<text class="faint" x="${x(day * 24).toFixed(1)}" y="${top + PANEL + 18}" text-anchor="middle">${day}</text>`,
    ),
    `<text class="faint" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${top + PANEL + 36}" text-anchor="middle">simulated days</text>`,
    `<path class="live" d="${area}"/>`,
    ...(other ? [`<path class="other" d="${line(other)}"/>`] : []),
    `<path class="total" d="${line(total)}"/>`,
  ].join('\n');
}

function legend() {
  const y = HEIGHT - 10;
  return [
    `<line class="total" x1="${LEFT}" x2="${LEFT + 28}" y1="${y - 4}" y2="${y - 4}"/>`,
    `<text class="text" x="${LEFT + 36}" y="${y}">Hydrant, all</text>`,
    `<rect class="live" x="${LEFT + 150}" y="${y - 11}" width="28" height="13"/>`,
    `<text class="text" x="${LEFT + 186}" y="${y}">of that alive (rows), in use (bytes)</text>`,
    `<line class="other" x1="${LEFT + 430}" x2="${LEFT + 458}" y1="${y - 4}" y2="${y - 4}"/>`,
    `<text class="text" x="${LEFT + 466}" y="${y}">a schema like Hydra's that keeps used rows</text>`,
  ].join('\n');
}

/** A round number near this one: 1, 2 or 5 times a power. @param {number} rough @param {number} base */
function niceStep(rough, base) {
  if (base === 2) return 2 ** Math.ceil(Math.log2(rough));
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10;
  return factor * power;
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString('en-GB');
}

/** @param {number} bytes */
function size(bytes) {
  const mib = bytes / 1_048_576;
  return `${mib >= 100 || Number.isInteger(mib) ? Math.round(mib) : mib.toFixed(1)} MiB`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
