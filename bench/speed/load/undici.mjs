/** Load by this very process: for counting, and for looking whether all works. Slow, and in nobody's way for a moment only. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Pool } from 'undici';
import { median } from '../statistics.mjs';
import { STRIDE } from './load.mjs';

/**
 * The requests of a job one by one, and what is to be done with each answer.
 * @param {import('./load.mjs').Job} job
 */
export function scriptOf({ request, values: file, skip = 0, chain = false, collect }) {
  const values = file === undefined ? [] : readFileSync(file, 'utf8').trimEnd().split('\n');
  /** @type {string[]} */
  const collected = [];
  const seen = { errors: 0, again: false };
  let used = 0;
  const nextValue = () => {
    if (values.length === 0) seen.again ||= file !== undefined;
    if (chain) return values.shift() ?? 'none';
    if (values.length > 0 && ++used > values.length) seen.again = true;
    return values[((skip + used) * STRIDE) % values.length] ?? '';
  };
  return {
    seen,
    usedUp: () => values.length > 0 && used >= values.length,
    next() {
      const value = nextValue();
      const filled = Object.entries(request.headers).map(([name, text]) => [name, text.replace('{value}', value)]);
      return {
        headers: /** @type {Record<string, string>} */ (Object.fromEntries(filled)),
        ...(request.body !== undefined && { body: request.body.replace('{value}', value) }),
      };
    },
    /** @param {number} status @param {string} body */
    heard(status, body) {
      if (status >= 400) seen.errors++;
      if (status !== 200) return;
      const successor = chain ? /"refresh_token":\s*"([^"]+)"/.exec(body)?.[1] : undefined;
      if (successor) values.push(successor);
      const token = collect ? /"access_token":\s*"([^"]+)"/.exec(body)?.[1] : undefined;
      if (token) collected.push(`${token}\n`);
    },
    end() {
      if (collect) writeFileSync(collect, collected.join(''));
    },
  };
}

/** @param {import('./load.mjs').Job} job @returns {Promise<import('./load.mjs').Load>} */
export async function loadByUndici(job) {
  const { origin, pathname, search } = new URL(job.request.url);
  const pool = new Pool(origin, { connections: job.connections });
  const script = scriptOf(job);
  const method = /** @type {import('undici').Dispatcher.HttpMethod} */ (job.request.method);
  /** @type {number[]} */
  const times = [];
  const begun = performance.now();
  const end = begun + job.seconds * 1000;
  const one = async () => {
    do {
      const at = performance.now();
      const answer = await pool.request({ path: pathname + search, method, ...script.next() });
      const body = await answer.body.text();
      times.push(performance.now() - at);
      script.heard(answer.statusCode, body);
    } while (performance.now() < end && !(job.once && script.usedUp()));
  };
  await Promise.all(Array.from({ length: job.connections }, one));
  const seconds = (performance.now() - begun) / 1000;
  await pool.close();
  script.end();
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
  return { ...script.seen, requests: times.length, seconds, p50: median(times) * 1000, p99: p99 * 1000 };
}
