import { batcher } from './batcher.js';
import type { Call, Connection, Outcome, SchemaChange, Settled, SqlValue, Statement, WriteUnit } from './driver.js';

/** The database as the stores use it: one question or one unit at a time; that they travel in batches is not their concern. */
export interface Database {
  readonly location: string;
  /** Runs a statement that only reads. */
  read<R>(statement: Statement<R>, ...values: readonly SqlValue[]): Promise<readonly R[]>;
  /** Runs a unit; resolves after the commit that holds it. */
  write<R>(unit: WriteUnit<R>): Promise<Outcome<R>>;
  /** As the connection does it; for long work, beside which this process does no other. */
  snapshot: Connection['snapshot'];
  /** As the connection does it; for before the first unit. */
  changeSchema(change: SchemaChange): Promise<boolean>;
  changedElsewhere(): Promise<boolean>;
  listen(heard: (announced: string) => void): void;
  close(): Promise<void>;
}

/** More rows in one transaction gain nothing (measured), and make the first caller wait for the last. */
const LARGEST_BATCH = 256;

/** Puts the two queues, of look-ups and of writes, in front of a connection. */
export function openDatabase(connection: Connection): Database {
  const { parallel } = connection;
  const reads = batcher(LARGEST_BATCH, parallel, (calls: readonly Call[]) => readOnce(connection, calls));
  const writes = batcher(LARGEST_BATCH, parallel, (units: readonly WriteUnit[]) => connection.write(units));
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await Promise.all([reads.close(), writes.close()]);
    await connection.close();
  }

  return {
    location: connection.location,
    // The batches are untyped; a statement's `R` is the word of whoever wrote it, so these are the two places to believe it.
    read: async <R>(statement: Statement<R>, ...values: readonly SqlValue[]) =>
      (await reads.add({ statement, values })) as readonly R[],
    write: async <R>(unit: WriteUnit<R>) => (await writes.add(unit)) as Outcome<R>,
    snapshot: (work) => connection.snapshot(work),
    changeSchema: (change) => connection.changeSchema(change),
    changedElsewhere: () => connection.changedElsewhere(),
    listen: (heard) => connection.listen(heard),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** The same question, asked twice in one turn, goes to the database once. */
async function readOnce(
  connection: Connection,
  calls: readonly Call[],
): Promise<readonly Settled<readonly unknown[]>[]> {
  if (calls.length === 1) return connection.read(calls);
  const places = new Map<string, number>();
  const distinct: Call[] = [];
  const placeOf = calls.map((one) => {
    const text = identity(one);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, distinct.length);
    return distinct.push(one) - 1;
  });
  const results = await connection.read(distinct);
  return placeOf.map((place) => results[place] ?? { ok: false, error: new Error('The look-up was not answered.') });
}

/** Length and type in front of each value, so that no two lists of values look alike. */
function identity({ statement, values }: Call): string {
  let text = typeof statement.sql === 'string' ? statement.sql : statement.name;
  for (const value of values) {
    const part = Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
    text += `|${Buffer.isBuffer(value) ? 'b' : value === null ? 'z' : typeof value}${part.length}:${part}`;
  }
  return text;
}
