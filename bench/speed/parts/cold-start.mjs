/** From the start of the process to its being ready, on a database that has been served before. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { prepareServer, sqliteIn } from '../targets/hydrant.mjs';

/** Seconds. @param {string} folder @param {number} times @returns {Promise<number[]>} */
export async function coldStarts(folder, times) {
  const { serve } = await prepareServer(sqliteIn(join(folder, 'start')), randomBytes(24).toString('base64url'));
  const seconds = [];
  for (let time = 0; time <= times; time++) {
    const begun = performance.now();
    const server = await serve(4);
    seconds.push((performance.now() - begun) / 1000);
    await server.stop();
  }
  // The first one makes schema and keys.
  return seconds.slice(1);
}
