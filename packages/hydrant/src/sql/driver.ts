/**
 * What `sql/` asks of a database, in words that every engine understands. One implementation per dialect.
 *
 * A statement has `?` for its parameters; a dialect that spells them otherwise rewrites them when it prepares.
 */

/** What can be bound and what comes back. */
export type SqlValue = string | number | Buffer | null;

/** A hand-written SQL text under a name for counters and logs. `R` is the shape of its rows, on the word of its author. */
export interface Statement<R = unknown> {
  readonly name: string;
  readonly sql: string;
  /** Never set: it only carries the type. */
  readonly rows?: readonly R[];
}

/** A statement with its parameters. */
export interface Call<R = unknown> {
  readonly statement: Statement<R>;
  readonly values: readonly SqlValue[];
}

/** What stands or falls together. Many units share one transaction, each behind its own savepoint. */
export interface WriteUnit<R = unknown> {
  /** One conditional statement whose rows or row count are the answer; if it touches none, the effects are left out. */
  readonly guard?: Call<R>;
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

/** One open database. It is given work in batches and answers in their order. */
export interface Connection {
  /** Where the data is, for people to read. */
  readonly location: string;
  read(calls: readonly Call[]): Promise<readonly Settled<readonly unknown[]>[]>;
  /** All units in one transaction. Rejects where the transaction as a whole failed, and then nothing is written. */
  write(units: readonly WriteUnit[]): Promise<readonly Settled<Outcome>[]>;
  /** Whether somebody else may have written since this was last asked; must be nearly free. */
  changedElsewhere(): Promise<boolean>;
  close(): Promise<void>;
}

/** A row with such a primary key or unique value is there already. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}

/** The database cannot be used as it is; the message is one sentence for the operator. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

export function statement<R = unknown>(name: string, sql: string): Statement<R> {
  return { name, sql };
}

export function call<R>(to: Statement<R>, ...values: readonly SqlValue[]): Call<R> {
  return { statement: to, values };
}
