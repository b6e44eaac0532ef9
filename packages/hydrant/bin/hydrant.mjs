#!/usr/bin/env node
// The command itself is built from TypeScript; this file is committed, so that npm can link it before the first build.
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('hydrant is not built yet. Run this first, in the root of the checkout: npm run setup\n');
  process.exitCode = 1;
}
