/**
 * Load on one address: wrk where it is installed, else autocannon. A third one, of undici and for very short runs, is there for
 * where figures do not matter.
 */
import { isInstalled } from '../machine.mjs';
import { loadByAutocannon } from './autocannon.mjs';
import { loadByUndici } from './undici.mjs';
import { loadByWrk } from './wrk.mjs';

/**
 * One request, over and over.
 *
 * @typedef {object} Request
 * @property {string} url
 * @property {string} method
 * @property {Record<string, string>} headers
 * @property {string} [body] Its `{value}`, or that of a header, is replaced by the next of the values.
 *
 * @typedef {object} Job
 * @property {Request} request
 * @property {string} [values] File with a value in each line.
 * @property {number} [skip] How many steps of the walk through the values others have gone.
 * @property {boolean} [chain] The refresh token of an answer is a value for a later request, and each value is used once.
 * @property {string} [collect] File that receives the access token of each answer.
 * @property {number} connections
 * @property {number} seconds
 * @property {boolean} [once] Ends when the values are used up; only undici knows this.
 *
 * @typedef {object} Load
 * @property {number} requests
 * @property {number} seconds
 * @property {number} p50 µs
 * @property {number} p99 µs
 * @property {number} errors Answers of 400 and above, and connections that broke.
 * @property {boolean} again Whether the values were used up and came again.
 */

/** @typedef {'wrk' | 'autocannon' | 'undici'} Tool */

/** @returns {Tool} */
export function bestTool() {
  return isInstalled('wrk') ? 'wrk' : 'autocannon';
}

/** @param {string | undefined} name @returns {Tool | undefined} */
export function toolNamed(name) {
  if (name === undefined || name === 'wrk' || name === 'autocannon' || name === 'undici') return name;
  throw new Error('--tool is wrk, autocannon or undici.');
}

/** A value that stands in the middle, so that neighbours of the table are not asked for in a row. */
export const STRIDE = 7919;

/** @param {Tool} tool @param {Job} job @returns {Promise<Load>} */
export function load(tool, job) {
  const by = { wrk: loadByWrk, autocannon: loadByAutocannon, undici: loadByUndici };
  return by[tool](job);
}
