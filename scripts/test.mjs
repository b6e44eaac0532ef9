#!/usr/bin/env node
/**
 * `npm test`: set-up, lint, types and every test, closed by one plain line `N passed, N failed, N skipped`.
 * Lint and types count as one test each. Arguments narrow the tests: `npm test -- src/config`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setup, setupOrExit, tool } from './setup.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = [];

function pass(passed, name) {
  if (passed) count.passed++;
  else {
    count.failed++;
    failures.push(name);
  }
}

const run = (args) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;

/** Adds up vitest's JSON report. A file that could not even be loaded has no tests in it and counts as one failure. */
function readReport(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const suite of report.testResults) {
    const name = suite.name.startsWith(root) ? suite.name.slice(root.length + 1) : suite.name;
    if (suite.assertionResults.length === 0 && suite.status === 'failed') pass(false, `${name} (did not load)`);
    for (const test of suite.assertionResults) {
      const full = `${name}: ${test.fullName}`;
      if (test.status === 'passed' || test.status === 'failed') pass(test.status === 'passed', full);
      else {
        count.skipped++;
        skips.push(full);
      }
    }
  }
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-test-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const green = run([tool.vitest, 'run', ...reporters, ...process.argv.slice(2)]);
  const before = count.failed;
  try {
    readReport(file);
  } catch (error) {
    pass(false, `vitest left no report (${error.message})`);
  }
  // Errors outside of any test (an unhandled rejection, say) turn vitest red without a failed test.
  if (!green && count.failed === before) pass(false, 'vitest: an error outside of any test');
  rmSync(folder, { recursive: true, force: true });
}

setupOrExit({ withBuild: false });
try {
  setup();
} catch {
  // The compiler has said why. The tests beside the sources can still tell something.
  pass(false, 'build (tsc)');
}
pass(run([tool.biome, 'check', '.']), 'lint (biome check)');
pass(run([tool.tsc, '-p', 'packages/hydrant', '--noEmit']), 'types (tsc)');
runTests();

if (skips.length > 0)
  process.stdout.write(`\nSkipped, each with its reason:\n${skips.map((name) => `  - ${name}\n`).join('')}`);
if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.map((name) => `  - ${name}\n`).join('')}`);
process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
