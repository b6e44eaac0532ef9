#!/usr/bin/env node
/** `npm run check`: the fast inner loop. Lint, types and the tests beside the sources, side by side; no build, no servers. */
import { spawn } from 'node:child_process';
import { root, setupOrExit, tool } from './setup.mjs';

/** Runs a tool, keeps its output back until it ended (three at once would interleave) and shows it where it failed. */
function step(name, args) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (status) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (status !== 0) process.stdout.write(`${Buffer.concat(output).toString()}\n`);
      process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
      resolve(status === 0);
    });
  });
}

setupOrExit({ withBuild: false });
const results = await Promise.all([
  step('lint', [tool.biome, 'check', '.']),
  step('types', [tool.tsc, '-p', 'packages/hydrant', '--noEmit']),
  step('unit tests', [tool.vitest, 'run', '--project', 'unit', '--reporter=dot', ...process.argv.slice(2)]),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
