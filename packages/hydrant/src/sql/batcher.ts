import type { Settled } from './driver.js';

/** Gathers what arrives together and hands it over in batches; each caller gets their own answer. */
export interface Batcher<In, Out> {
  add(item: In): Promise<Out>;
  /** Takes nothing more, and resolves when everything taken is answered. */
  close(): Promise<void>;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (value: Out) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit: what arrives in one turn of the event loop, or while `parallel` batches are under way, goes into one batch
 * of at most `size`, and all its callers are answered together when `handle` is done. Answering a turn at once is what makes
 * the server fast under load: their responses leave in one turn, too. If `handle` rejects, so does everything in its batch.
 */
export function batcher<In, Out>(
  size: number,
  parallel: number,
  handle: (batch: readonly In[]) => Promise<readonly Settled<Out>[]>,
): Batcher<In, Out> {
  let queue: Waiting<In, Out>[] = [];
  let busy = 0;
  let waiting = false;
  let closed = false;
  let idle: (() => void)[] = [];

  async function work(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, size);
      queue = queue.slice(size);
      await answer(batch, handle);
    }
    busy -= 1;
    if (busy > 0) return;
    for (const done of idle) done();
    idle = [];
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error('The store is closed.'));
          return;
        }
        queue.push({ item, resolve, reject });
        // One that waits for the end of this turn takes along whatever the turn brings.
        if (waiting || busy === parallel) return;
        waiting = true;
        busy += 1;
        setImmediate(() => {
          waiting = false;
          void work();
        });
      }),
    close: () => {
      closed = true;
      return busy > 0 ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve();
    },
  };
}

async function answer<In, Out>(
  batch: readonly Waiting<In, Out>[],
  handle: (batch: readonly In[]) => Promise<readonly Settled<Out>[]>,
): Promise<void> {
  try {
    const results = await handle(batch.map(({ item }) => item));
    batch.forEach(({ resolve, reject }, index) => {
      const result = results[index];
      if (result?.ok) resolve(result.value);
      else reject(result ? result.error : new Error('The database left a question unanswered.'));
    });
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
