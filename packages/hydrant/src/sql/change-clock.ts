import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';

/** What nodes keep in memory and must hear about. */
export type Topic = 'client' | 'jwk';

interface ClockRow {
  readonly topic: string;
  readonly version: number;
}

const all = statement<ClockRow>('change_clock.read', 'SELECT topic, version FROM change_clock');
const advance = statement('change_clock.advance', 'INSERT INTO change_clock (topic, version) VALUES (?, 1)', {
  onConflict: { columns: 'topic', set: 'version = change_clock.version + 1' },
  announces: true,
});

/** Half of the second that the stores promise, for a poll may come late. */
const POLL_MS = 500;

/** Belongs into the unit of every write to what others keep in memory. */
export function tell(topic: Topic): Call {
  return call(advance, topic);
}

/**
 * Calls `forget` for each topic that another process wrote to, within a second: at once where the engine passes on what is
 * announced, and else with the next poll. An idle poll asks the database nothing that costs. Returns how to stop.
 */
export function listenToOthers(database: Database, forget: (topic: string) => void): () => void {
  const seen = new Map<string, number>();
  let behind = false;
  let asking = false;

  async function look(): Promise<void> {
    // Stays set until the clock was really read, for the database tells of a change only once.
    behind = (await database.changedElsewhere()) || behind;
    if (!behind) return;
    const rows = await database.read(all);
    behind = false;
    for (const { topic, version } of rows) {
      if (seen.get(topic) === version) continue;
      seen.set(topic, version);
      forget(topic);
    }
  }

  async function poll(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      await look();
    } catch {
      // A database that does not answer is noticed by `ready` and by whoever needs it; the next poll tries again.
    } finally {
      asking = false;
    }
  }

  database.listen(forget);
  const timer = setInterval(() => void poll(), POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
