/** How far a move of data has got, in the database that it goes to. While it is there, no server starts on that. */
import type { Database } from '../database.js';
import { call, type SchemaChange, type SqlValue, statement, type WriteUnit } from '../driver.js';
import { UNFINISHED_MOVE } from '../migrate.js';
import type { Key } from './pages.js';

interface PointRow {
  readonly name: string;
  readonly reached: string;
}

const create = statement(
  'move.create',
  'CREATE TABLE IF NOT EXISTS data_move (name varchar(64) NOT NULL PRIMARY KEY, reached text NOT NULL)',
);
// A leftover of a move whose last step was interrupted.
const clear = statement('move.clear', 'DELETE FROM data_move');
const drop = statement('move.drop', 'DROP TABLE IF EXISTS data_move');
const points = statement<PointRow>('move.points', 'SELECT name, reached FROM data_move');
const insert = statement('move.begin', 'INSERT INTO data_move (name, reached) VALUES (?, ?)', {
  onConflict: { columns: 'name' },
});
const reach = statement('move.reach', 'UPDATE data_move SET reached = ? WHERE name = ? AND reached = ?');

const mark = statement('move.mark', 'INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, 0)', {
  onConflict: { columns: 'version' },
});
const pending = statement('move.pending', 'SELECT version FROM schema_migration WHERE version = ? AND applied_at = 0');
const marked = statement('move.marked', 'UPDATE schema_migration SET applied_at = ? WHERE version = ?');
const unmark = statement('move.unmark', 'UPDATE schema_migration SET applied_at = 0 WHERE version = ?');
const unmarked = statement('move.unmarked', 'DELETE FROM schema_migration WHERE version = ?');

/** The entry that says where the data comes from; no table has such a name. */
const SOURCE = '(source)';
const BEGUN = 'begun';
const DONE = 'done';

/** A table's point: none of its rows, those until a key, or all of them. */
export type Point = typeof BEGUN | typeof DONE | { readonly key: Key };

/** Where the data of an unfinished move comes from; `undefined` where it had only just begun. */
export async function sourceOf(target: Database): Promise<string | undefined> {
  return (await target.read(points)).find(({ name }) => name === SOURCE)?.reached;
}

/** Marks the database, and writes down where the data comes from. Harmless where that has been done. */
export async function begin(target: Database, source: string, tables: readonly string[]): Promise<void> {
  const { version, name } = UNFINISHED_MOVE;
  const change: SchemaChange = {
    begin: call(mark, version, name),
    pending: call(pending, version),
    statements: [call(create), call(clear)],
    finish: call(marked, 1, version),
  };
  await target.changeSchema(change);
  const effects = tables.map((table) => call(insert, table, BEGUN));
  await target.write({ effects: [...effects, call(insert, SOURCE, source)] });
}

/** Takes the mark away, and all that was written down. */
export async function finish(target: Database): Promise<void> {
  const { version } = UNFINISHED_MOVE;
  await target.changeSchema({
    begin: call(unmark, version),
    pending: call(pending, version),
    statements: [call(drop)],
    finish: call(unmarked, version),
  });
}

export async function pointsOf(target: Database): Promise<ReadonlyMap<string, Point>> {
  return new Map((await target.read(points)).map(({ name, reached }) => [name, parsePoint(reached)]));
}

/** Goes from one point of a table to the next together with what is written; nothing happens where somebody else has gone on. */
export function advance(table: string, from: Point, to: Point, effects: WriteUnit['effects'] = []): WriteUnit {
  return { guard: call(reach, written(to), table, written(from)), effects };
}

export const done: Point = DONE;
export const begun: Point = BEGUN;

function written(point: Point): string {
  if (typeof point === 'string') return point;
  return JSON.stringify(
    point.key.map((value) => {
      if (Buffer.isBuffer(value)) return { bytes: value.toString('base64url') };
      return typeof value === 'string' ? { text: Buffer.from(value).toString('base64url') } : value;
    }),
  );
}

function parsePoint(text: string): Point {
  if (text === DONE || !text.startsWith('[')) return text === DONE ? DONE : BEGUN;
  const parts = JSON.parse(text) as (number | null | { readonly bytes?: string; readonly text?: string })[];
  return {
    key: parts.map((part): SqlValue => {
      if (part === null || typeof part === 'number') return part;
      const bytes = Buffer.from(part.bytes ?? part.text ?? '', 'base64url');
      return part.bytes === undefined ? bytes.toString() : bytes;
    }),
  };
}
