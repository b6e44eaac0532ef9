import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise';
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
import { DatabaseUnusable } from '../driver.js';
import type { PoolSettings } from '../dsn.js';
import type { OpenOptions } from './dialect.js';
import { hasNoTls, isLost, isRetryable, isThereAlready, translated } from './mysql-errors.js';
import { socketOf, unreachable } from './mysql-presence.js';
import { isOneStatement, query, type RunCall, runCalls, UNLIMITED } from './mysql-session.js';
import { takeStep } from './schema-change.js';
import { Undone } from './undone.js';

export interface MysqlSettings {
  /** As {@link Connection} has it. */
  readonly location: string;
  readonly pool: PoolSettings;
  readonly client: Pick<
    PoolOptions,
    'user' | 'password' | 'database' | 'host' | 'port' | 'socketPath' | 'ssl' | 'connectTimeout'
  >;
  /** Whether to go on without TLS where the server has none. */
  readonly preferTls: boolean;
}

/** Of a transaction that gave way to others again and again. */
const MOST_ATTEMPTS = 8;
/** Milliseconds before the second attempt; each later one waits longer. */
const PAUSE_MS = 5;
/** Locks are the server's, not a database's. */
const LOCK = "CONCAT('hydrant_migrate_', MD5(DATABASE()))";
const LOCK_WAIT_S = 60;

/**
 * What every connection is told first. Double quotes are for names, as everywhere; what does not fit is an error; and no
 * gaps are locked, so that nodes that insert and delete in one table do not wait for each other.
 */
const SESSION = `SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES,STRICT_ALL_TABLES'),
  SESSION innodb_lock_wait_timeout = 5`;
const ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

/** Opens a pool. Rejects with {@link DatabaseUnusable} where no connection is to be had. */
export async function openMysql(settings: MysqlSettings, options: OpenOptions): Promise<Connection> {
  const { location, preferTls, client } = settings;
  try {
    return await connected(settings, options).catch((error: unknown) => {
      if (!preferTls || !hasNoTls(error)) throw error;
      const { ssl: _, ...plain } = client;
      return connected({ ...settings, client: plain }, options);
    });
  } catch (error) {
    throw translated(location, error);
  }
}

async function connected(
  { location, pool: settings, client }: MysqlSettings,
  options: OpenOptions,
): Promise<Connection> {
  const { most, mostIdle, idleTime } = settings;
  const pool = mysql.createPool({
    ...client,
    charset: 'utf8mb4',
    connectionLimit: most,
    // The driver ends what is idle for long only beyond this number.
    maxIdle: idleTime > 0 ? 0 : mostIdle,
    ...(idleTime > 0 && { idleTimeout: idleTime }),
    enableKeepAlive: true,
  });
  const sockets = new Set<Duplex>();
  pool.on('connection', (connection) => {
    const socket = socketOf(connection);
    if (socket) sockets.add(socket.once('close', () => sockets.delete(socket)));
    // First in the connection's own queue; where it fails, so will what comes behind it.
    connection.query(SESSION);
    connection.query(ISOLATION);
  });
  try {
    (await pool.getConnection()).release();
    const gone = () => unreachable(location, client);
    return mysqlConnection({ pool, sockets, location, settings, unreachable: gone }, options.onStatement);
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw error;
  }
}

interface Opened extends Pick<Connection, 'location' | 'unreachable'> {
  readonly pool: Pool;
  readonly sockets: ReadonlySet<Duplex>;
  readonly settings: PoolSettings;
}

