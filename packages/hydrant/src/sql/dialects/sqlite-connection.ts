import type Sqlite from 'better-sqlite3';
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
import type { OpenOptions } from './dialect.js';
import { rowMemory } from './row-memory.js';
import { takeStep } from './schema-change.js';
import { rowsIn, spell } from './spelling.js';
import { isBusy, translated } from './sqlite-errors.js';
import { patiently } from './sqlite-patience.js';
import { Undone } from './undone.js';

/** Hand-written statements stay prepared; beyond this many there are built ones among them, and all are prepared anew. */
const MOST_PREPARED = 400;

const UNANSWERED = { ok: false, error: new Error('The look-up was not answered.') } as const;
const NOTHING: Settled<Outcome> = { ok: true, value: { rows: [], count: 0 } };

type Prepared = Sqlite.Statement<unknown[], unknown>;

/** Runs calls on an open SQLite database. A whole batch is one synchronous stretch, so nothing gets between its parts. */
export function sqliteConnection(database: Sqlite.Database, location: string, options: OpenOptions): Connection {
  const prepared = new Map<string, Prepared>();
  const spelled = new WeakMap<Statement, Map<number, string>>();
  const begin = database.prepare('BEGIN');
  // Takes the writer's lock at once: a transaction that began by reading could be refused it later, without a retry.
  const beginWriting = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const savepoint = database.prepare('SAVEPOINT unit');
  const release = database.prepare('RELEASE unit');
  const rollbackUnit = database.prepare('ROLLBACK TO unit');
  const dataVersion = database.prepare('PRAGMA data_version').pluck();
  let lastVersion = dataVersion.get();
  const memory = rowMemory();
  let memoryVersion = lastVersion;

  function textOf(statement: Statement, values: readonly unknown[]): string {
    if (typeof statement.sql === 'string' && !statement.onConflict && !statement.returning) return statement.sql;
    const rows = rowsIn(statement, values);
    const texts = spelled.get(statement) ?? new Map<number, string>();
    const known = texts.get(rows);
    if (known !== undefined) return known;
    const text = spell(statement, rows);
    spelled.set(statement, texts.set(rows, text));
    return text;
  }

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql);
    if (known) return known;
    if (prepared.size >= MOST_PREPARED) prepared.clear();
    const made = database.prepare<unknown[], unknown>(sql);
    prepared.set(sql, made);
    return made;
  }

  function run({ statement, values }: Call): Outcome {
    options.onStatement?.(statement.name);
    const ready = prepare(textOf(statement, values));
    if (!ready.reader) return { rows: [], count: ready.run(...values).changes };
    const rows = ready.all(...values);
    return { rows, count: rows.length };
  }

  function write(call: Call): Outcome {
    const outcome = run(call);
    if (outcome.count > 0) memory.wrote(call);
    return outcome;
  }

  function runUnit(unit: WriteUnit): Outcome {
    const outcome = unit.guard ? write(unit.guard) : { rows: [], count: 0 };
    if (unit.guard && outcome.count === 0) return outcome;
    if (unit.also && write(unit.also).count === 0) throw new Undone();
    for (const call of unit.effects ?? []) write(call);
    for (const call of unit.effectsOf?.(outcome.rows) ?? []) write(call);
    return outcome;
  }

  /** A single statement undoes itself when it fails; only several need a savepoint. */
  function settleUnit(unit: WriteUnit): Settled<Outcome> {
    const several = unit.effectsOf !== undefined || (unit.effects?.length ?? 0) + (unit.guard ? 1 : 0) > 1;
    if (several) savepoint.run();
    try {
      const value = runUnit(unit);
      if (several) release.run();
      return { ok: true, value };
    } catch (error) {
      // A full disk, for one, ends the whole transaction; then there is no savepoint to go back to.
      if (!database.inTransaction) throw error;
      if (several) {
        rollbackUnit.run();
        release.run();
      }
      return error instanceof Undone ? NOTHING : { ok: false, error: translated(location, error) };
    }
  }

  function transaction<T>(start: Prepared, work: () => T): T {
    start.run();
    try {
      const result = work();
      commit.run();
      return result;
    } finally {
      if (database.inTransaction) rollback.run();
    }
  }

  function settleRead(call: Call): Settled<readonly unknown[]> {
    const { rows } = run(call);
    memory.keep(call, rows);
    return { ok: true, value: rows };
  }

  /**
   * Takes what is remembered first. That is asked for once a batch: whether another connection, of this process or another,
   * has written since the rows were read.
   */
  function answerAll(calls: readonly Call[]): readonly Settled<readonly unknown[]>[] {
    const version = dataVersion.get();
    if (version !== memoryVersion) memory.clear();
    memoryVersion = version;
    const known = calls.map((call) => memory.find(call));
    const asked = readAll(calls.filter((_, place) => known[place] === undefined));
    let next = 0;
    return known.map((rows) => (rows ? { ok: true, value: rows } : (asked[next++] ?? UNANSWERED)));
  }

  /** Together the look-ups take SQLite's read lock once; if one fails, each is tried by itself. */
  function readAll(calls: readonly Call[]): readonly Settled<readonly unknown[]>[] {
    const [only] = calls;
    if (!only) return [];
    if (calls.length === 1) return [settleRead(only)];
    try {
      return transaction(begin, () => calls.map(settleRead));
    } catch (error) {
      if (isBusy(error)) throw error;
      return calls.map((call) => {
        try {
          return settleRead(call);
        } catch (error) {
          return { ok: false, error: translated(location, error) };
        }
      });
    }
  }

  /** Waits its turn behind other processes; what fails as a whole fails in the words of `driver.ts`. */
  async function atomically<T>(work: () => T): Promise<T> {
    try {
      return await patiently(options.busyTimeoutMs, work);
    } catch (error) {
      throw translated(location, error);
    }
  }

  /** Nothing else runs on a connection whose schema is being changed, so the steps may be awaited. */
  async function changeSchema(change: SchemaChange): Promise<boolean> {
    try {
      await patiently(options.busyTimeoutMs, () => beginWriting.run());
      const taken = await takeStep(change, async (call) => run(call));
      commit.run();
      return taken;
    } catch (error) {
      throw translated(location, error);
    } finally {
      if (database.inTransaction) rollback.run();
    }
  }

  /** What else is asked of this connection meanwhile sees the same moment, and nothing can be written. */
  async function snapshot<T>(work: (read: SnapshotRead) => Promise<T>): Promise<T> {
    try {
      begin.run();
      return await work(async <R>(statement: Statement<R>, ...values: readonly SqlValue[]) => {
        return run({ statement, values }).rows as readonly R[];
      });
    } catch (error) {
      throw translated(location, error);
    } finally {
      if (database.inTransaction) rollback.run();
    }
  }

  return {
    location,
    parallel: 1,
    read: (calls) => atomically(() => answerAll(calls)),
    snapshot,
    write: (units) => atomically(() => transaction(beginWriting, () => units.map(settleUnit))),
    changeSchema,
    listen: () => undefined,
    // There is nobody to reach: a file that cannot be used says so by itself.
    unreachable: async () => undefined,
    abandon: () => undefined,
    changedElsewhere: async () => {
      const before = lastVersion;
      lastVersion = dataVersion.get();
      return lastVersion !== before;
    },
    close: async () => {
      prepared.clear();
      database.close();
    },
  };
}
