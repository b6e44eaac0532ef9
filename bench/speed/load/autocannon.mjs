/** Load by autocannon, in a process of its own: this file is its program, too. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from '../processes.mjs';
import { scriptOf } from './undici.mjs';

const program = fileURLToPath(import.meta.url);

/** @param {import('./load.mjs').Job} job @returns {Promise<import('./load.mjs').Load>} */
export async function loadByAutocannon(job) {
  const input = JSON.stringify(job);
  return JSON.parse(await run({ core: 'load', command: process.execPath, args: [program], input }));
}

/** @param {import('./load.mjs').Job} job @returns {Promise<import('./load.mjs').Load>} */
async function perform(job) {
  const require = createRequire(new URL('../peers/package.json', import.meta.url));
  const { default: autocannon } = await import(pathToFileURL(require.resolve('autocannon')).href);
  const { origin, pathname, search } = new URL(job.request.url);
  const script = scriptOf(job);
  const { requests, duration, latency, errors } = await autocannon({
    url: origin,
    connections: job.connections,
    duration: Math.max(1, Math.round(job.seconds)),
    timeout: 20,
    requests: [
      {
        method: job.request.method,
        path: pathname + search,
        setupRequest: (/** @type {object} */ made) => ({ ...made, ...script.next() }),
        onResponse: script.heard,
      },
    ],
  });
  script.end();
  return {
    ...script.seen,
    requests: requests.total,
    seconds: duration,
    // It knows milliseconds.
    p50: latency.p50 * 1000,
    p99: latency.p99 * 1000,
    errors: script.seen.errors + errors,
  };
}

if (process.argv[1] === program) {
  process.stdout.write(JSON.stringify(await perform(JSON.parse(readFileSync(0, 'utf8')))));
  process.exit(0);
}
