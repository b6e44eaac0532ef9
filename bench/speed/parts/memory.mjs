/** What the process holds when it has issued a million tokens and has nothing to do. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { load } from '../load/load.mjs';
import { rssOf } from '../machine.mjs';
import { sqliteIn, startHydrant } from '../targets/hydrant.mjs';
import { jobFor } from '../targets/target.mjs';
import { WORKLOADS } from '../workloads.mjs';

/**
 * @param {string} folder
 * @param {{ tool: import('../load/load.mjs').Tool, tokens: number, seconds: number, idleSeconds: number }} options
 * @returns {Promise<import('../results.mjs').Results['memory']>}
 */
export async function memoryAfterTokens(folder, { tool, tokens, seconds, idleSeconds }) {
  const database = sqliteIn(join(folder, 'memory'));
  const server = await startHydrant({ id: 'memory', title: '', folder, database, stored: 0, clients: 0 });
  const work = WORKLOADS.find(({ id }) => id === 'client_credentials');
  if (!work) throw new Error('There is no such work.');
  const held = () => rssOf(server.pid ?? 0) ?? Number.NaN;
  const fresh = held();
  let [issued, busiest] = [0, fresh];
  while (issued < tokens) {
    const { requests } = await load(tool, await jobFor(server, work, { tool, connections: 64, seconds }));
    if (requests === 0) throw new Error('No tokens are issued.');
    issued += requests;
    busiest = Math.max(busiest, held());
  }
  await pause(idleSeconds * 1000);
  const idle = held();
  await server.stop();
  return { tokens: issued, fresh, busiest, idle };
}
