import type pg from 'pg';
import type { Call, Outcome } from '../driver.js';
import { coalescedOf, PLACE, type Spelled, spelledOf } from './postgres-text.js';

/** More texts than the stores have; beyond it there are built ones among them, and those go without a name. */
const MOST_NAMED = 400;

/** Runs calls on one connection at a time; what they have in common with other connections is only the names. */
export interface PostgresSession {
  run(client: pg.ClientBase, call: Call): Promise<Outcome>;
  /** The rows of each of several look-ups by one statement, asked together where that is possible. */
  lookUp(client: pg.ClientBase, calls: readonly Call[]): Promise<readonly (readonly unknown[])[]>;
  /** What frames a transaction; not counted as a statement. */
  frame(client: pg.ClientBase, text: string): Promise<void>;
}

/**
 * `named` keeps statements prepared on each connection, which spares the server the planning. Behind a pooler that gives
 * every transaction another connection there must be none.
 */
export function postgresSession(named: boolean, onStatement?: (name: string) => void): PostgresSession {
  const names = new Map<string, string>();

  function nameOf(text: string): string | undefined {
    if (!named) return undefined;
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_NAMED) return known;
    const name = `hydrant_${names.size + 1}`;
    names.set(text, name);
    return name;
  }

  function send(client: pg.ClientBase, { text, values }: Spelled): Promise<pg.QueryResult> {
    const name = nameOf(text);
    return client.query({ text, values: [...values], ...(name !== undefined && { name }) });
  }

  async function run(client: pg.ClientBase, call: Call): Promise<Outcome> {
    onStatement?.(call.statement.name);
    const { rows, rowCount } = await send(client, spelledOf(call));
    return { rows, count: rowCount ?? rows.length };
  }

  return {
    run,
    async lookUp(client, calls) {
      const [first, second] = calls;
      if (!first) return [];
      const together = second && coalescedOf(calls);
      if (!together) return Promise.all(calls.map(async (call) => (await run(client, call)).rows));
      onStatement?.(first.statement.name);
      const found: unknown[][] = calls.map(() => []);
      for (const row of (await send(client, together)).rows) found[Number(row[PLACE]) - 1]?.push(row);
      return found;
    },
    async frame(client, text) {
      await client.query(text);
    },
  };
}
