import type pg from 'pg';
import type { Call, Outcome, WriteUnit } from '../driver.js';
import type { PostgresSession } from './postgres-session.js';
import { isInsertion } from './postgres-text.js';
import { Undone } from './undone.js';

/**
 * One transaction in as few round trips as there can be: the conditional statements together, then what follows from
 * those that won, together with the commit. `progress.committing` is set before anything is sent that may commit.
 */
export async function transact(
  client: pg.ClientBase,
  units: readonly WriteUnit[],
  session: PostgresSession,
  progress: { committing: boolean },
): Promise<readonly Outcome[]> {
  const conditional = units.filter(isConditional);
  const guards = conditional.flatMap(({ guard, also }) => [guard, also].flatMap((one) => one ?? []));
  const outcomes = new Map<WriteUnit, Outcome>();
  function note(results: readonly Outcome[]): void {
    let place = 0;
    for (const unit of conditional) {
      const outcome = results[place++] ?? NOTHING;
      const also = unit.also ? (results[place++] ?? NOTHING) : outcome;
      if (outcome.count > 0 !== also.count > 0) throw new Undone();
      outcomes.set(unit, outcome);
    }
  }
  const run = (calls: readonly Call[]) => all(calls.map((call) => session.run(client, call)));

  if (guards.length === units.length && !units.some(hasMore)) {
    progress.committing = true;
    note(guards.length === 1 ? await run(guards) : await framed(client, session, guards));
  } else if (guards.length > 0) {
    const begun = session.frame(client, 'BEGIN');
    const results = guards.map((guard) => session.run(client, guard));
    await all<unknown>([begun, ...results]);
    note(await Promise.all(results));
    const calls = bundled(units.flatMap((unit) => effectsOf(unit, outcomes.get(unit))));
    progress.committing = true;
    await all<unknown>([...calls.map((call) => session.run(client, call)), session.frame(client, 'COMMIT')]);
  } else {
    const calls = bundled(units.flatMap((unit) => effectsOf(unit, undefined)));
    progress.committing = true;
    if (calls.length === 1) await run(calls);
    else await framed(client, session, calls);
  }
  return units.map((unit) => outcomes.get(unit) ?? (unit.guard ? ONE : NOTHING));
}

/** Calls in a transaction of their own, sent at once. */
async function framed(client: pg.ClientBase, session: PostgresSession, calls: readonly Call[]): Promise<Outcome[]> {
  const begun = session.frame(client, 'BEGIN');
  const results = calls.map((call) => session.run(client, call));
  await all<unknown>([begun, ...results, session.frame(client, 'COMMIT')]);
  return Promise.all(results);
}

export const NOTHING: Outcome = { rows: [], count: 0 };
const ONE: Outcome = { rows: [], count: 1 };

/** An insertion of one row either is done or throws; nothing waits for its count. */
function isConditional({ guard }: WriteUnit): boolean {
  return guard !== undefined && !isInsertion(guard.statement.sql);
}

function hasMore({ also, effects, effectsOf }: WriteUnit): boolean {
  return also !== undefined || effectsOf !== undefined || (effects?.length ?? 0) > 0;
}

function effectsOf(unit: WriteUnit, outcome: Outcome | undefined): readonly Call[] {
  if (outcome && outcome.count === 0) return [];
  const first = unit.guard && !outcome ? [unit.guard] : [];
  return [...first, ...(unit.effects ?? []), ...(unit.effectsOf?.(outcome?.rows ?? []) ?? [])];
}

/** All insertions into one table become one, in the place of the first. */
function bundled(calls: readonly Call[]): Call[] {
  const insertions = new Map<Call['statement'], Call['values'][]>();
  const others: Call[] = [];
  for (const call of calls) {
    if (!isInsertion(call.statement.sql)) others.push(call);
    else {
      const known = insertions.get(call.statement);
      if (known) known.push(call.values);
      else insertions.set(call.statement, [call.values]);
    }
  }
  return [...[...insertions].map(([statement, values]) => ({ statement, values: values.flat() })), ...others];
}

/** Waits for everything that was sent, so that no answer comes in when its connection is somebody else's; then for the first failure. */
async function all<T>(sent: readonly (Promise<T> | undefined)[]): Promise<T[]> {
  const settled = await Promise.allSettled(sent);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value as T;
  });
}
