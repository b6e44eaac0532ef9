import type { Compilable } from 'kysely';
import { type Clock, systemClock } from '../protocol/time.js';
import { type Database, openDatabase } from './database.js';
import { type Dialect, dialectOf } from './dialects/index.js';
import { type Call, call, DatabaseUnusable, statement } from './driver.js';
import { type Migration, migrations } from './migrations/index.js';
import { type Patience, whenReachable } from './when-reachable.js';

/** A step of the schema and whether a database has it. */
export interface MigrationStatus {
  readonly version: string;
  readonly name: string;
  readonly status: 'Applied' | 'Pending';
  /** The SQL that takes the step… */
  readonly content: string;
  /** …and the SQL that takes it back. */
  readonly contentDown: string;
}

/** A step that a database says it has. */
interface AppliedRow {
  readonly version: string;
  readonly name: string;
}

const create = statement(
  'schema_migration.create',
  `CREATE TABLE IF NOT EXISTS schema_migration (
     version varchar(20) NOT NULL PRIMARY KEY, name varchar(200) NOT NULL, applied_at bigint NOT NULL
   )`,
);

// A step that has begun and is not done was applied at 0. Only an engine that cannot take back a CREATE TABLE shows it.
const applied = statement<AppliedRow>(
  'schema_migration.list',
  'SELECT version, name FROM schema_migration WHERE applied_at > 0',
);
/** Those that were begun among them: whoever takes steps back has to take these back first. */
const recorded = statement<AppliedRow>('schema_migration.recorded', 'SELECT version, name FROM schema_migration');
const pending = statement(
  'schema_migration.pending',
  'SELECT version FROM schema_migration WHERE version = ? AND applied_at = 0',
);
const beginUp = statement(
  'schema_migration.begin',
  'INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, 0)',
  { onConflict: { columns: 'version' } },
);
const finishUp = statement('schema_migration.finish', 'UPDATE schema_migration SET applied_at = ? WHERE version = ?');
const beginDown = statement(
  'schema_migration.begin_back',
  'UPDATE schema_migration SET applied_at = 0 WHERE version = ? AND applied_at > 0',
);
const finishDown = statement('schema_migration.finish_back', 'DELETE FROM schema_migration WHERE version = ?');

/**
 * A release that does not know a step goes on beside it, for steps only add. One that takes something away has a name that
 * begins so, and comes no sooner than the release after the one that stopped using it.
 */
const CONTRACTS = /^contract_/;

const MIGRATION_WAIT_MS = 30_000;

/**
 * Takes the steps that are missing (`up`: all, or the next `steps`) or takes the newest ones back (`down`: one, or `steps`).
 * Nodes that do this at once take turns, and each step is taken once. Returns what was done, in order.
 */
export async function migrate(
  dsn: string,
  direction: 'up' | 'down',
  steps?: number,
  { clock = systemClock, patience }: { readonly clock?: Clock; readonly patience?: Patience } = {},
): Promise<MigrationStatus[]> {
  const { database, dialect } = await openForMigration(dsn, patience);
  try {
    return direction === 'up'
      ? await migrateUp(database, dialect, clock, steps)
      : await migrateDown(database, dialect, steps ?? 1);
  } finally {
    await database.close();
  }
}

/** Every step that this version of Hydrant knows, oldest first. Changes nothing, and makes no database where there is none. */
export async function migrationStatus(dsn: string, patience?: Patience): Promise<MigrationStatus[]> {
  const named = dialectOf(dsn);
  if (!named.dialect.exists(named.dsn)) return migrations.map((step) => statusOf(named.dialect, step, 'Pending'));
  const { database, dialect } = await openForMigration(dsn, patience);
  try {
    const present = versionsIn(await appliedOrNone(database));
    return migrations.map((step) => statusOf(dialect, step, present.has(step.version) ? 'Applied' : 'Pending'));
  } finally {
    await database.close();
  }
}

async function openForMigration(
  text: string,
  patience: Patience | undefined,
): Promise<{ database: Database; dialect: Dialect }> {
  const { dialect, dsn } = dialectOf(text);
  const connection = await whenReachable(() => dialect.open(dsn, { busyTimeoutMs: MIGRATION_WAIT_MS }), patience);
  return { dialect, database: openDatabase(connection) };
}

/** Takes the steps that an open database lacks. */
export async function migrateUp(
  database: Database,
  dialect: Dialect,
  clock: Clock,
  steps: number = migrations.length,
): Promise<MigrationStatus[]> {
  const present = await appliedVersions(database);
  const done: MigrationStatus[] = [];
  for (const step of migrations.filter(({ version }) => !present.has(version)).slice(0, steps)) {
    const taken = await database.changeSchema({
      begin: call(beginUp, step.version, step.name),
      pending: call(pending, step.version),
      statements: calls(step, upOf(dialect, step)),
      finish: call(finishUp, clock.now(), step.version),
    });
    if (taken) done.push(statusOf(dialect, step, 'Applied'));
  }
  return done;
}

