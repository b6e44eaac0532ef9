/**
 * What `sql/` asks of a database, in words that every engine understands. One implementation per dialect.
 *
 * A statement is written once, for all of them: `?` for its parameters, double quotes around the names that some engine
 * reserves. What the engines spell differently is not in its text but beside it, as data, and each dialect spells it out.
 */

import { Unavailable } from '../protocol/errors.js';

/** What can be bound and what comes back. */
export type SqlValue = string | number | Buffer | null;

/** Rows of one table, as many as there are values for: the one statement that engines take in bulk. */
export interface Insertion {
  readonly insertInto: string;
  /** Each column with what it holds; the values come in this order, row after row. */
  readonly columns: Readonly<Record<string, 'bytes' | 'text' | 'number'>>;
}

/** Deletes the first so-many rows; the limit is the last parameter. Rows that another node is deleting are left to it. */
export interface BoundedDeletion {
  readonly deleteFrom: string;
  /** The column of the primary key, quoted where it has to be. */
  readonly key: string;
  readonly where: string;
  readonly orderBy: string;
}

/** What an INSERT does where there is such a row already: nothing, or `set`, in which `excluded` is the row that was to be inserted. */
export interface OnConflict {
  readonly columns: string;
  readonly set?: string;
}

/** The row that a write of one row answers with. Of an UPDATE it is the row after it, of a DELETE the one before. */
export interface Returning {
  readonly columns: string;
  readonly from: string;
  /** The column that finds the row, and which parameter of the write has its value. */
  readonly key: string;
  readonly parameter: number;
}

/** A hand-written SQL text under a name for counters and logs, which begins with the table that is written and a dot. `R` is the shape of its rows, on the word of its author. */
export interface Statement<R = unknown> {
  readonly name: string;
  readonly sql: string | Insertion | BoundedDeletion;
  readonly onConflict?: OnConflict;
  readonly returning?: Returning;
  /**
   * A look-up of one row by its first parameter, which may be remembered where every write is seen; `group` is a column of
   * the row. Any write to one of its `tables` that is no {@link Insertion} makes all such rows forgotten, unless it says less.
   */
  readonly remembered?: { readonly tables: readonly string[]; readonly group: string };
  /** What a write makes untrue of remembered rows: the one of the key in a parameter, those of the group in it, or nothing. */
  readonly forgets?: { readonly what: 'row' | 'group'; readonly parameter: number } | { readonly what: 'nothing' };
  /** Its first parameter is told to all nodes when the write is committed, where the engine has a way to. */
  readonly announces?: true;
  /** Never set: it only carries the type. */
  readonly rows?: readonly R[];
}

/** A statement with its parameters. */
export interface Call<R = unknown> {
  readonly statement: Statement<R>;
  readonly values: readonly SqlValue[];
}

/**
 * What stands or falls together. Many units may share one transaction. Of one unit the effects run in their order, save
 * that an {@link Insertion} may run before those that are none: it must not count on a deletion before it.
 */
export interface WriteUnit<R = unknown> {
  /** One conditional statement whose rows or row count are the answer; if it touches none, the effects are left out. */
  readonly guard?: Call<R>;
  /** A second condition: where it touches no row, the guard is undone and the answer is that it touched none either. */
  readonly also?: Call;
  readonly effects?: readonly Call[];
  /** Effects that follow from the guard's rows. What it throws undoes the unit. Called again where a batch is repeated. */
  effectsOf?(rows: readonly R[]): readonly Call[];
}

/** What the guard of a unit did. */
export interface Outcome<R = unknown> {
  readonly rows: readonly R[];
  readonly count: number;
}

/** One of a batch: each succeeds or fails by itself. */
export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** One step of the schema, recorded beside what it changes. */
export interface SchemaChange {
  /** Records that the step has begun; harmless where it has. */
  readonly begin: Call;
  /** Has a row where the step has begun and is not done. */
  readonly pending: Call;
  readonly statements: readonly Call[];
  /** Records that the step is done. */
  readonly finish: Call;
}

/** Asks a database as it was at one moment. */
export type SnapshotRead = <R>(statement: Statement<R>, ...values: readonly SqlValue[]) => Promise<readonly R[]>;

/** One open database. It is given work in batches and answers in their order. */
export interface Connection {
  /** Where the data is, for people to read; never with a password. */
  readonly location: string;
  /** How many batches of look-ups, and of writes, it takes at once. */
  readonly parallel: number;
  read(calls: readonly Call[]): Promise<readonly Settled<readonly unknown[]>[]>;
  /** Rejects where nobody can tell one unit's fate from another's; whether such a batch is written may be unknown. */
  write(units: readonly WriteUnit[]): Promise<readonly Settled<Outcome>[]>;
  /** Lends what reads the database as it is now, however long the work takes and whatever others write meanwhile. */
  snapshot<T>(work: (read: SnapshotRead) => Promise<T>): Promise<T>;
  /** Takes a step of the schema while no other node does. `false` where it had been taken. */
  changeSchema(change: SchemaChange): Promise<boolean>;
  /** Whether somebody else may have written since this was last asked; must be nearly free. */
  changedElsewhere(): Promise<boolean>;
  /** Calls back with what other nodes announce, where the engine has a way to; nothing may depend on it alone. */
  listen(heard: (announced: string) => void): void;
  /** Why nobody can be reached there, after two seconds or so at most; `undefined` where somebody answers, with whatever. */
  unreachable(): Promise<DatabaseUnusable | undefined>;
  /** Closes every connection there is, without waiting for what is under way on them, which fails. New ones may be made. */
  abandon(): void;
  close(): Promise<void>;
}

/** A row with such a primary key or unique value is there already. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}

/** The database cannot be used as it is; the message is one sentence for the operator. */
export class DatabaseUnusable extends Unavailable {
  override readonly name = 'DatabaseUnusable';
  /** Whether nobody answers there, which may pass by itself; and not that somebody said no. */
  readonly unreachable: boolean;

  constructor(message: string, { unreachable = false, ...options }: ErrorOptions & { unreachable?: boolean } = {}) {
    super(message, options);
    this.unreachable = unreachable;
  }
}

export function statement<R = unknown>(
  name: string,
  sql: Statement['sql'],
  more: Pick<Statement, 'onConflict' | 'returning' | 'announces' | 'remembered' | 'forgets'> = {},
): Statement<R> {
  return { name, sql, ...more };
}

export function call<R>(to: Statement<R>, ...values: readonly SqlValue[]): Call<R> {
  return { statement: to, values };
}
