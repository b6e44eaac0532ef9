/** The built server as an operator starts it, on a database of its own. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../../scripts/setup.mjs';
import { openBrowsers } from '../load/flows.mjs';
import { load } from '../load/load.mjs';
import { withChildren, writtenBy } from '../machine.mjs';
import { answers, freePort, run, start } from '../processes.mjs';
import { makeClients, replaceAccessTokenKey } from './hydra-client.mjs';
import { flowJob, HYDRA, jobFor, RENEWED_MS } from './target.mjs';

const binary = join(root, 'packages/hydrant/bin/hydrant.mjs');
const counted = fileURLToPath(new URL('../servers/counted.mjs', import.meta.url));
const preload = fileURLToPath(new URL('../databases/preload.mjs', import.meta.url));

const HOUR_MS = 3_600_000;

/**
 * @typedef {object} Database
 * @property {string} dsn
 * @property {(pid: number) => Promise<number | undefined>} written Bytes of the log so far, or that the process had written to disk.
 * @property {() => number[]} [pids]
 *
 * @typedef {object} HydrantOptions
 * @property {string} id
 * @property {string} title
 * @property {string} folder
 * @property {Database} database
 * @property {number} stored How many access tokens lie in the store.
 * @property {number} [clients] How many are there to be listed.
 * @property {readonly import('../workloads.mjs').Workload[]} [counting] Whose statements are counted.
 * @property {string} [secret] Of a database that is there already.
 * @property {{ from: number, spread: number }} [storedLife] When the stored tokens die: so many ms from now, and over how many.
 * @property {Readonly<Record<string, string>>} [settings] Of the server.
 * @property {string} [profile] Where a profile goes when the server ends.
 */

/** @param {string} folder @returns {Database} */
export function sqliteIn(folder) {
  mkdirSync(folder, { recursive: true });
  return { dsn: `sqlite://${join(folder, 'hydrant.sqlite')}?_fk=true`, written: async (pid) => writtenBy(pid) };
}

