/**
 * Counts of HTTP requests under Hydra's names: those of the first generation (`requests_total`) and those of the second
 * (`http_requests_total`), which has the endpoint on more of them.
 *
 * Kept outside of prom-client: a request costs one look-up and a few additions, and both generations' families are sums
 * over the same numbers, made when somebody scrapes.
 */
import { endpointLabel, methodLabel } from './labels.js';

/** Upper bounds in Hydra's buckets. `Hydra:` sizes in bytes have the buckets of durations too. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** One finished request. */
export interface TrafficSample {
  readonly method: string;
  /** The route's template, or anything without a leading slash where none matched. */
  readonly endpoint: string;
  readonly status: number;
  readonly seconds: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export interface Traffic {
  record(sample: TrafficSample): void;
  /** All families in the text format 0.0.4. */
  render(): string;
}

interface Distribution {
  /** How many values lie in each bucket and not in the one before; the last is everything beyond the bounds. */
  readonly buckets: number[];
  sum: number;
  count: number;
}

interface Series {
  readonly labels: Readonly<Record<Label, string>>;
  readonly duration: Distribution;
  readonly requestSize: Distribution;
  readonly responseSize: Distribution;
}

type Label = 'code' | 'endpoint' | 'method' | 'METHOD' | 'status_bucket';

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'histogram';
  readonly help: string;
  readonly first: readonly Label[];
  readonly second: readonly Label[];
  readonly of: 'duration' | 'requestSize' | 'responseSize';
}

/** The labels of both generations, in the order of the text. `METHOD` is `method` in upper case. */
const FAMILIES: readonly Family[] = [
  {
    name: 'requests_duration_seconds',
    type: 'histogram',
    help: 'Time taken to answer, by method and status.',
    first: ['code', 'method'],
    second: ['code', 'endpoint', 'method'],
    of: 'duration',
  },
  {
    name: 'requests_size_bytes',
    type: 'histogram',
    help: 'Size of request bodies.',
    first: ['code', 'method'],
    second: ['code', 'method'],
    of: 'requestSize',
  },
  {
    name: 'requests_statuses_total',
    type: 'counter',
    help: 'Requests by class of status.',
    first: ['METHOD', 'status_bucket'],
    second: ['METHOD', 'status_bucket'],
    of: 'duration',
  },
  {
    name: 'requests_total',
    type: 'counter',
    help: 'Requests that were answered.',
    first: ['code', 'method'],
    second: ['code', 'endpoint', 'method'],
    of: 'duration',
  },
  {
    name: 'response_size_bytes',
    type: 'histogram',
    help: 'Size of response bodies.',
    first: ['code', 'method'],
    second: ['code', 'method'],
    of: 'responseSize',
  },
  {
    name: 'response_time_seconds',
    type: 'histogram',
    help: 'Time taken to answer, by endpoint.',
    first: ['endpoint'],
    second: ['endpoint'],
    of: 'duration',
  },
];

/** Starts counting. `constants` are labels that stand on every series (`app`, `version`, `hash`, `buildTime`). */
export function createTraffic(constants: Readonly<Record<string, string>>): Traffic {
  const series = new Map<string, Series>();
  return {
    record(sample) {
      const key = `${sample.status} ${sample.method} ${sample.endpoint}`;
      let found = series.get(key);
      if (found === undefined) {
        found = newSeries(sample);
        series.set(key, found);
      }
      observe(found.duration, sample.seconds);
      observe(found.requestSize, sample.requestBytes);
      observe(found.responseSize, sample.responseBytes);
    },
    render() {
      const all = [...series.values()];
      const first = FAMILIES.map((family) => renderFamily(family, family.name, family.first, all, constants));
      const second = FAMILIES.map((family) =>
        renderFamily(family, `http_${family.name}`, family.second, all, constants),
      );
      return [...first, ...second].join('\n');
    },
  };
}

function newSeries(sample: TrafficSample): Series {
  const METHOD = methodLabel(sample.method);
  return {
    labels: {
      code: String(sample.status),
      endpoint: endpointLabel(sample.endpoint),
      method: METHOD.toLowerCase(),
      METHOD,
      status_bucket: `${Math.floor(sample.status / 100)}xx`,
    },
    duration: newDistribution(),
    requestSize: newDistribution(),
    responseSize: newDistribution(),
  };
}

function newDistribution(): Distribution {
  return { buckets: new Array(BOUNDS.length + 1).fill(0), sum: 0, count: 0 };
}

function observe(distribution: Distribution, measured: number): void {
  // A length that is no number, from a header say, would spoil the sum for ever.
  const value = Number.isFinite(measured) ? measured : 0;
  let bucket = 0;
  for (const bound of BOUNDS) {
    if (value <= bound) break;
    bucket++;
  }
  distribution.buckets[bucket] = (distribution.buckets[bucket] ?? 0) + 1;
  distribution.sum += value;
  distribution.count++;
}

function renderFamily(
  family: Family,
  name: string,
  labels: readonly Label[],
  all: readonly Series[],
  constants: Readonly<Record<string, string>>,
): string {
  const lines = [`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`];
  for (const [text, { buckets, sum, count }] of summed(all, labels, family.of, constants)) {
    if (family.type === 'counter') {
      lines.push(`${name}{${text}} ${count}`);
      continue;
    }
    let below = 0;
    for (const [index, bound] of BOUNDS.entries()) {
      below += buckets[index] ?? 0;
      lines.push(`${name}_bucket{${text},le="${bound}"} ${below}`);
    }
    lines.push(
      `${name}_bucket{${text},le="+Inf"} ${count}`,
      `${name}_sum{${text}} ${sum}`,
      `${name}_count{${text}} ${count}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Adds up the series that look the same under these labels, by the text of the labels. */
function summed(
  all: readonly Series[],
  labels: readonly Label[],
  of: Family['of'],
  constants: Readonly<Record<string, string>>,
): Map<string, Distribution> {
  const sums = new Map<string, Distribution>();
  for (const series of all) {
    const text = labelText(series, labels, constants);
    const sum = sums.get(text) ?? newDistribution();
    series[of].buckets.forEach((n, index) => {
      sum.buckets[index] = (sum.buckets[index] ?? 0) + n;
    });
    sum.sum += series[of].sum;
    sum.count += series[of].count;
    sums.set(text, sum);
  }
  return sums;
}

function labelText(series: Series, labels: readonly Label[], constants: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(constants);
  for (const label of labels) pairs.push([label === 'METHOD' ? 'method' : label, series.labels[label]]);
  return pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
