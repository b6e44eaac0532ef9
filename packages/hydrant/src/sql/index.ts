/**
 * The stores of `store/` on an SQL database: one file per store, each with its rows and statements, which never leave it.
 *
 * Imports `store/`, `model/`, `protocol/` and the sealing of `crypto/`; the only folder that imports the query builder, and
 * its `dialects/` the only one that imports drivers. Knows no HTTP. Group commit and coalesced look-ups happen in
 * `batcher.ts`, unseen by everybody else.
 */
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { assertionStore } from './assertion-store.js';
import { listenToOthers } from './change-clock.js';
import { claimsAtRest } from './claims-at-rest.js';
import { clientStore } from './client-store.js';
import { consentStore } from './consent-store.js';
import { type Database, openDatabase } from './database.js';
import { deviceStore } from './device-store.js';
import { deviceVisitStore } from './device-visit-store.js';
import { type Dialect, dialectOf } from './dialects/index.js';
import { DatabaseUnusable } from './driver.js';
import { failFast } from './fail-fast.js';
import { familyStore } from './family-store.js';
import { flowStore } from './flow-store.js';
import type { OutageEvents } from './health.js';
import { keyStore } from './key-store.js';
import { logoutStore } from './logout-store.js';
import { migrateUp, requireMigrated, requireSchema } from './migrate.js';
import { noticeStore } from './notice-store.js';
import { secretUseStore } from './secret-use-store.js';
import { sessionStore } from './session-store.js';
import { subjectStore } from './subject-store.js';
import { tableStates } from './table-states.js';
import { tokenStore } from './token-store.js';
import { trustStore } from './trust-store.js';
import { type Patience, whenReachable } from './when-reachable.js';

export { backup, restore } from './backup.js';
export { type MigrationStatus, migrate, migrationStatus } from './migrate.js';
export { type Move, type MoveOptions, openMove } from './move/index.js';
export type { Patience } from './when-reachable.js';
export { DatabaseUnusable };

export interface StoreOptions {
  /** `memory`, or what a dialect gives as its example. Each `memory` is a database of its own. */
  readonly dsn: string;
  /** Whether to bring the schema up to date; by default where the database is this server's alone, as with SQLite. */
  readonly migrates?: boolean;
  /** Seals the private keys, and session claims. */
  readonly ring: SecretRing;
  /** Whether session claims are sealed, which is so by default. Those that are there are read either way. */
  readonly sealClaims?: boolean;
  readonly clock: Clock;
  readonly events?: OutageEvents & {
    /** Called once for each SQL statement that is run, with its name; the frame of a transaction does not count. */
    statement?(name: string): void;
  };
  /** How long to wait for a database that cannot be reached yet; by default not at all. */
  readonly patience?: Patience;
  /** How long a statement waits for another process before it fails; 5,000 by default. */
  readonly busyTimeoutMs?: number;
}

export interface SqlStore extends Store {
  /** Where the data is, for people to read: `memory`, or the absolute path of the file. */
  readonly location: string;
}

/**
 * Opens a database and brings its schema up to date, or requires that it is. Rejects with {@link DatabaseUnusable} and a sentence for the operator
 * where the DSN or the database is no good.
 */
export function openStore(options: StoreOptions): Promise<SqlStore> {
  return whenReachable(() => openNow(options), options.patience);
}

async function openNow(options: StoreOptions): Promise<SqlStore> {
  const { dialect, dsn } = dialectOf(options.dsn);
  const { statement } = options.events ?? {};
  // Whoever may not make a schema has no use for an empty file either.
  if (options.migrates === false && !dialect.exists(dsn))
    throw new DatabaseUnusable('There is no database there yet. Run: hydrant migrate sql up');
  const connection = await dialect.open(dsn, {
    busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
    ...(statement && { onStatement: statement }),
  });
  const database = openDatabase(failFast(connection, options.events ?? {}));
  try {
    if (options.migrates ?? dialect.migratesByItself(dsn)) await migrateUp(database, dialect, options.clock);
    else await requireMigrated(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return assemble(database, dialect, options);
}

function assemble(database: Database, dialect: Dialect, { ring, sealClaims = true }: StoreOptions): SqlStore {
  const atRest = claimsAtRest(ring, sealClaims);
  const clients = clientStore(database, dialect.builder());
  const keys = keyStore(database, ring);
  const stopListening = listenToOthers(database, (topic) => {
    if (topic === 'client') clients.clear();
    if (topic === 'jwk') keys.clear();
  });

  return {
    location: database.location,
    clients,
    secretUses: secretUseStore(database),
    keys,
    flows: flowStore(database, atRest),
    devices: deviceStore(database, atRest),
    deviceVisits: deviceVisitStore(database),
    families: familyStore(database, atRest),
    consents: consentStore(database, dialect.builder(), atRest),
    tokens: tokenStore(database, atRest),
    sessions: sessionStore(database),
    subjects: subjectStore(database),
    assertions: assertionStore(database),
    trust: trustStore(database, dialect.builder(), ring, keys),
    logouts: logoutStore(database),
    notices: noticeStore(database),
    measure: tableStates(database, dialect.rowEstimates),
    ready: () => requireSchema(database),
    close: () => {
      stopListening();
      return database.close();
    },
  };
}