/** Throws {@link DatabaseUnusable} where the newest steps are another release's, which alone knows the way back. */
async function migrateDown(database: Database, dialect: Dialect, steps: number): Promise<MigrationStatus[]> {
  await appliedVersions(database);
  const present = versionsIn(await database.read(recorded));
  const unknown = unknownOf(present);
  if (unknown.length > 0) {
    throw new DatabaseUnusable(
      `A newer Hydrant took the migrations ${unknown.join(', ')}, and only it can take them back. Run its: hydrant migrate sql down`,
    );
  }
  const done: MigrationStatus[] = [];
  for (const step of migrations
    .filter(({ version }) => present.has(version))
    .reverse()
    .slice(0, steps)) {
    const taken = await database.changeSchema({
      begin: call(beginDown, step.version),
      pending: call(pending, step.version),
      statements: calls(step, downOf(dialect, step)),
      finish: call(finishDown, step.version),
    });
    if (taken) done.push(statusOf(dialect, step, 'Pending'));
  }
  return done;
}

/** Rejects with {@link DatabaseUnusable} unless the database has the schema that this version of Hydrant needs. */
export async function requireSchema(database: Database): Promise<void> {
  const present = versionsIn(await database.read(applied));
  const missing = migrations.filter(({ version }) => !present.has(version)).map(({ version }) => version);
  if (missing.length > 0) {
    throw new DatabaseUnusable(`The database lacks the migrations ${missing.join(', ')}. Run: hydrant migrate sql up`);
  }
}

/** What is applied, and nothing where there is no table of migrations yet: for that, engines have no error in common. */
async function appliedOrNone(database: Database): Promise<readonly AppliedRow[]> {
  return database.read(applied).catch((error: unknown) => {
    if (error instanceof DatabaseUnusable) throw error;
    return [];
  });
}

/**
 * Stands among the steps while data is being moved into a database, so that no server takes it for one that is complete; not
 * even an older one, for the name is that of a step which takes something away.
 */
export const UNFINISHED_MOVE: AppliedRow = { version: 'data_move', name: 'contract_unfinished_data_move' };

/** The steps of a database, whoever took them; none where it has no schema. Changes nothing. */
export async function appliedSteps(database: Database): Promise<readonly AppliedRow[]> {
  try {
    return await database.read(applied);
  } catch (error) {
    if (error instanceof DatabaseUnusable) throw error;
    return [];
  }
}

/** Rejects unless the database has all of the steps that are known here and no other, save `but`. */
export async function requireExactSchema(database: Database, but?: string): Promise<void> {
  const present = new Set((await appliedSteps(database)).map(({ version }) => version));
  if (but !== UNFINISHED_MOVE.version && present.has(UNFINISHED_MOVE.version)) throw unfinished();
  const missing = migrations.filter(({ version }) => !present.has(version)).map(({ version }) => version);
  const unknown = unknownOf(present).filter((version) => version !== but);
  if (missing.length === 0 && unknown.length === 0) return;
  throw new DatabaseUnusable(
    unknown.length > 0
      ? `The database ${database.location} has migrations of a newer Hydrant: ${unknown.join(', ')}. Use that release.`
      : `The database ${database.location} lacks the migrations ${missing.join(', ')}. Run: hydrant migrate sql up`,
  );
}

function unfinished(): DatabaseUnusable {
  return new DatabaseUnusable(
    'Data is being moved into this database, and not all of it is there. Run: hydrant migrate data --resume',
  );
}

/** As {@link requireSchema}, and also where the database has no table of migrations yet. Changes nothing. */
export async function requireMigrated(database: Database): Promise<void> {
  await requireSchema(database).catch((error: unknown) => {
    if (error instanceof DatabaseUnusable) throw error;
    throw new DatabaseUnusable('The database has no schema yet. Run: hydrant migrate sql up', { cause: error });
  });
}

async function appliedVersions(database: Database): Promise<ReadonlySet<string>> {
  await database.changeSchema({
    begin: call(create),
    pending: call(pending, ''),
    statements: [],
    finish: call(create),
  });
  return versionsIn(await database.read(applied));
}

function versionsIn(rows: readonly AppliedRow[]): ReadonlySet<string> {
  const present = new Set(rows.map(({ version }) => version));
  if (present.has(UNFINISHED_MOVE.version)) throw unfinished();
  const contracts = unknownOf(present).filter((unknown) =>
    rows.some(({ version, name }) => version === unknown && CONTRACTS.test(name)),
  );
  if (contracts.length === 0) return present;
  throw new DatabaseUnusable(
    `The database was written by a newer Hydrant: its migrations ${contracts.join(', ')} took away what this one needs. Start that release, or one after it, or take another database.`,
  );
}

function unknownOf(present: ReadonlySet<string>): string[] {
  return [...present].filter((version) => !migrations.some((step) => step.version === version));
}

function upOf(dialect: Dialect, step: Migration): string[] {
  return texts(step.up(dialect.builder<unknown>().schema, dialect.types));
}

function downOf(dialect: Dialect, step: Migration): string[] {
  return texts(step.down(dialect.builder<unknown>().schema));
}

function texts(built: readonly Compilable[]): string[] {
  return built.map((one) => one.compile().sql);
}

function calls(step: Migration, sql: readonly string[]): Call[] {
  return sql.map((text) => call(statement(`migration.${step.version}`, text)));
}

function statusOf(dialect: Dialect, step: Migration, status: MigrationStatus['status']): MigrationStatus {
  const [content, contentDown] = [upOf(dialect, step), downOf(dialect, step)].map((sql) => `${sql.join(';\n')};\n`);
  return { version: step.version, name: step.name, status, content: content ?? '', contentDown: contentDown ?? '' };
}
