/** A whole run: servers up, rounds, the parts beside them, servers down. */
import { join } from 'node:path';
import { findPostgres, startPostgres } from './databases/postgres.mjs';
import { bestTool, toolNamed } from './load/load.mjs';
import { describeMachine } from './machine.mjs';
import { check } from './measure.mjs';
import { coldStarts } from './parts/cold-start.mjs';
import { growth } from './parts/growth.mjs';
import { memoryAfterTokens } from './parts/memory.mjs';
import { runRounds } from './rounds.mjs';
import { startHello } from './targets/hello.mjs';
import { connectPeer } from './targets/hydra-peer.mjs';
import { postgresNamed, sqliteIn, startHydrant } from './targets/hydrant.mjs';
import { installPeers, startOidcProvider } from './targets/oidc-provider.mjs';
import { chosen, HELLO, WORKLOADS } from './workloads.mjs';

/**
 * @typedef {object} RunOptions
 * @property {'full' | 'quick' | 'smoke'} mode
 * @property {string} version
 * @property {string} folder Of this run.
 * @property {string} cache What is kept for later runs.
 * @property {string[] | undefined} only
 * @property {string[] | undefined} targets
 * @property {number} [rounds]
 * @property {number} [seconds]
 * @property {number} [rows]
 * @property {string | undefined} peer
 * @property {number} [peerPid]
 * @property {number} patience
 * @property {string | undefined} tool
 * @property {string} [profile] Where profiles go.
 * @property {(text: string) => void} say
 */

const PLANS = {
  full: { rounds: 5, seconds: 3, shortSeconds: 1, stored: 200_000, connections: [1, 8, 64], starts: 7 },
  quick: { rounds: 1, seconds: 1, shortSeconds: 1, stored: 200_000, connections: [1, 8, 64], starts: 3 },
  smoke: { rounds: 1, seconds: 0.15, shortSeconds: 0.15, stored: 2_000, connections: [4], starts: 1 },
};

const MILLION = { tokens: 1_000_000, seconds: 10, idleSeconds: 60 };
const FEW_TOKENS = { tokens: 2_000, seconds: 1, idleSeconds: 1 };

/** One of each kind. */
const SMOKE = ['client_credentials-es256', 'introspection', 'refresh', 'revocation', 'flow-remembered', 'client-list'];

/** @param {RunOptions} options @returns {Promise<import('./results.mjs').Results>} */
export async function performRun({ mode, version, folder, cache, only, say, ...options }) {
  const { starts, stored, ...planned } = PLANS[mode];
  const plan = {
    ...planned,
    rounds: options.rounds ?? planned.rounds,
    seconds: options.seconds ?? planned.seconds,
    tool: toolNamed(options.tool) ?? (mode === 'smoke' ? 'undici' : bestTool()),
    patience: options.patience,
  };
  const wants = (/** @type {string} */ name) =>
    options.targets?.includes(name) ?? !(mode === 'smoke' && name === 'oidc-provider');
  const part = (/** @type {string} */ name) => only?.includes(name) ?? true;
  if (plan.tool === 'autocannon' || wants('oidc-provider')) await installPeers();
  if (plan.tool === 'autocannon')
    say('wrk is not installed: the load comes from autocannon, which measures no more than 35,000 a second');
  const workloads = mode === 'smoke' && !only ? WORKLOADS.filter(({ id }) => SMOKE.includes(id)) : chosen(only);

  /** @type {import('./results.mjs').Results} */
  const results = {
    at: new Date().toISOString(),
    mode,
    version,
    machine: describeMachine(),
    tool: plan.tool,
    stored,
    rounds: plan.rounds,
    seconds: plan.seconds,
    connections: plan.connections,
    targets: [],
    workloads: workloads.map(({ id, title }) => ({ id, title })),
    statements: {},
    samples: [],
  };

  if (workloads.length > 0) {
    const { targets, stop, postgres } = await open({
      folder,
      stored,
      workloads,
      clients: mode === 'smoke' ? 20 : 100,
      wants,
      say,
      ...options,
    });
    try {
      await warm(targets, workloads, plan, mode);
      results.samples = await runRounds(plan, targets, workloads, say);
      if (postgres) results.postgres = postgres.version;
      results.targets = targets.map(({ id, title }) => ({ id, title }));
      results.statements = Object.fromEntries(targets.map(({ id, statements = {} }) => [id, statements]));
    } finally {
      await stop();
    }
  }
  if (part('start') && (mode !== 'smoke' || only)) {
    say('cold starts');
    results.start = await coldStarts(folder, starts);
  }
  if (part('memory') && (mode === 'full' || only)) {
    const how = mode === 'full' ? MILLION : FEW_TOKENS;
    say(`${how.tokens.toLocaleString('en-GB')} tokens, for what they leave in memory`);
    results.memory = await memoryAfterTokens(folder, { tool: plan.tool, ...how });
  }
  if (part('growth') && options.rows !== undefined) {
    const engines = /** @type {const} */ (['sqlite', 'postgres']).filter(wants);
    results.growth = await growth({ cache, rows: options.rows, engines, ...plan, say });
  }
  return results;
}

/**
 * @param {Pick<RunOptions, 'folder' | 'peer' | 'peerPid' | 'profile' | 'say'> & { stored: number, clients: number, wants: (name: string) => boolean,
 *   workloads: readonly import('./workloads.mjs').Workload[] }} options
 */
async function open({ folder, stored, clients, workloads, wants, peer, peerPid, profile, say }) {
  /** @type {import('./targets/target.mjs').Running[]} */
  const targets = [];
  /** @type {import('./databases/postgres.mjs').Postgres | undefined} */
  let postgres;
  const common = {
    folder,
    stored,
    clients,
    counting: workloads.filter(({ on }) => on.includes('hydra')),
    ...(profile !== undefined && { profile }),
  };
  try {
    targets.push(await startHello(folder));
    if (wants('sqlite')) {
      say('starting Hydrant on SQLite');
      const database = sqliteIn(join(folder, 'sqlite'));
      targets.push(await startHydrant({ ...common, id: 'hydrant-sqlite', title: 'Hydrant, SQLite', database }));
    }
    if (wants('postgres') && findPostgres() === undefined) say('npm brought no PostgreSQL for this kind of machine');
    else if (wants('postgres')) {
      say('starting PostgreSQL and Hydrant on it');
      postgres = await startPostgres(join(folder, 'postgres'));
      const database = await postgresNamed(postgres, 'bench');
      targets.push(await startHydrant({ ...common, id: 'hydrant-postgres', title: 'Hydrant, PostgreSQL', database }));
    }
    if (wants('oidc-provider')) {
      say('starting oidc-provider');
      targets.push(await startOidcProvider(folder));
    }
    if (peer !== undefined) targets.push(await connectPeer(peer, { folder, pid: peerPid }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { targets, stop, postgres };

  async function stop() {
    for (const target of targets) await target.stop();
    await postgres?.stop();
  }
}

/** Code that is hot from the first round on. @param {readonly import('./targets/target.mjs').Running[]} targets @param {readonly import('./workloads.mjs').Workload[]} workloads @param {import('./rounds.mjs').Plan} plan @param {RunOptions['mode']} mode */
async function warm(targets, workloads, plan, mode) {
  if (mode === 'smoke') return;
  const few = { ...plan, rounds: 1, seconds: 1, connections: [64], patience: 0 };
  const [hello] = targets;
  if (hello) await check(hello, HELLO.get);
  await runRounds(few, targets, mode === 'full' ? workloads : workloads.filter(({ central }) => central), () => {});
}
