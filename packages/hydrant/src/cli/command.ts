import type { Command } from 'commander';
import type { Config } from '../config/index.js';

/** A step of the database schema, and whether the database has it. */
export interface MigrationRow {
  readonly version: string;
  readonly name: string;
  readonly status: string;
  /** The SQL that takes the step, and the SQL that takes it back. */
  readonly content?: string;
  readonly contentDown?: string;
}

/** A server that runs. */
export interface RunningServer {
  readonly publicUrl?: string;
  readonly adminUrl?: string;
  /** Asks whoever sends requests to stop, and gives them time to notice; everything is answered meanwhile. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** What `hydrant janitor` clears away, in the words of its success lines. */
export type Stale = 'access tokens' | 'refresh tokens' | 'login-consent requests' | 'grants';

/** Durations in milliseconds. */
export interface JanitorOptions {
  readonly limit: number;
  readonly batch: number;
  readonly keepIfYounger: number;
  readonly lifespans: Readonly<Partial<Record<Stale, number>>>;
}

/** A database that can be swept, kind by kind. */
export interface Janitor {
  /** Resolves with the number of rows that went. */
  sweep(kind: Stale, options: JanitorOptions): Promise<number>;
  close(): Promise<void>;
}

/** What is told while data is moved. */
export type MoveProgress = (step: 'copy' | 'check', table: string, rows: number) => void;

/** A move of data that can be done; nothing has been written yet. */
export interface Move {
  /** Where the databases are, without passwords. */
  readonly from: string;
  readonly to: string;
  /** Whether it goes on with one that was interrupted. */
  readonly resumes: boolean;
  run(
    progress: MoveProgress,
  ): Promise<readonly { readonly table: string; readonly rows: number; readonly sha256: string }[]>;
  close(): Promise<void>;
}

/** What commands need of `compose.ts`. It is loaded only by the commands that use it, so that the others start fast. */
export interface Composition {
  /** `signal` ends the waiting for a database that cannot be reached yet. */
  startServer(
    config: Config,
    options: { listeners: 'all' | 'public' | 'admin'; signal: AbortSignal },
  ): Promise<RunningServer>;
  /** `told` hears of each attempt to reach the database that failed and is to be made again. */
  migrateSql(
    config: Config,
    direction: 'up' | 'down',
    steps: number | undefined,
    told: (sentence: string) => void,
  ): Promise<readonly MigrationRow[]>;
  migrationStatus(config: Config, told: (sentence: string) => void): Promise<readonly MigrationRow[]>;
  openJanitor(config: Config): Promise<Janitor>;
  openMove(options: { readonly from: string; readonly to: string; readonly resume: boolean }): Promise<Move>;
  /** Resolves with the length of the file in bytes. */
  backupDatabase(config: Config, options: { readonly to: string; readonly force: boolean }): Promise<number>;
  /** Resolves with the place of what was there before. */
  restoreDatabase(
    config: Config,
    options: { readonly from: string; readonly force: boolean },
  ): Promise<{ readonly aside?: string }>;
}

/** The world a command runs in; a test hands in its own. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data goes here… */
  out(text: string): void;
  /** …and everything that is said to a person there. */
  err(text: string): void;
  /** One line of input, or `undefined` at its end. */
  ask(question: string): Promise<string | undefined>;
  /** Resolves when somebody asks the process to stop. */
  stopRequested(): Promise<void>;
  /** Waits that many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  compose(): Promise<Composition>;
}

/** A command: one file in `commands/`, one line in the list of `index.ts`. */
export interface CommandFile {
  /** Adds the command, with its sub-commands, below the root. */
  register(root: Command, world: World): void;
}

/** Ends a command with a sentence for the user; no stack, no usage. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** Usage of this command is shown before the sentence. */
  readonly usage: Command | undefined;

  constructor(message: string, usage?: Command) {
    super(message);
    this.usage = usage;
  }
}
