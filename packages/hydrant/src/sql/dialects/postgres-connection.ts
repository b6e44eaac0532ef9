import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type {
  Call,
  Connection,
  Outcome,
  SchemaChange,
  Settled,
  SnapshotRead,
  SqlValue,
  Statement,
  WriteUnit,
} from '../driver.js';
import type { PoolSettings } from '../dsn.js';
import type { OpenOptions } from './dialect.js';
import { isLost, isRetryable, translated } from './postgres-errors.js';
import { postgresListener } from './postgres-listener.js';
import { lookAt, sever, unreachable } from './postgres-presence.js';
import { type PostgresSession, postgresSession } from './postgres-session.js';
import { NOTHING, transact } from './postgres-transaction.js';
import { takeStep } from './schema-change.js';
import { Undone } from './undone.js';

export interface PostgresSettings {
  /** As {@link Connection} has it. */
  readonly location: string;
  readonly pool: PoolSettings;
  readonly client: pg.ClientConfig;
  /** Whether to go on without TLS where the server has none. */
  readonly preferTls: boolean;
  /** Whether to keep statements prepared; found out where it is not said. */
  readonly named?: boolean;
}

/** Two batches of each kind keep both sides busy; more would only be smaller (measured). */
const PARALLEL = 2;

/** Milliseconds that an answer may take. Behind it is a server that hangs, and a request that its caller gave up. */
const ANSWER_WITHIN_MS = 10_000;

/** Of a transaction that gave way to others again and again. */
const MOST_ATTEMPTS = 8;
/** Milliseconds before the second attempt; each later one waits longer. */
const PAUSE_MS = 5;

/** Among the advisory locks of a database, the one of Hydrant's migrations. */
const MIGRATION_LOCK = 0x48_79_64_72;

/** Opens a pool. Rejects with {@link DatabaseUnusable} where no connection is to be had. */
export async function openPostgres(settings: PostgresSettings, options: OpenOptions): Promise<Connection> {
  const { location } = settings;
  let client = { ...settings.client, types: numbersAsNumbers() };
  try {
    const seen = await lookAt(client).catch((error: unknown) => {
      if (!settings.preferTls || !/does not support SSL/.test(String(error))) throw error;
      client = { ...client, ssl: false };
      return lookAt(client);
    });
    const named = settings.named ?? seen.direct;
    const pool = openPool(client, settings.pool);
    return postgresConnection(
      { pool, client, location, listens: seen.direct, options },
      postgresSession(named, options.onStatement),
    );
  } catch (error) {
    throw translated(location, error);
  }
}

function openPool(client: pg.ClientConfig, { most, mostIdle, lifetime, idleTime }: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    ...client,
    pipeline: true,
    query_timeout: ANSWER_WITHIN_MS,
    max: most,
    // The driver ends what is idle for long only beyond this number.
    min: idleTime > 0 ? 0 : mostIdle,
    ...(idleTime > 0 && { idleTimeoutMillis: idleTime }),
    ...(lifetime > 0 && { maxLifetimeSeconds: Math.ceil(lifetime / 1_000) }),
  });
  // A connection that dies between two uses is nobody's failure; the next use notices.
  pool.on('error', () => undefined);
  pool.on('connect', (connected) => connected.on('error', () => undefined));
  return pool;
}

