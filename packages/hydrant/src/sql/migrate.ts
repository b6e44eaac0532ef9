import type { Compilable } from 'kysely';
import { type Clock, systemClock } from '../protocol/time.js';
import { type Database, openDatabase } from './database.js';
import { type Dialect, dialects } from './dialects/index.js';
import { type Call, call, DatabaseUnusable, statement } from './driver.js';
import { parseDsn } from './dsn.js';
import { type Migration, migrations } from './migrations/index.js';

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

interface AppliedRow {
  readonly version: string;
}

const create = statement(
  'schema_migration.create',
  `CREATE TABLE IF NOT EXISTS schema_migration (
     version varchar(20) NOT NULL PRIMARY KEY, name varchar(200) NOT NULL, applied_at bigint NOT NULL
   )`,
);
const applied = statement<AppliedRow>('schema_migration.list', 'SELECT version FROM schema_migration');
const claim = statement(
  'schema_migration.claim',
  'INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, ?) ON CONFLICT (version) DO NOTHING',
);
const unclaim = statement('schema_migration.unclaim', 'DELETE FROM schema_migration WHERE version = ?');

const MIGRATION_WAIT_MS = 30_000;

/**
 * Takes the steps that are missing (`up`: all, or the next `steps`) or takes the newest ones back (`down`: one, or `steps`).
 * Each is one transaction, and two processes that do this at once take each step once. Returns what was done, in order.
 */
export async function migrate(
  dsn: string,
  direction: 'up' | 'down',
  steps?: number,
  clock: Clock = systemClock,
): Promise<MigrationStatus[]> {
  const source = parseDsn(dsn);
  const dialect = dialects[source.kind];
  const database = openDatabase(await dialect.open(source, { busyTimeoutMs: MIGRATION_WAIT_MS }));
  try {
    return direction === 'up'
      ? await migrateUp(database, dialect, clock, steps)
      : await migrateDown(database, dialect, steps ?? 1);
  } finally {
    await database.close();
  }
}

/** Every step that this version of Hydrant knows, oldest first. Makes no database where there is none. */
export async function migrationStatus(dsn: string): Promise<MigrationStatus[]> {
  const source = parseDsn(dsn);
  const dialect = dialects[source.kind];
  if (!dialect.exists(source)) return migrations.map((step) => statusOf(dialect, step, 'Pending'));
  const database = openDatabase(await dialect.open(source, { busyTimeoutMs: MIGRATION_WAIT_MS }));
  try {
    const present = await appliedVersions(database);
    return migrations.map((step) => statusOf(dialect, step, present.has(step.version) ? 'Applied' : 'Pending'));
  } finally {
    await database.close();
  }
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
    const guard = call(claim, step.version, step.name, clock.now());
    const { count } = await database.write({ guard, effects: calls(step, upOf(dialect, step)) });
    if (count === 1) done.push(statusOf(dialect, step, 'Applied'));
  }
  return done;
}

async function migrateDown(database: Database, dialect: Dialect, steps: number): Promise<MigrationStatus[]> {
  const present = await appliedVersions(database);
  const done: MigrationStatus[] = [];
  for (const step of migrations
    .filter(({ version }) => present.has(version))
    .reverse()
    .slice(0, steps)) {
    const guard = call(unclaim, step.version);
    const { count } = await database.write({ guard, effects: calls(step, downOf(dialect, step)) });
    if (count === 1) done.push(statusOf(dialect, step, 'Pending'));
  }
  return done;
}

/** Rejects with {@link DatabaseUnusable} unless the database has exactly the schema that this version of Hydrant writes. */
export async function requireSchema(database: Database): Promise<void> {
  const present = new Set((await database.read(applied)).map(({ version }) => version));
  requireNothingNewer(present);
  const missing = migrations.filter(({ version }) => !present.has(version)).map(({ version }) => version);
  if (missing.length > 0) {
    throw new DatabaseUnusable(`The database lacks the migrations ${missing.join(', ')}. Run: hydrant migrate sql up`);
  }
}

async function appliedVersions(database: Database): Promise<ReadonlySet<string>> {
  await database.write({ effects: [call(create)] });
  const present = new Set((await database.read(applied)).map(({ version }) => version));
  requireNothingNewer(present);
  return present;
}

function requireNothingNewer(present: ReadonlySet<string>): void {
  const unknown = [...present].filter((version) => !migrations.some((step) => step.version === version));
  if (unknown.length === 0) return;
  throw new DatabaseUnusable(
    `The database was written by a newer Hydrant: it has the unknown migrations ${unknown.join(', ')}. Start that release, or one after it, or take another database.`,
  );
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
