#!/usr/bin/env node
/** `npm start`: sets up what is missing, then serves in development mode. Further arguments go to the command. */
import { root, setupOrExit } from './setup.mjs';

setupOrExit();
process.chdir(root);
// The same process goes on as the server, so that Ctrl-C and SIGTERM reach it without a go-between.
process.argv.splice(
  2,
  Number.POSITIVE_INFINITY,
  'serve',
  'all',
  '--dev',
  '-c',
  'scripts/start.yaml',
  ...process.argv.slice(2),
);
await import('../packages/hydrant/bin/hydrant.mjs');
