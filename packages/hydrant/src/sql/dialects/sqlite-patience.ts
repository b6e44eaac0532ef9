import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './sqlite-errors.js';

const LONGEST_PAUSE_MS = 25;

/**
 * Tries again while another process holds the lock, for `limitMs` in all. SQLite's own waiting would block the thread, and
 * with it every request that needs no lock.
 */
export async function patiently<T>(limitMs: number, attempt: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  try {
    for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error) || late) throw error;
      }
      // The attempts take their time too, so pauses that are added up would be far too few.
      timer ??= setTimeout(() => {
        late = true;
      }, limitMs);
      await sleep(pause);
    }
  } finally {
    clearTimeout(timer);
  }
}
