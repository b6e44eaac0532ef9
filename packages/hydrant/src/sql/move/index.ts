/**
 * Moves the data of one database into another, whatever engines they are: table by table in the order of the primary keys, in
 * batches that say in the same transaction how far they have got, and with a look at both sides at the end.
 */
import { type Clock, systemClock } from '../../protocol/time.js';
import { type Database, openDatabase } from '../database.js';
import { type Dialect, dialectOf } from '../dialects/index.js';
import { DatabaseUnusable, statement } from '../driver.js';
import { appliedSteps, migrateUp, requireExactSchema, UNFINISHED_MOVE } from '../migrate.js';
import { type Table, tables } from '../migrations/tables.js';
import { insertionOf, keyOf, pagesOf } from './pages.js';
import { checksumOf, type TableChecksum } from './table-checksum.js';
import { advance, begin, begun, done, finish, type Point, pointsOf, sourceOf } from './unfinished.js';

export interface MoveOptions {
  readonly from: string;
  readonly to: string;
  /** Whether to go on with a move that was interrupted. */
  readonly resume: boolean;
  readonly clock?: Clock;
}

/** What is told while rows are copied and checked. */
export type MoveProgress = (step: 'copy' | 'check', table: string, rows: number) => void;

/** A move that can be done. Nothing has been written yet. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** Whether it goes on with what was begun. */
  readonly resumes: boolean;
  /** Resolves with what both databases have alike now. What it was interrupted in can be resumed. */
  run(progress: MoveProgress): Promise<readonly TableChecksum[]>;
  close(): Promise<void>;
}

interface Opened {
  readonly database: Database;
  readonly dialect: Dialect;
}

const WAIT_MS = 30_000;

/** Opens both databases. Rejects with {@link DatabaseUnusable} where there is nothing to move, or no place for it. */
export async function openMove({ from, to, resume, clock = systemClock }: MoveOptions): Promise<Move> {
  const [giving, taking] = [dialectOf(from), dialectOf(to)];
  if (!giving.dialect.exists(giving.dsn)) throw new DatabaseUnusable('There is no database to move data from.');
  const source = await open(from);
  let target: Opened | undefined;
  const close = async () => {
    await source.database.close();
    await target?.database.close();
  };
  try {
    target = taking.dsn.scheme === 'memory' ? undefined : await open(to);
    if (!target) throw new DatabaseUnusable('A database in memory is gone with this command. Name one that stays.');
    const [gives, takes] = [source, target];
    if (gives.database.location === takes.database.location) {
      throw new DatabaseUnusable('Both DSNs lead to the same database.');
    }
    // What a server would do by itself is done here; elsewhere an operator does it beforehand.
    if (!gives.dialect.migratesByItself(giving.dsn)) await requireExactSchema(gives.database);
    const resumes = await requirePlace(gives.database, takes.database, resume);
    return {
      from: gives.database.location,
      to: takes.database.location,
      resumes,
      close,
      run: async (progress) => {
        await migrateUp(gives.database, gives.dialect, clock);
        await requireExactSchema(gives.database);
        if (!resumes) await migrateUp(takes.database, takes.dialect, clock);
        await requireExactSchema(takes.database, UNFINISHED_MOVE.version);
        const names = tables.map(({ name }) => name);
        await begin(takes.database, gives.database.location, names);
        await copyAll(gives.database, takes.database, progress);
        const alike = await compare(gives.database, takes.database, progress);
        await finish(takes.database);
        return alike;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(text: string): Promise<Opened> {
  const { dialect, dsn } = dialectOf(text);
  return { dialect, database: openDatabase(await dialect.open(dsn, { busyTimeoutMs: WAIT_MS })) };
}

/** Whether a move from this source was begun there; rejects where something else is in the way. */
async function requirePlace(source: Database, target: Database, resume: boolean): Promise<boolean> {
  const steps = await appliedSteps(target);
  if (steps.some(({ version }) => version === UNFINISHED_MOVE.version)) {
    const known = await sourceOf(target);
    if (known !== undefined && known !== source.location) {
      throw new DatabaseUnusable(`A move from ${known} into ${target.location} was begun. Finish that, or empty it.`);
    }
    if (!resume) {
      throw new DatabaseUnusable(
        `This move was begun and not finished. Go on with --resume, or empty ${target.location} and begin anew.`,
      );
    }
    return true;
  }
  if (steps.length === 0) return false;
  for (const { name } of tables) {
    if (!(await isEmpty(target, name))) {
      throw new DatabaseUnusable(
        `The database ${target.location} has rows in the table ${name} already. Data is moved into an empty one.`,
      );
    }
  }
  return false;
}

/** A table that an older schema lacks is empty. */
async function isEmpty(target: Database, table: string): Promise<boolean> {
  const some = statement(`move.some.${table}`, `SELECT 1 AS one FROM ${table} LIMIT 1`);
  try {
    return (await target.read(some)).length === 0;
  } catch (error) {
    if (error instanceof DatabaseUnusable) throw error;
    return true;
  }
}

async function copyAll(source: Database, target: Database, progress: MoveProgress): Promise<void> {
  const points = await pointsOf(target);
  await source.snapshot(async (read) => {
    for (const table of tables) {
      let point: Point = points.get(table.name) ?? begun;
      if (point === done) continue;
      let rows = 0;
      for await (const page of pagesOf(read, table, typeof point === 'string' ? undefined : point.key)) {
        const next: Point = { key: keyOf(table, page.at(-1) ?? {}) };
        await write(target, table, () => advance(table.name, point, next, insertionOf(table, page)));
        point = next;
        rows += page.length;
        progress('copy', table.name, rows);
      }
      await write(target, table, () => advance(table.name, point, done));
    }
  });
}

async function write(target: Database, { name }: Table, unit: () => ReturnType<typeof advance>): Promise<void> {
  const { count } = await target.write(unit()).catch((error: unknown) => {
    if (error instanceof DatabaseUnusable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(`Rows of the table ${name} cannot be written into ${target.location}: ${reason}`, {
      cause: error,
    });
  });
  if (count === 0) throw new DatabaseUnusable('Another process is moving the same data. Let it finish.');
}

/** Reads both anew: what was written to the source meanwhile shows here. */
async function compare(source: Database, target: Database, progress: MoveProgress): Promise<TableChecksum[]> {
  return source.snapshot((from) =>
    target.snapshot(async (to) => {
      const alike: TableChecksum[] = [];
      for (const table of tables) {
        const told = (rows: number) => progress('check', table.name, rows);
        const [had, has] = await Promise.all([checksumOf(from, table, told), checksumOf(to, table, () => undefined)]);
        if (had.rows !== has.rows || had.sha256 !== has.sha256) {
          throw new DatabaseUnusable(
            `The table ${table.name} differs: ${had.rows} rows in ${source.location}, ${has.rows} in ${target.location}. A server has written to one of them meanwhile: stop all of them, empty ${target.location}, and begin anew.`,
          );
        }
        alike.push(had);
      }
      return alike;
    }),
  );
}
