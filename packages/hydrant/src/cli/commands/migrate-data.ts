import type { Command } from 'commander';
import { CommandFailure, type Move, type MoveProgress, type World } from '../command.js';
import { flag, isText, isTrue } from '../configuration.js';
import { confirmed } from '../confirmed.js';

/** `hydrant migrate data --from DSN --to DSN [--resume]`: from one engine to another. */
export function addMoveCommand(parent: Command, world: World): void {
  parent
    .command('data')
    .description('Move all data into another database, of whatever engine')
    .option('--from <database-url>', 'the database that has the data (or the variable FROM_DSN)')
    .option('--to <database-url>', 'an empty database (or the variable TO_DSN)')
    .option('--resume', 'go on with a move that was interrupted')
    .option('-y, --yes', 'do not ask before the data is moved')
    .action((_options, command: Command) => move(command, world));
}

async function move(command: Command, world: World): Promise<void> {
  const [from, to] = [required(command, world, 'from'), required(command, world, 'to')];
  const resume = flag(command, 'resume', isTrue) ?? false;
  const opened = await (await world.compose()).openMove({ from, to, resume });
  try {
    world.out(planOf(opened));
    if (!(await confirmed(command, world))) return;
    const tables = await opened.run(tellOn(world));
    const width = Math.max(...tables.map(({ table }) => table.length));
    world.out(`${'Table'.padEnd(width)}  ${'Rows'.padStart(10)}  SHA-256, the same on both sides\n`);
    for (const { table, rows, sha256 } of tables)
      world.out(`${table.padEnd(width)}  ${String(rows).padStart(10)}  ${sha256}\n`);
    world.out('------------ SUCCESS ------------\nSuccessfully moved the data!\n');
  } finally {
    await opened.close();
  }
}

/** A DSN with a password is better given as a variable: others see command lines. */
function required(command: Command, world: World, name: 'from' | 'to'): string {
  const dsn = flag(command, name, isText) ?? world.env[`${name.toUpperCase()}_DSN`] ?? '';
  if (dsn === '') throw new CommandFailure('Say from where to where, with --from and --to.', command);
  return dsn;
}

function planOf({ from, to, resumes }: Move): string {
  return `The migration plan is as follows:

${resumes ? 'Go on to copy' : 'Copy'} all tables
  from ${from}
  to   ${to}
and compare them.

Stop every server that uses one of the two before you go on, and start them on the second one afterwards.

`;
}

/** A line for every table, and for every so many rows of a long one. */
const EVERY = 25_000;

function tellOn(world: World): MoveProgress {
  let told = '';
  let next = 0;
  return (step, table, rows) => {
    if (told !== step + table) next = 0;
    told = step + table;
    if (rows < next) return;
    next = rows + EVERY;
    world.err(`${step} ${table}: ${rows} rows\n`);
  };
}
