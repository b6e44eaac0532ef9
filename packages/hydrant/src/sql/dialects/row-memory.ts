import type { Call, SqlValue } from '../driver.js';

/** Some tens of megabytes at most, and far more than are asked for again and again. */
const MOST_ROWS = 10_000;

interface Remembered {
  readonly rows: readonly unknown[];
  readonly group: string | undefined;
}

/**
 * Remembers what look-ups by key found, for a connection that sees every write there is: its own, which it names here, and
 * that others wrote, after which it clears. What was asked for twice is kept; the oldest use goes first.
 */
export interface RowMemory {
  find(call: Call): readonly unknown[] | undefined;
  keep(call: Call, rows: readonly unknown[]): void;
  /** To be told of every write, whether it is committed or not. */
  wrote(call: Call): void;
  clear(): void;
}

export function rowMemory(most: number = MOST_ROWS): RowMemory {
  const held = new Map<string, Remembered>();
  const groups = new Map<string, Set<string>>();
  const tables = new Set<string>();
  // Asked for once: most are never asked for again, and remembering those would only drive out the others.
  const once = new Set<string>();

  function forget(key: string): void {
    const known = held.get(key);
    if (!known) return;
    held.delete(key);
    if (known.group === undefined) return;
    const members = groups.get(known.group);
    members?.delete(key);
    if (members?.size === 0) groups.delete(known.group);
  }

  function clear(): void {
    held.clear();
    groups.clear();
  }

  return {
    find({ statement, values }) {
      if (!statement.remembered) return undefined;
      const key = textOf(values[0]);
      const known = held.get(key);
      if (!known) return undefined;
      held.delete(key);
      held.set(key, known);
      return known.rows;
    },
    keep({ statement, values }, rows) {
      const [row] = rows;
      if (!statement.remembered || typeof row !== 'object' || row === null || rows.length !== 1) return;
      for (const table of statement.remembered.tables) tables.add(table);
      const key = textOf(values[0]);
      if (!once.delete(key)) {
        if (once.size >= most) once.clear();
        once.add(key);
        return;
      }
      const group: unknown = Reflect.get(row, statement.remembered.group);
      forget(key);
      held.set(key, { rows, group: typeof group === 'string' ? group : undefined });
      if (typeof group === 'string') groups.set(group, (groups.get(group) ?? new Set()).add(key));
      const oldest = held.size > most ? held.keys().next().value : undefined;
      if (oldest !== undefined) forget(oldest);
    },
    wrote({ statement, values }) {
      if (held.size === 0) return;
      const { forgets, name, sql } = statement;
      if (!forgets) {
        const adds = typeof sql === 'object' && 'insertInto' in sql;
        if (!adds && tables.has(name.slice(0, name.indexOf('.')))) clear();
      } else if (forgets.what !== 'nothing') {
        const text = textOf(values[forgets.parameter]);
        if (forgets.what === 'row') forget(text);
        else for (const key of [...(groups.get(text) ?? [])]) forget(key);
      }
    },
    clear,
  };
}

function textOf(value: SqlValue | undefined): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}