function mysqlConnection(
  { pool, sockets, location, settings: { most, lifetime }, unreachable }: Opened,
  onStatement: OpenOptions['onStatement'],
): Connection {
  // How often everything was given up. What was under way then is nobody's any more, and is not begun again.
  let abandoned = 0;
  const run = runCalls(onStatement);
  const runLong = runCalls(onStatement, UNLIMITED);
  /** By the server's number for them. */
  const tooOld = new Set<number>();
  if (lifetime > 0) {
    pool.on('connection', ({ threadId }) => {
      setTimeout(() => tooOld.add(threadId), lifetime).unref();
    });
  }

  async function take(): Promise<PoolConnection> {
    for (;;) {
      const connection = await pool.getConnection();
      if (!tooOld.delete(connection.threadId)) return connection;
      connection.destroy();
    }
  }

  /** Hands out a connection; one on which something was lost is not used again. */
  async function withConnection<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await take();
    try {
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      if (isLost(error)) {
        connection.destroy();
        socketOf(connection.connection)?.destroy();
      } else connection.release();
      throw error;
    }
  }

  async function read(calls: readonly Call[]): Promise<readonly Settled<readonly unknown[]>[]> {
    return Promise.all(
      calls.map(async (call): Promise<Settled<readonly unknown[]>> => {
        const ask = async () => (await withConnection((connection) => run(connection, call))).rows;
        const since = abandoned;
        const again = (error: unknown) => (isLost(error) && since === abandoned ? ask() : Promise.reject(error));
        try {
          // A connection that died while it was idle is found dead now; a look-up may simply be asked again.
          return { ok: true, value: await ask().catch(again) };
        } catch (error) {
          return { ok: false, error: translated(location, error) };
        }
      }),
    );
  }

  /** Each unit by itself, as many at once as there are connections: the server commits those together that come together. */
  function write(units: readonly WriteUnit[]): Promise<readonly Settled<Outcome>[]> {
    return Promise.all(units.map(settle));
  }

  async function settle(unit: WriteUnit): Promise<Settled<Outcome>> {
    const since = abandoned;
    for (let tries = 1; ; tries += 1) {
      const progress = { committing: false };
      try {
        return { ok: true, value: await withConnection((connection) => transact(connection, unit, run, progress)) };
      } catch (error) {
        if (error instanceof Undone) return { ok: true, value: { rows: [], count: 0 } };
        const again = isRetryable(error) || (isLost(error) && !progress.committing && tries === 1);
        if (!again || tries === MOST_ATTEMPTS || since !== abandoned)
          return { ok: false, error: translated(location, error) };
        await sleep(PAUSE_MS * tries);
      }
    }
  }

  /** MySQL commits each CREATE by itself, so a step that was interrupted is gone through again, past what is there already. */
  async function changeSchema(change: SchemaChange): Promise<boolean> {
    try {
      return await withConnection(async (connection) => {
        const { rows } = await query(connection, `SELECT GET_LOCK(${LOCK}, ${LOCK_WAIT_S}) AS taken`, [], UNLIMITED);
        if ((rows[0] as { taken?: unknown } | undefined)?.taken !== 1) {
          throw new DatabaseUnusable(`The database ${location} is being migrated by another node, for a minute now.`);
        }
        try {
          // Whoever waits for a table behind a long query lets nobody else to it meanwhile; better to give up and be run again.
          await query(connection, 'SET SESSION lock_wait_timeout = 15', []);
          return await takeStep(change, (call, resumed) => runPast(connection, call, resumed));
        } finally {
          await query(connection, `DO RELEASE_LOCK(${LOCK})`, []);
        }
      });
    } catch (error) {
      throw translated(location, error);
    }
  }

  async function runPast(connection: PoolConnection, call: Call, resumed = false): Promise<Outcome> {
    try {
      return await runLong(connection, call);
    } catch (error) {
      if (resumed && isThereAlready(error)) return { rows: [], count: 0 };
      throw error;
    }
  }

  async function snapshot<T>(work: (read: SnapshotRead) => Promise<T>): Promise<T> {
    try {
      return await withConnection(async (connection) => {
        await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
        try {
          return await work(async <R>(statement: Statement<R>, ...values: readonly SqlValue[]) => {
            return (await run(connection, { statement, values })).rows as readonly R[];
          });
        } finally {
          await connection.query('ROLLBACK').catch(() => undefined);
        }
      });
    } catch (error) {
      throw translated(location, error);
    }
  }

  return {
    location,
    snapshot,
    parallel: Math.max(1, most),
    read,
    write,
    changeSchema,
    changedElsewhere: async () => true,
    listen: () => undefined,
    unreachable,
    abandon: () => {
      abandoned += 1;
      for (const socket of sockets) socket.destroy();
    },
    close: () => pool.end(),
  };
}

/** Runs a unit, in a transaction where it is more than one statement. `progress.committing` is set before what may commit. */
async function transact(
  connection: PoolConnection,
  unit: WriteUnit,
  run: RunCall,
  progress: { committing: boolean },
): Promise<Outcome> {
  const effects = unit.effects ?? [];
  const [only, ...others] = [...(unit.guard ? [unit.guard] : []), ...effects];
  if (only && others.length === 0 && !unit.also && !unit.effectsOf && isOneStatement(only)) {
    progress.committing = true;
    const outcome = await run(connection, only);
    return unit.guard ? outcome : { rows: [], count: 0 };
  }
  await query(connection, 'BEGIN', []);
  try {
    const outcome = unit.guard ? await run(connection, unit.guard) : { rows: [], count: 0 };
    if (!unit.guard || outcome.count > 0) {
      if (unit.also && (await run(connection, unit.also)).count === 0) throw new Undone();
      for (const call of [...effects, ...(unit.effectsOf?.(outcome.rows) ?? [])]) await run(connection, call);
    }
    progress.committing = true;
    await query(connection, 'COMMIT', []);
    return outcome;
  } catch (error) {
    if (!isLost(error)) await query(connection, 'ROLLBACK', []);
    throw error;
  }
}
