/**
 * The composition root: the one place that constructs things. Everything else receives a small object with what it uses.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { buildInfo } from './build-info.js';
import { createDomain } from './compose/domain.js';
import { addressOf, adminListener, publicListener } from './compose/listeners.js';
import type { Config } from './config/index.js';
import { type Random, systemRandom } from './crypto/random.js';
import { createSecretRing } from './crypto/secret-ring.js';
import { createEvents, type LogStream } from './events/index.js';
import type { Listening } from './http/listen.js';
import { DELIVER_LOGOUT } from './jobs/deliver-logout.js';
import { type JanitorOptions, type Stale, sweepStale } from './jobs/janitor.js';
import { listJobs } from './jobs/list.js';
import { createScheduler } from './jobs/scheduler.js';
import { ShuttingDown } from './protocol/errors.js';
import { type Clock, systemClock } from './protocol/time.js';
import {
  backup,
  type MigrationStatus,
  type Move,
  type MoveOptions,
  migrate,
  openMove as openDataMove,
  openStore,
  type Patience,
  restore,
  type SqlStore,
  migrationStatus as statusOf,
} from './sql/index.js';

export interface StartOptions {
  readonly listeners: 'all' | 'public' | 'admin';
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logStream?: LogStream;
  /** Called for each SQL statement, with its name. */
  readonly onStatement?: (name: string) => void;
  /** Ends the waiting for a database that cannot be reached yet. */
  readonly signal?: AbortSignal;
}

/** A server that answers. `drain` goes before `close`; `close` ends the listeners first, then what goes on beside them, then the store. */
export interface RunningServer {
  readonly publicUrl?: string;
  readonly adminUrl?: string;
  readonly store: SqlStore;
  /** Runs a background job's round now. */
  kick(job: string): void;
  /**
   * Says that no more requests should come, on the health checks and with each answer, and resolves when whoever sends
   * them has had `serve.drain` to notice. Until then, and after it, everything is answered.
   */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Starts listening when everything is ready: the schema is there, the keys exist. Rejects with a sentence for the operator. */
export async function startServer(config: Config, options: StartOptions): Promise<RunningServer> {
  const { clock = systemClock, random = systemRandom, listeners } = options;
  const build = buildInfo();
  const events = createEvents({
    level: config.log.level,
    format: config.log.format,
    version: build.version,
    commit: build.gitHash,
    buildTime: build.buildTime,
    clock,
    ...(options.logStream && { stream: options.logStream }),
  });
  const ring = createSecretRing(config.secrets.system);
  const store = await openStore({
    dsn: config.dsn,
    ring,
    sealClaims: config.oauth2.session.encrypt_at_rest,
    clock,
    ...(config.dev && { migrates: true }),
    events: {
      failing: ({ message }) => events.databaseFailing(message),
      working: events.databaseWorking,
      ...(options.onStatement && { statement: options.onStatement }),
    },
    patience: {
      limit: config.db.connect_within,
      told: ({ message }, pause) => events.databaseAwaited(message, pause / 1000),
      ...(options.signal && { signal: options.signal }),
    },
  });
  let kick = (_job: string): void => {};
  let stopping = false;
  const domain = createDomain({
    config,
    // A server that stops is not ready, however well its database is.
    store: { ...store, ready: () => (stopping ? Promise.reject(new ShuttingDown()) : store.ready()) },
    ring,
    clock,
    random,
    events,
    version: build.version,
    deliverSoon: () => kick(DELIVER_LOGOUT),
  });
  const open: Listening[] = [];
  try {
    await domain.signingKeys.ensure();
    const addresses: { publicUrl?: string; adminUrl?: string } = {};
    if (listeners !== 'admin')
      addresses.publicUrl = await listen(publicListener(config, domain, store, events), config.serve.public, open);
    if (listeners !== 'public')
      addresses.adminUrl = await listen(adminListener(config, domain, events), config.serve.admin, open);
    const renewals = open.flatMap(({ renewTls }) => renewTls ?? []);
    const jobs = listJobs({ store, clock, events, deliver: domain.deliver, secretUses: domain.secretUses, renewals });
    const scheduler = createScheduler({ jobs, events });
    scheduler.start();
    kick = scheduler.kick;
    events.started({
      ...(addresses.publicUrl && { public: addresses.publicUrl }),
      ...(addresses.adminUrl && { admin: addresses.adminUrl }),
    });
    const stop = () => {
      if (stopping) return;
      stopping = true;
      events.stopping();
      for (const listening of open) listening.drain();
    };
    const drain = async () => {
      stop();
      await pause(config.serve.drain, undefined, { ref: false });
    };
    let closing: Promise<void> | undefined;
    const close = async () => {
      stop();
      await Promise.all(open.map((listening) => listening.close()));
      await scheduler.stop();
      await domain.close();
      await store.close();
      events.flush();
    };
    return { ...addresses, store, kick: scheduler.kick, drain, close: () => (closing ??= close()) };
  } catch (error) {
    await Promise.all(open.map((listening) => listening.close()));
    await domain.close();
    await store.close();
    throw error;
  }
}

async function listen(listening: Listening, listener: Config['serve']['public'], open: Listening[]): Promise<string> {
  open.push(listening);
  return listening.listen(addressOf(listener), listener.write_listen_file);
}

/** A database that can be swept, kind by kind. */
export interface Janitor {
  sweep(kind: Stale, options: JanitorOptions): Promise<number>;
  close(): Promise<void>;
}

/** Opens a database for `hydrant janitor`; it has to be there, with its schema. */
export async function openJanitor(config: Config, clock: Clock = systemClock): Promise<Janitor> {
  const { dsn, secrets, ttl } = config;
  // Whoever only deletes opens nothing that is sealed, and may know no secret.
  const ring = createSecretRing(secrets.system.length > 0 ? secrets.system : ['unused']);
  const store = await openStore({ dsn, ring, clock, migrates: dsn === 'memory' });
  return {
    sweep: (kind, options) =>
      sweepStale(store, kind, { ...options, now: clock.now(), flowLifetime: ttl.login_consent_request }),
    close: () => store.close(),
  };
}

/** Hears, in a sentence, of each attempt to reach the database that failed and is to be made again. */
type Told = (sentence: string) => void;

/** Takes the schema up or down; returns the steps that were taken. */
export function migrateSql(
  config: Config,
  direction: 'up' | 'down',
  steps: number | undefined,
  told: Told,
): Promise<MigrationStatus[]> {
  return migrate(config.dsn, direction, steps, { patience: patienceOf(config, told) });
}

export function migrationStatus(config: Config, told: Told): Promise<MigrationStatus[]> {
  return statusOf(config.dsn, patienceOf(config, told));
}

function patienceOf({ db }: Config, told: Told): Patience {
  return {
    limit: db.connect_within,
    told: ({ message }, pause) => told(`${message} Trying again in ${pause / 1000} s.`),
  };
}

/** Copies the database into a file; resolves with its length in bytes. */
export function backupDatabase(config: Config, options: Parameters<typeof backup>[1]): Promise<number> {
  return backup(config.dsn, options);
}

/** Puts a copy in the place of the database; resolves with the place of what was there before. */
export function restoreDatabase(
  config: Config,
  options: Parameters<typeof restore>[1],
): Promise<{ readonly aside?: string }> {
  return restore(config.dsn, options);
}

/** Opens two databases for a move of data from one to the other. */
export function openMove(options: Omit<MoveOptions, 'clock'>): Promise<Move> {
  return openDataMove(options);
}
