/** The built server in a process that counts its statements: `serve` cannot be asked for that. Answers `count` with the names. */
import { startServer } from '../../../packages/hydrant/dist/compose.js';
import { loadConfig } from '../../../packages/hydrant/dist/config/index.js';

/** @type {Record<string, number>} */
let statements = {};
const server = await startServer(loadConfig({ env: process.env, command: 'serve' }), {
  listeners: 'all',
  onStatement: (name) => (statements[name] = (statements[name] ?? 0) + 1),
});
process.on('message', () => {
  process.send?.({ statements });
  statements = {};
});
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
process.on('disconnect', () => process.exit(0));
