import type { DatabaseUnusable } from './driver.js';

/** Hears once when the database begins to fail, and once when it works again; for people, not for every request. */
export interface OutageEvents {
  failing?(reason: DatabaseUnusable): void;
  working?(): void;
}

/** A full disk refuses writes and answers look-ups, so that one says nothing about the other. */
export type Kind = 'read' | 'write';

/** Makes outages of many answers. */
export interface Health {
  failed(kind: Kind, reason: DatabaseUnusable): void;
  worked(kind: Kind): void;
  /** Whatever failed works again. */
  over(): void;
  close(): void;
}

/** Without a failure for so long, and with an answer, it works again. */
const CALM_MS = 1_000;

export function watchHealth(events: OutageEvents): Health {
  /** What fails, with whether it did and whether it worked since the last look. */
  const failing = new Map<Kind, { failed: boolean; worked: boolean }>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    for (const [kind, seen] of failing) {
      if (seen.worked && !seen.failed) failing.delete(kind);
      else failing.set(kind, { failed: false, worked: false });
    }
    if (failing.size === 0) end();
  }

  function end(): void {
    clearInterval(timer);
    events.working?.();
  }

  return {
    failed(kind, reason) {
      const isNew = failing.size === 0;
      failing.set(kind, { failed: true, worked: false });
      if (!isNew) return;
      events.failing?.(reason);
      timer = setInterval(look, CALM_MS).unref();
    },
    worked(kind) {
      const seen = failing.get(kind);
      if (seen) seen.worked = true;
    },
    over() {
      if (failing.size === 0) return;
      failing.clear();
      end();
    },
    close: () => clearInterval(timer),
  };
}
