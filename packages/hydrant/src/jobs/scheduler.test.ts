import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job } from './job.js';
import { createScheduler } from './scheduler.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Gate {
  readonly promise: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open: () => open() };
}

const silent = { unexpected: () => undefined };

describe('a job', () => {
  test('runs again and again, one pause after it ended', async () => {
    const run = vi.fn(async () => undefined);
    const scheduler = createScheduler({ jobs: [{ name: 'a', every: 1000, run }], events: silent });
    scheduler.start();
    expect(run).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(run).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(run).toHaveBeenCalledTimes(4);
    await scheduler.stop();
  });

  test('never overlaps itself; kicks while it runs become one more round', async () => {
    const gates = [gate(), gate()];
    let [rounds, running, most] = [0, 0, 0];
    const job: Job = {
      name: 'a',
      every: 1000,
      async run() {
        most = Math.max(most, ++running);
        await gates[rounds++]?.promise;
        running--;
      },
    };
    const scheduler = createScheduler({ jobs: [job], events: silent });
    scheduler.start();
    scheduler.kick('a');
    scheduler.kick('a');
    scheduler.kick('a');
    await vi.advanceTimersByTimeAsync(5000);
    expect([rounds, most]).toEqual([1, 1]);
    gates[0]?.open();
    await vi.advanceTimersByTimeAsync(0);
    expect([rounds, most]).toEqual([2, 1]);
    gates[1]?.open();
    await vi.advanceTimersByTimeAsync(999);
    expect(rounds).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect([rounds, most]).toEqual([3, 1]);
    await scheduler.stop();
  });

  test('that throws is told of and comes again', async () => {
    const bug = new Error('bug');
    const unexpected = vi.fn();
    const run = vi.fn(async () => Promise.reject(bug));
    const scheduler = createScheduler({ jobs: [{ name: 'a', every: 1000, run }], events: { unexpected } });
    scheduler.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(unexpected.mock.calls).toEqual([
      [bug, 'job a'],
      [bug, 'job a'],
    ]);
    await scheduler.stop();
  });

  test.each([
    [0, 900],
    [0.5, 1000],
    [0.999_999, 1100],
  ])('rests for its pause and a tenth either way: %d makes %d ms', async (drawn, pause) => {
    const run = vi.fn(async () => undefined);
    const scheduler = createScheduler({ jobs: [{ name: 'a', every: 1000, run }], events: silent, random: () => drawn });
    scheduler.start();
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(run).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(1);
    await scheduler.stop();
  });
});

describe('stopping', () => {
  test('waits for what runs, tells it, and starts nothing more', async () => {
    const held = gate();
    let [rounds, aborted] = [0, false];
    const job: Job = {
      name: 'a',
      every: 1000,
      async run(signal) {
        rounds++;
        await held.promise;
        aborted = signal.aborted;
      },
    };
    const scheduler = createScheduler({ jobs: [job], events: silent });
    scheduler.start();
    scheduler.kick('a');
    scheduler.kick('a');
    let stopped = false;
    const stopping = scheduler.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(stopped).toBe(false);
    held.open();
    await stopping;
    scheduler.kick('a');
    scheduler.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect([rounds, aborted, vi.getTimerCount()]).toEqual([1, true, 0]);
  });

  test('what was never started is nothing', async () => {
    const run = vi.fn(async () => undefined);
    const scheduler = createScheduler({ jobs: [{ name: 'a', every: 1000, run }], events: silent });
    scheduler.kick('a');
    await scheduler.stop();
    expect(run).not.toHaveBeenCalled();
  });
});
