import type { Milliseconds } from '../protocol/time.js';
import type { Job } from './job.js';

/** What a crash may cost of what is known about the last use of secrets. */
const EVERY: Milliseconds = 60_000;

/** Writes down which secrets of clients were used, away from the requests that used them. */
export function recordSecretUses(secretUses: { write(): Promise<void> }): Job {
  return { name: 'record-secret-uses', every: EVERY, run: () => secretUses.write() };
}
