/** The server under test: the built one, in this process, under a clock that the simulation moves. */
import { createServer } from 'node:http';
import { startServer } from '../../packages/hydrant/dist/compose.js';
import { loadConfig } from '../../packages/hydrant/dist/config/index.js';

/** As the job has it; a batch that is larger breaks the promise. */
export const BATCH = 500;
/** A round takes milliseconds; this long means that the job does not look after one of the stores. */
const LONGEST_ROUND = 60_000;

/**
 * @typedef {object} Server
 * @property {string} publicUrl
 * @property {string} adminUrl
 * @property {(job: string) => void} kick
 * @property {() => Promise<void>} flush One round of the server's expiry job; resolves when each store says that nothing is left.
 * @property {{ deleted: Record<string, number>, largestBatch: number, rounds: number }} deletions
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ dsn: string, settings: Readonly<Record<string, string>>, clock: { now(): number }, deletion: boolean }} options
 *   With `deletion: false` the job finds nothing to delete, ever.
 * @returns {Promise<Server>}
 */
export async function startHydrant({ dsn, settings, clock, deletion }) {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  const publicUrl = `http://127.0.0.1:${publicPort}`;
  const env = {
    DEV: 'true',
    DSN: dsn,
    LOG_LEVEL: 'error',
    SERVE_PUBLIC_PORT: String(publicPort),
    SERVE_ADMIN_PORT: String(adminPort),
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_ADMIN_HOST: '127.0.0.1',
    URLS_SELF_ISSUER: publicUrl,
    URLS_LOGIN: 'http://127.0.0.1:1/login',
    URLS_CONSENT: 'http://127.0.0.1:1/consent',
    URLS_LOGOUT: 'http://127.0.0.1:1/logout',
    URLS_ERROR: 'http://127.0.0.1:1/error',
    URLS_POST_LOGOUT_REDIRECT: 'http://127.0.0.1:1/logged-out',
    URLS_DEVICE_VERIFICATION: 'http://127.0.0.1:1/device',
    URLS_DEVICE_SUCCESS: 'http://127.0.0.1:1/device-done',
    SECRETS_SYSTEM: 'a-secret-of-the-simulation-and-of-nobody-else',
    OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
    OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'a salt of the simulation',
    ...settings,
  };
  const logStream = { write: tellTrouble };
  const server = await startServer(loadConfig({ env }), { listeners: 'all', clock, logStream });
  const { deletions, nothingLeft } = watchDeletion(server.store, deletion);
  return {
    publicUrl,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    kick: server.kick,
    async flush() {
      const left = nothingLeft();
      server.kick('flush-expired');
      await left;
      deletions.rounds++;
    },
    deletions,
    close: () => server.close(),
  };
}

/** An error of the server's is news; that a deaf client is given up after a day is a part of the play. @param {string} line */
function tellTrouble(line) {
  if (!line.includes('back-channel logout given up')) process.stderr.write(line);
}

/**
 * Listens to what the expiry job does: each store with something that dies has a `flush`.
 * @param {object} store
 * @param {boolean} deletion
 */
function watchDeletion(store, deletion) {
  const deletions = { deleted: /** @type {Record<string, number>} */ ({}), largestBatch: 0, rounds: 0 };
  /** @type {Set<string>} */
  const names = new Set();
  /** Stores that have not said yet that nothing is left, since somebody asked. @type {Set<string>} */
  let waiting = new Set();
  let resolve = () => {};
  for (const [name, part] of Object.entries(store)) {
    if (typeof part?.flush !== 'function') continue;
    names.add(name);
    const flush = part.flush.bind(part);
    part.flush = async (/** @type {number} */ now, /** @type {number} */ limit) => {
      const asked = waiting;
      const count = deletion ? await flush(now, limit) : 0;
      deletions.deleted[name] = (deletions.deleted[name] ?? 0) + count;
      deletions.largestBatch = Math.max(deletions.largestBatch, count);
      if (count < limit && asked.delete(name) && asked.size === 0) resolve();
      return count;
    };
  }

  /** @returns {Promise<void>} */
  function nothingLeft() {
    waiting = new Set(names);
    return new Promise((done, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The expiry job left out: ${[...waiting].join(', ')}`)),
        LONGEST_ROUND,
      );
      resolve = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  return { deletions, nothingLeft };
}

/** Below the ports that the system gives to outgoing connections, so that none of ours is one of them a moment later. */
const FIRST_PORT = 11_000 + (process.pid % 21) * 1_000;
let offset = 500;

/** @returns {Promise<number>} */
async function freePort() {
  for (let tries = 0; tries < 500; tries++) {
    const port = FIRST_PORT + offset++;
    if (await isFree(port)) return port;
  }
  throw new Error('No port is free.');
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
