/** Whole logins, by browsers that are programs, in a process of their own. */
import { fileURLToPath } from 'node:url';
import { start } from '../processes.mjs';

/**
 * @typedef {object} FlowJob
 * @property {string} publicUrl
 * @property {string} [adminUrl] Where the login and consent app decides; without it the server decides by itself.
 * @property {string} authorization Path of the authorization endpoint.
 * @property {string} token Path of the token endpoint.
 * @property {Record<string, string>} [more] Parameters of the authorization request beside the usual ones.
 * @property {string} clientId
 * @property {string} clientSecret
 * @property {string} redirectUri
 * @property {string} scope
 * @property {boolean} remembered Each browser has been here; otherwise each login is that of a new browser and a new person.
 * @property {number} browsers At the same time.
 * @property {number} [seconds]
 * @property {number} [flows] How many in all, where no time is given.
 * @property {string} [collect] File that receives the tokens, a JSON object in each line.
 *
 * @typedef {object} Flows
 * @property {number} flows
 * @property {number} requests
 * @property {number} seconds
 * @property {number} p50 µs
 * @property {number} p99 µs
 */

const program = fileURLToPath(new URL('flow-process.mjs', import.meta.url));

/**
 * Resolves when the browsers are there, those that are remembered with their logins; `go` sends them on their way. Rejects where a
 * single flow fails.
 * @param {FlowJob} job
 * @returns {Promise<{ go: () => Promise<Flows> }>}
 */
export async function openBrowsers(job) {
  const started = start({ core: 'load', command: process.execPath, args: [program], ipc: true });
  /** @param {unknown} message @returns {Promise<unknown>} */
  const ask = (message) =>
    new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`A flow failed: ${started.output().slice(-2_000)}`));
      started.child.once('close', ended);
      started.child.once('message', (answer) => {
        started.child.off('close', ended);
        resolve(answer);
      });
      started.child.send(/** @type {import('node:child_process').Serializable} */ (message));
    });
  await ask(job);
  return {
    async go() {
      const flows = /** @type {Flows} */ (await ask('go'));
      await started.stop();
      return flows;
    },
  };
}

/** @param {FlowJob} job @returns {Promise<Flows>} */
export async function runFlows(job) {
  return (await openBrowsers(job)).go();
}
