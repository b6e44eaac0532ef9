import { type Connection, DatabaseUnusable, type Settled } from './driver.js';
import { type Kind, type OutageEvents, watchHealth } from './health.js';

/** An answer that takes longer than this is reason to ask whether anybody is there. */
const SLOW_MS = 1_000;
/** Between two questions whether it is there again. */
const PAUSE_MS = 500;

/**
 * The connection, which does not let everybody wait for a database that is gone. An answer that is lost or slow has it
 * looked for; where it cannot be reached and nothing else was answered meanwhile, whatever waits for it fails at once, and
 * so does what comes, until somebody is there again. Whether a write that failed so was carried out is unknown.
 */
export function failFast(connection: Connection, events: OutageEvents): Connection {
  const waiting = new Set<(reason: DatabaseUnusable) => void>();
  const health = watchHealth(events);
  let gone: DatabaseUnusable | undefined;
  let answers = 0;
  let looking = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (looking || gone || closed) return;
    looking = true;
    const before = answers;
    const reason = await connection.unreachable();
    looking = false;
    // What was answered meanwhile shows that it is there; a new connection may fail for other reasons.
    if (!reason || closed || answers !== before) return;
    gone = reason;
    health.failed('read', reason);
    health.failed('write', reason);
    for (const giveUp of waiting) giveUp(reason);
    connection.abandon();
    rest();
  }

  function rest(): void {
    timer = setTimeout(() => void lookAgain(), PAUSE_MS).unref();
  }

  async function lookAgain(): Promise<void> {
    const reason = await connection.unreachable();
    if (closed) return;
    if (reason) {
      gone = reason;
      rest();
    } else {
      gone = undefined;
      health.over();
    }
  }

  /** What the work resolves to, or a rejection as soon as the database is given up. */
  function orGivenUp<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      waiting.add(reject);
      work.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  }

  async function run<T>(kind: Kind, work: () => Promise<readonly Settled<T>[]>): Promise<readonly Settled<T>[]> {
    if (gone) throw gone;
    const slow = setInterval(() => void look(), SLOW_MS);
    try {
      const settled = await orGivenUp(work());
      const failure = settled.find(isFailure);
      if (failure) failed(kind, failure.error);
      else worked(kind);
      return settled;
    } catch (error) {
      if (error instanceof DatabaseUnusable) failed(kind, error);
      throw error;
    } finally {
      clearInterval(slow);
    }
  }

  function failed(kind: Kind, reason: DatabaseUnusable): void {
    health.failed(kind, reason);
    if (reason.unreachable) void look();
  }

  function worked(kind: Kind): void {
    answers += 1;
    health.worked(kind);
  }

  return {
    ...connection,
    read: (calls) => run('read', () => connection.read(calls)),
    write: (units) => run('write', () => connection.write(units)),
    close: () => {
      closed = true;
      clearTimeout(timer);
      health.close();
      if (gone) connection.abandon();
      return connection.close();
    },
  };
}

function isFailure<T>(settled: Settled<T>): settled is { readonly ok: false; readonly error: DatabaseUnusable } {
  return !settled.ok && settled.error instanceof DatabaseUnusable;
}
