import type { Milliseconds } from '../protocol/time.js';

/** Work that is done again and again beside the requests. */
export interface Job {
  /** Unique among the jobs; stands in the log. */
  readonly name: string;
  /** The pause between the end of one round and the start of the next. */
  readonly every: Milliseconds;
  /** One round. Ends soon after `signal` aborts; may throw, which is told and costs nothing but the round. */
  run(signal: AbortSignal): Promise<void>;
}
