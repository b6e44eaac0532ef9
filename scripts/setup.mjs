#!/usr/bin/env node
/**
 * Brings a checkout to the point where `hydrant` runs: packages installed, TypeScript built. No dependencies, for it runs
 * before there are any. Both steps leave a stamp of what they were made from, so a second run finds nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LEAST_NODE = [20, 19];
const modules = join(root, 'node_modules');
const dist = join(root, 'packages/hydrant/dist');
const installStamp = join(modules, '.hydrant-installed');
const buildStamp = join(dist, '.hydrant-built');

const say = (text) => process.stderr.write(`setup: ${text}\n`);
const readOr = (file, otherwise) => (existsSync(file) ? readFileSync(file, 'utf8') : otherwise);

/** Path of a tool's script under node_modules, to be run with this very Node.js (no shell, no PATH). */
export const tool = {
  tsc: join(modules, 'typescript/bin/tsc'),
  biome: join(modules, '@biomejs/biome/bin/biome'),
  vitest: join(modules, 'vitest/vitest.mjs'),
};

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new Error(
    `Hydrant needs Node.js ${LEAST_NODE.join('.')} or later (24 is recommended); this is ${process.versions.node}.`,
  );
}

/** The native SQLite driver is built for one ABI of Node.js, so that is part of what the packages were installed for. */
const platform = `abi ${process.versions.modules} ${process.platform}-${process.arch}`;

function wantedInstall() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${platform}`;
}

/** Whether somebody who ran `npm install` by hand has what the lock says already: npm's own record tells. */
function installedByHand() {
  const record = readOr(join(modules, '.package-lock.json'), '');
  if (record === '' || !readOr(installStamp, platform).endsWith(platform)) return false;
  const have = JSON.parse(record).packages ?? {};
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(want).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') || entry.optional || entry.link || have[path]?.version === entry.version,
  );
}

function install() {
  const wanted = wantedInstall();
  if (readOr(installStamp, '') === wanted) return;
  if (!installedByHand()) {
    say('installing packages (npm ci); about ten seconds, and a minute or two more where no ready-made');
    say(
      'SQLite driver can be fetched for this machine: it is then compiled here, which needs python3, make and a C++ compiler.',
    );
    const started = Date.now();
    // npm is a script on most systems and a .cmd on Windows; npm_execpath points at its JavaScript when npm started us.
    const npm = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    const options = { cwd: root, stdio: ['ignore', process.stderr, process.stderr] };
    const result = npm?.endsWith('.js')
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
    if (result.status !== 0) throw new Error('Installing the packages failed; npm says why above.');
    say(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  writeFileSync(installStamp, wanted);
}

function sources() {
  const base = join(root, 'packages/hydrant');
  const files = readdirSync(join(base, 'src'), { recursive: true })
    .map((name) => join(base, 'src', String(name)))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.suite.ts'));
  return [...files.sort(), join(base, 'tsconfig.build.json'), join(root, 'tsconfig.base.json'), installStamp];
}

/** For `hydrant version`; `undefined` in a copy without git. */
function gitHash() {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function build() {
  const hash = createHash('sha256');
  for (const file of sources())
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  const wanted = hash.digest('hex');
  if (readOr(buildStamp, '') === wanted) return;
  say('building (tsc)');
  // Built beside and swapped in, so that a server that runs from the old build keeps its files until then.
  const fresh = `${dist}.${process.pid}`;
  const old = `${dist}.${process.pid}.old`;
  try {
    const args = [tool.tsc, '-p', join(root, 'packages/hydrant/tsconfig.build.json'), '--outDir', fresh];
    const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
    if (result.status !== 0) throw new Error('The build failed; the TypeScript compiler says why above.');
    writeFileSync(
      join(fresh, 'build.json'),
      JSON.stringify({ gitHash: gitHash(), buildTime: new Date().toISOString() }),
    );
    writeFileSync(join(fresh, '.hydrant-built'), wanted);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(fresh, dist);
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Does whatever is missing. Throws an Error with a sentence for the user. */
export function setup({ withBuild = true } = {}) {
  checkNode();
  install();
  if (withBuild) build();
}

/** Runs `setup` for a script: a failure is one sentence and exit status 1. */
export function setupOrExit(options) {
  try {
    setup(options);
  } catch (error) {
    process.stderr.write(`setup: ${error.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setupOrExit();
  say('ready. `npm start` serves, `npx hydrant --help` lists the commands.');
}
