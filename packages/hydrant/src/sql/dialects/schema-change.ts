import type { Call, Outcome, SchemaChange } from '../driver.js';

/**
 * Takes a step of the schema with whatever runs a call, under the lock that the dialect holds meanwhile. Where the engine
 * has transactions for this, the caller frames it with one; where not, a step that was interrupted is found pending and is
 * gone through again, its statements `resumed`.
 */
export async function takeStep(
  { begin, pending, statements, finish }: SchemaChange,
  run: (call: Call, resumed?: boolean) => Promise<Outcome>,
): Promise<boolean> {
  const resumed = (await run(begin)).count === 0;
  if ((await run(pending)).rows.length === 0) return false;
  for (const call of statements) await run(call, resumed);
  await run(finish);
  return true;
}
