import type { Events } from '../events/index.js';
import type { Milliseconds } from '../protocol/time.js';
import type { Job } from './job.js';

export interface Scheduler {
  /** Begins; each job has its first round after one pause. */
  start(): void;
  /** Runs a job's round now, or once more where one is running; before `start` and after `stop` it does nothing. */
  kick(name: string): void;
  /** Starts nothing more and resolves when what runs has ended; never rejects. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  readonly jobs: readonly Job[];
  readonly events: Pick<Events, 'unexpected'>;
  /** Numbers from 0 up to 1 that spread the pauses by a tenth either way, so that nodes started together drift apart. */
  readonly random?: () => number;
}

/** Keeps jobs going. One job never overlaps itself, and its timer keeps no process alive. */
export function createScheduler({ jobs, events, random = () => 0.5 }: SchedulerOptions): Scheduler {
  const stopped = new AbortController();
  const runners = new Map<string, Runner>();
  return {
    start() {
      if (stopped.signal.aborted || runners.size > 0) return;
      const pauseOf = (job: Job): Milliseconds => Math.round(job.every * (0.9 + 0.2 * random()));
      for (const job of jobs) runners.set(job.name, startRunner(job, pauseOf, events, stopped.signal));
    },
    kick(name) {
      runners.get(name)?.kick();
    },
    async stop() {
      stopped.abort();
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
}

interface Runner {
  kick(): void;
  stop(): Promise<void>;
}

function startRunner(
  job: Job,
  pauseOf: (job: Job) => Milliseconds,
  events: Pick<Events, 'unexpected'>,
  signal: AbortSignal,
): Runner {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;

  function rest(): void {
    timer = setTimeout(begin, pauseOf(job)).unref();
  }
  function begin(): void {
    clearTimeout(timer);
    running = rounds().finally(() => {
      running = undefined;
      if (!signal.aborted) rest();
    });
  }
  async function rounds(): Promise<void> {
    do {
      again = false;
      try {
        await job.run(signal);
      } catch (error) {
        events.unexpected(error, `job ${job.name}`);
      }
    } while (again && !signal.aborted);
  }

  rest();
  return {
    kick() {
      if (signal.aborted) return;
      if (running === undefined) begin();
      else again = true;
    },
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}