/** @param {import('../databases/postgres.mjs').Postgres} postgres @param {string} name @returns {Promise<Database>} */
export async function postgresNamed(postgres, name) {
  const [there] = await postgres.query(`SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  if (!there) await postgres.query(`CREATE DATABASE ${name}`);
  return {
    dsn: postgres.dsn(name),
    pids: () => withChildren(postgres.pid),
    written: async () => {
      const [row] = await postgres.query(`SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes`);
      return Number(row?.bytes);
    },
  };
}

/** Settings of production: no development mode, metrics as always, no line for each request. */
async function environment(/** @type {Database} */ { dsn }, /** @type {string} */ secret, settings = {}) {
  return {
    NODE_ENV: 'production',
    DSN: dsn,
    SECRETS_SYSTEM: secret,
    LOG_LEVEL: 'warn',
    // There is no load balancer to wait for.
    SERVE_DRAIN: '0s',
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_PUBLIC_PORT: String(await freePort()),
    SERVE_ADMIN_HOST: '127.0.0.1',
    SERVE_ADMIN_PORT: String(await freePort()),
    URLS_SELF_ISSUER: 'https://id.example.com/',
    URLS_LOGIN: 'https://app.example.com/login',
    URLS_CONSENT: 'https://app.example.com/consent',
    ...settings,
  };
}

/** A database that is ready for {@link startHydrant}'s server: migrated where that is not done by the server. @param {Database} database @param {string} secret @param {Readonly<Record<string, string>>} [settings] */
export async function prepareServer(database, secret, settings) {
  const env = await environment(database, secret, settings);
  if (database.pids) {
    const args = [binary, 'migrate', 'sql', 'up', '--yes'];
    await run({ core: 'load', command: process.execPath, args, env, cwd: root });
  }
  const publicUrl = `http://127.0.0.1:${env.SERVE_PUBLIC_PORT}`;
  const adminUrl = `http://127.0.0.1:${env.SERVE_ADMIN_PORT}`;
  return {
    env,
    publicUrl,
    adminUrl,
    /** Resolves when it is ready. @param {number} [every] How often it is asked, ms. @param {string} [profile] */
    async serve(every, profile) {
      const profiling = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
      const server = start({
        core: 'server',
        command: process.execPath,
        args: [...profiling, binary, 'serve', 'all'],
        env,
        cwd: root,
      });
      await answers(`${adminUrl}/health/ready`, server, every);
      return server;
    },
  };
}

/** @param {HydrantOptions} options @returns {Promise<import('./target.mjs').Running>} */
export async function startHydrant({ id, title, folder, database, stored, clients = 100, counting = [], ...options }) {
  const secret = options.secret ?? randomBytes(24).toString('base64url');
  const { env, publicUrl, adminUrl, serve } = await prepareServer(database, secret, options.settings);
  // A little less than a new one has, so that new rows come behind these.
  const { from, spread } = options.storedLife ?? { from: HOUR_MS - 1_000, spread: 0 };
  const many = join(folder, `${id}-tokens`);

  const counter = start({ core: 'server', command: process.execPath, args: [counted], env, cwd: root, ipc: true });
  await answers(`${adminUrl}/health/ready`, counter);
  /** @type {import('./target.mjs').Running} */
  const running = {
    id,
    title,
    api: HYDRA,
    publicUrl,
    adminUrl,
    ...(await makeClients(adminUrl, clients)),
    folder,
    ...(database.pids && { databasePids: database.pids }),
    signWith: async (algorithm) => {
      await replaceAccessTokenKey(adminUrl, algorithm);
      return true;
    },
    stop: async () => {},
  };
  running.statements = await statementsOf(running, counter.child, counting);
  await counter.stop();

  let server = counter;
  let filledAt = 0;
  async function fill() {
    filledAt = performance.now();
    if (stored === 0) return;
    const life = { LIFE_MS: String(from), SPREAD_MS: String(spread) };
    const what = { ...life, COUNT: String(stored), FILE: many, CLIENT_ID: running.client.id };
    await run({ core: 'load', command: process.execPath, args: [preload], env: { ...env, ...what }, cwd: root });
    running.many = many;
  }
  async function restart() {
    await server.stop();
    await fill();
    server = await serve(undefined, options.profile);
    running.pid = server.pid;
  }

  await restart();
  running.written = async () => database.written(server.pid);
  running.renew = async () => {
    if (from <= HOUR_MS && performance.now() - filledAt > RENEWED_MS) await restart();
  };
  running.stop = async () => {
    await server.stop();
    rmSync(many, { force: true });
  };
  return running;
}

/**
 * One after the other, so that none travels with another's.
 * @param {import('./target.mjs').Running} target
 * @param {import('node:child_process').ChildProcess} server
 * @param {readonly import('../workloads.mjs').Workload[]} workloads
 */
async function statementsOf(target, server, workloads) {
  const counted = async () => {
    server.send('count');
    const [{ statements }] = await once(server, 'message');
    return /** @type {number[]} */ (Object.values(statements)).reduce((sum, count) => sum + count, 0);
  };
  /** @type {Record<string, number>} */
  const perRequest = {};
  for (const workload of workloads) {
    if (workload.algorithm) await target.signWith?.(workload.algorithm);
    if (workload.kind === 'flow') {
      const { go } = await openBrowsers({ ...flowJob(target, workload.remembered === true), flows: 20 });
      await counted();
      const { flows } = await go();
      perRequest[workload.id] = (await counted()) / flows;
    } else {
      const job = await jobFor({ ...target }, workload, { tool: 'undici', connections: 1, seconds: 0.1 });
      await counted();
      const { requests } = await load('undici', { ...job, once: workload.values !== 'few' });
      perRequest[workload.id] = (await counted()) / requests;
    }
  }
  return perRequest;
}