/** A bigint as a number: instants and counts are far below 2^53. */
function numbersAsNumbers(): pg.CustomTypesConfig {
  const BIGINT = 20;
  return {
    getTypeParser: ((oid: number, format: 'text' | 'binary' = 'text') =>
      oid === BIGINT && format === 'text'
        ? Number
        : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  };
}

interface Opened {
  readonly pool: pg.Pool;
  readonly client: pg.ClientConfig;
  readonly location: string;
  readonly listens: boolean;
  readonly options: OpenOptions;
}

function postgresConnection({ pool, client: config, location, listens }: Opened, session: PostgresSession): Connection {
  const listener = postgresListener(config);
  const connected = new Set<pg.PoolClient>();
  // How often everything was given up. What was under way then is nobody's any more, and is not begun again.
  let abandoned = 0;
  pool.on('connect', (client) => connected.add(client));
  pool.on('remove', (client) => connected.delete(client));

  /** Hands out a connection; one on which something was lost is not used again. */
  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = isLost(error);
      throw error;
    } finally {
      if (broken) sever(client);
      client.release(broken);
    }
  }

  async function read(calls: readonly Call[]): Promise<readonly Settled<readonly unknown[]>[]> {
    const settle = () => withClient((client) => readOn(client, calls, session));
    const since = abandoned;
    try {
      return await settle().catch((error: unknown) => {
        // A connection that died while it was idle is found dead now; a look-up may simply be asked again.
        if (isLost(error) && since === abandoned) return settle();
        throw error;
      });
    } catch (error) {
      throw translated(location, error);
    }
  }

  async function write(units: readonly WriteUnit[]): Promise<readonly Settled<Outcome>[]> {
    const outcome = await attempt(units);
    if (outcome.ok && outcome.value) return outcome.value.map((value) => ({ ok: true, value }));
    if (units.length === 1) return [outcome.ok ? { ok: true, value: NOTHING } : outcome];
    // One of them failed, and took the others with it: each for itself, so that only that one does.
    return Promise.all(units.map(alone));
  }

  async function alone(unit: WriteUnit): Promise<Settled<Outcome>> {
    const outcome = await attempt([unit]);
    return outcome.ok ? { ok: true, value: outcome.value?.[0] ?? NOTHING } : outcome;
  }

  /** Runs units in one transaction; `undefined` where one was undone. Rejects where it is unknown whether it was committed. */
  async function attempt(units: readonly WriteUnit[]): Promise<Settled<readonly Outcome[] | undefined>> {
    const since = abandoned;
    for (let tries = 1; ; tries += 1) {
      const progress = { committing: false };
      try {
        return { ok: true, value: await withClient((client) => undoing(client, units, progress)) };
      } catch (error) {
        if (error instanceof Undone) return { ok: true, value: undefined };
        const again = isRetryable(error) || (isLost(error) && !progress.committing && tries === 1);
        if (again && tries < MOST_ATTEMPTS && since === abandoned) {
          await sleep(PAUSE_MS * tries);
          continue;
        }
        if (isLost(error)) throw translated(location, error);
        return { ok: false, error: translated(location, error) };
      }
    }
  }

  /** A connection goes back without a transaction on it, whatever became of the work. */
  async function undoing(client: pg.ClientBase, units: readonly WriteUnit[], progress: { committing: boolean }) {
    try {
      return await transact(client, units, session, progress);
    } catch (error) {
      if (!isLost(error)) await session.frame(client, 'ROLLBACK');
      throw error;
    }
  }

  /** On a connection of its own, for a step may take longer than any answer. */
  async function changeSchema(change: SchemaChange): Promise<boolean> {
    const client = new pg.Client(config);
    client.on('error', () => undefined);
    try {
      await client.connect();
      await session.frame(client, 'BEGIN');
      await session.frame(client, `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      // Whoever waits for a table behind a long query lets nobody else to it meanwhile; better to give up and be run again.
      await session.frame(client, "SET LOCAL lock_timeout = '15s'");
      const taken = await takeStep(change, (call) => session.run(client, call));
      await session.frame(client, 'COMMIT');
      return taken;
    } catch (error) {
      throw translated(location, error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function snapshot<T>(work: (read: SnapshotRead) => Promise<T>): Promise<T> {
    try {
      return await withClient(async (client) => {
        await session.frame(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        try {
          return await work(async <R>(statement: Statement<R>, ...values: readonly SqlValue[]) => {
            return (await session.run(client, { statement, values })).rows as readonly R[];
          });
        } finally {
          await session.frame(client, 'ROLLBACK').catch(() => undefined);
        }
      });
    } catch (error) {
      throw translated(location, error);
    }
  }

  return {
    location,
    parallel: PARALLEL,
    snapshot,
    read,
    write,
    changeSchema,
    changedElsewhere: async () => true,
    listen: (heard) => {
      // A pooler gives no connection to keep; the poll has to do.
      if (listens) listener.start(heard);
    },
    unreachable: () => unreachable(location, config),
    abandon: () => {
      abandoned += 1;
      for (const client of connected) sever(client);
    },
    close: async () => {
      await listener.stop();
      await pool.end();
    },
  };
}

async function readOn(
  client: pg.ClientBase,
  calls: readonly Call[],
  session: PostgresSession,
): Promise<readonly Settled<readonly unknown[]>[]> {
  const groups = groupsOf(calls);
  const settled: Settled<readonly unknown[]>[] = new Array(calls.length);
  await Promise.all(
    [...groups.values()].map(async (places) => {
      try {
        const found = await session.lookUp(
          client,
          places.flatMap((place) => calls[place] ?? []),
        );
        for (const [index, place] of places.entries()) settled[place] = { ok: true, value: found[index] ?? [] };
      } catch (error) {
        if (isLost(error)) throw error;
        for (const place of places) settled[place] = { ok: false, error };
      }
    }),
  );
  return settled;
}

function groupsOf(calls: readonly Call[]): Map<Call['statement'], number[]> {
  const groups = new Map<Call['statement'], number[]>();
  for (const [place, { statement }] of calls.entries()) {
    const group = groups.get(statement);
    if (group) group.push(place);
    else groups.set(statement, [place]);
  }
  return groups;
}
