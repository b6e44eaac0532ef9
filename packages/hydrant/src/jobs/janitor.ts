import type { Instant, Milliseconds } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import type { Flushable, TABLES } from './flush-expired.js';

/** What `hydrant janitor` clears away, in the words and the order of its success lines. */
export type Stale = 'access tokens' | 'refresh tokens' | 'login-consent requests' | 'grants';

export interface JanitorOptions {
  /** At most so many rows of each table, … */
  readonly limit: number;
  /** …and so many with each statement. */
  readonly batch: number;
  /** Rows that are younger stay, dead or not. */
  readonly keepIfYounger: Milliseconds;
  /** Where one is given, rows that are older go, dead or not. Of a kind without one only the dead go. */
  readonly lifespans: Readonly<Partial<Record<Stale, Milliseconds>>>;
}

/** The part of a store that a janitor sweeps. */
export type SweepableStore = Readonly<Record<Exclude<(typeof TABLES)[number], 'tokens'>, Flushable>> & {
  readonly tokens: Pick<Store['tokens'], 'sweep'>;
};

type Sweep = (limit: number) => Promise<number>;

/**
 * Clears away one kind of stale rows; returns how many went. The tables are those of the `flush-expired` job, which leaves
 * trusted issuers to be looked at for a while.
 *
 * `flowLifetime` is what a login and consent request lives: its row knows its end only.
 */
export async function sweepStale(
  store: SweepableStore,
  kind: Stale,
  options: JanitorOptions & { readonly now: Instant; readonly flowLifetime: Milliseconds },
): Promise<number> {
  let gone = 0;
  for (const sweep of sweepsOf(store, kind, options)) gone += await repeated(sweep, options);
  return gone;
}

function sweepsOf(
  store: SweepableStore,
  kind: Stale,
  { now, flowLifetime, keepIfYounger, lifespans }: Parameters<typeof sweepStale>[2],
): readonly Sweep[] {
  const lifespan = lifespans[kind];
  // Whatever died before this was made before it.
  const deadLong = now - keepIfYounger;
  const of =
    (table: Flushable, at: Instant = deadLong): Sweep =>
    (limit) =>
      table.flush(at, limit);
  const tokens =
    (token: 'access_token' | 'refresh_token'): Sweep =>
    (limit) =>
      lifespan === undefined
        ? store.tokens.sweep(token, deadLong, now, limit)
        : store.tokens.sweep(token, now - Math.max(keepIfYounger, lifespan), null, limit);
  switch (kind) {
    case 'access tokens':
      return [tokens('access_token')];
    case 'refresh tokens':
      return [tokens('refresh_token'), of(store.families)];
    case 'login-consent requests': {
      const madeBefore = now - Math.max(keepIfYounger, lifespan ?? flowLifetime);
      const { devices, deviceVisits, logouts, sessions } = store;
      return [of(store.flows, madeBefore + flowLifetime), of(devices), of(deviceVisits), of(logouts), of(sessions)];
    }
    case 'grants':
      return [of(store.trust), of(store.assertions)];
  }
}

async function repeated(sweep: Sweep, { limit, batch }: JanitorOptions): Promise<number> {
  let gone = 0;
  while (gone < limit) {
    const wanted = Math.min(batch, limit - gone);
    const count = await sweep(wanted);
    gone += count;
    if (count < wanted) break;
  }
  return gone;
}
