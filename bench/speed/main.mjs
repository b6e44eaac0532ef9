#!/usr/bin/env node
/**
 * `npm run bench`: how fast Hydrant is, beside a bare Fastify and beside oidc-provider, in one run on this machine.
 *
 *   --quick              about three minutes; fewer and shorter rounds
 *   --smoke              seconds; checks that the bench works, and its figures mean nothing
 *   --only a,b           only these workloads (`flow*` for all that begin so), or parts: start, memory, growth
 *   --targets a,b        only these servers: sqlite, postgres, oidc-provider
 *   --rounds N           --seconds N   how often and how long
 *   --rows N             growth as well: the same work on tables of N rows, 10000000 say; they are kept for the next time
 *   --peer URL[,URL]     any server that speaks as Hydra 2, by its public and admin address; --peer-pid N to count its CPU time
 *   --tool NAME          loads with wrk, autocannon or undici, whatever is installed
 *   --profile DIR        leaves a CPU profile of each of Hydrant's servers there; best with --only
 *   --patience S         waits so long for a quiet machine before each round
 *   --json FILE          where everything goes; data/speed.json by default
 *   --docs               puts figures and picture into docs/performance.md; with --from FILE those of an earlier run
 *   --cache DIR          where databases are made; it has to be a real disk
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setupOrExit } from '../../scripts/setup.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    only: { type: 'string' },
    targets: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    rows: { type: 'string' },
    peer: { type: 'string' },
    'peer-pid': { type: 'string' },
    patience: { type: 'string', default: '0' },
    tool: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'string' },
    from: { type: 'string' },
    cache: { type: 'string' },
  },
});
setupOrExit();
const { describe } = await import('./report.mjs');
const { publish } = await import('./document.mjs');
const { performRun } = await import('./run.mjs');

const say = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`);
const list = (/** @type {string | undefined} */ text) => text?.split(',').filter((name) => name !== '');

/** @returns {Promise<import('./results.mjs').Results>} */
async function measured() {
  const cache = resolve(options.cache ?? join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'hydrant-bench'));
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'run-'));
  // The database's user has to get through.
  chmodSync(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return performRun({
    mode: options.smoke ? 'smoke' : options.quick ? 'quick' : 'full',
    version:
      spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '',
    folder,
    cache,
    only: list(options.only),
    targets: list(options.targets),
    ...(options.rounds !== undefined && { rounds: Number(options.rounds) }),
    ...(options.seconds !== undefined && { seconds: Number(options.seconds) }),
    ...(options.rows !== undefined && { rows: Number(options.rows) }),
    peer: options.peer,
    ...(options['peer-pid'] !== undefined && { peerPid: Number(options['peer-pid']) }),
    patience: Number(options.patience),
    tool: options.tool,
    ...(options.profile !== undefined && { profile: resolve(options.profile) }),
    say,
  });
}

const run = options.from === undefined ? await measured() : JSON.parse(readFileSync(resolve(options.from), 'utf8'));
if (options.from === undefined) {
  const file = resolve(options.json ?? join(root, 'data/speed.json'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(run)}\n`);
  say(`\neverything is in ${file}`);
}
say(`\n${describe(run)}`);
if (options.docs) publish(run);
process.exit(0);
