import type { Command } from 'commander';
import type { Config } from '../../config/index.js';
import { CommandFailure, type CommandFile, type MigrationRow, type World } from '../command.js';
import { addConfigFlag, configFor, flag, isText, isTrue } from '../configuration.js';
import { confirmed } from '../confirmed.js';
import { migrationJson, migrationPlan, migrationTable } from '../migration-output.js';
import { addMoveCommand } from './migrate-data.js';

const POLL_MS = 1_000;

/** `hydrant migrate sql up|down|status|plan`, and the older forms `migrate sql [dsn]` and `migrate status`. */
export const migrate: CommandFile = {
  register(root, world) {
    const parent = root
      .command('migrate')
      .description('Bring the database schema up to date')
      .allowExcessArguments()
      .action((_options, command: Command) => world.out(command.helpInformation()));

    const sql = withFlags(parent.command('sql [database-url]'), 'Apply migrations (older form of: migrate sql up)');
    withYes(sql).action((dsn: string | undefined, _options, command: Command) => {
      world.err('`migrate sql` is deprecated, use `migrate sql up`.\n');
      return up(command, world, dsn);
    });
    const upCommand = withYes(sql.command('up [database-url]')).description('Apply the migrations that are pending');
    upCommand.action((dsn: string | undefined, _options, command: Command) => up(command, world, dsn));
    sql
      .command('plan [database-url]')
      .description('Show the migrations that are pending, and their SQL; change nothing')
      .action((dsn: string | undefined, _options, command: Command) => plan(command, world, dsn));
    withYes(sql.command('down [database-url]'))
      .description('Take migrations back')
      .option('--steps <number>', 'how many migrations to take back', wholeNumber, 0)
      .action((dsn: string | undefined, _options, command: Command) => down(command, world, dsn));
    withStatusFlags(sql.command('status [database-url]')).action(
      (dsn: string | undefined, _options, command: Command) => status(command, world, dsn),
    );
    withStatusFlags(withFlags(parent.command('status [database-url]'))).action(
      (dsn: string | undefined, _options, command: Command) => {
        world.err('Command "status" is deprecated, use `migrate sql status` instead.\n');
        return status(command, world, dsn);
      },
    );
    addMoveCommand(parent, world);
  },
};

function withFlags(command: Command, description?: string): Command {
  if (description) command.description(description);
  return addConfigFlag(command).option(
    '-e, --read-from-env',
    'take the database from DSN or the configuration (the default)',
  );
}

function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask before the migrations are applied');
}

function withStatusFlags(command: Command): Command {
  return command
    .description('Show which migrations are applied')
    .option('--block', 'wait until no migration is pending')
    .option('--format <form>', 'table, json or json-pretty', 'table')
    .option('-q, --quiet', 'accepted; the output is short as it is');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text))
    throw new CommandFailure(`invalid argument "${text}" for "--steps" flag: must be a whole number`);
  return Number(text);
}

function configOf(command: Command, world: World, dsn: string | undefined): Config {
  return configFor(command, world, { purpose: 'migrate', dsn });
}

/** A database in memory is always up to date: it is made with the schema, and gone with the process. */
async function rowsOf(config: Config, world: World): Promise<readonly MigrationRow[]> {
  const { migrationStatus } = await world.compose();
  const rows = await migrationStatus(config, (sentence) => world.err(`${sentence}\n`));
  return config.dsn === 'memory' ? rows.map((row) => ({ ...row, status: 'Applied' })) : rows;
}

async function plan(command: Command, world: World, dsn: string | undefined): Promise<void> {
  world.out(planOf(await rowsOf(configOf(command, world, dsn), world)));
}

function planOf(rows: readonly MigrationRow[]): string {
  return migrationPlan(
    rows,
    rows.filter(isPending).map((row) => ({ ...row, sql: row.content })),
  );
}

function isPending({ status }: MigrationRow): boolean {
  return status === 'Pending';
}

async function take(config: Config, direction: 'up' | 'down', steps: number | undefined, world: World): Promise<void> {
  const { migrateSql } = await world.compose();
  await migrateSql(config, direction, steps, (sentence) => world.err(`${sentence}\n`));
}

async function up(command: Command, world: World, dsn: string | undefined): Promise<void> {
  const config = configOf(command, world, dsn);
  const rows = await rowsOf(config, world);
  world.out(planOf(rows));
  if (!(await confirmed(command, world))) return;
  if (rows.some(isPending)) await take(config, 'up', undefined, world);
  world.out('------------ SUCCESS ------------\nSuccessfully applied migrations!\n');
}

async function down(command: Command, world: World, dsn: string | undefined): Promise<void> {
  const config = configOf(command, world, dsn);
  const steps = Number(command.opts().steps);
  const rows = await rowsOf(config, world);
  const applied = rows.filter((row) => row.status === 'Applied');
  const undone = steps > 0 ? applied.slice(-steps).reverse() : [];
  const marked = rows.map((row) => (undone.includes(row) ? { ...row, status: 'Rollback' } : row));
  world.out(
    migrationPlan(
      marked,
      undone.map((row) => ({ ...row, sql: row.contentDown })),
    ),
  );
  if (steps === 0) throw new CommandFailure('Nothing was taken back: say how many migrations with --steps.');
  if (!(await confirmed(command, world))) return;
  if (undone.length > 0 && config.dsn !== 'memory') await take(config, 'down', undone.length, world);
  world.out('------------ SUCCESS ------------\nSuccessfully applied migrations!\n');
}

async function status(command: Command, world: World, dsn: string | undefined): Promise<void> {
  const config = configOf(command, world, dsn);
  const form = flag(command, 'format', isText) ?? 'table';
  if (!['table', 'json', 'json-pretty'].includes(form)) {
    throw new CommandFailure(`The form "${form}" is not supported: use table, json or json-pretty.`);
  }
  let rows = await rowsOf(config, world);
  while (flag(command, 'block', isTrue) && rows.some(isPending)) {
    await world.pause(POLL_MS);
    rows = await rowsOf(config, world);
  }
  world.out(form === 'table' ? migrationTable(rows) : migrationJson(rows, form === 'json-pretty'));
}
