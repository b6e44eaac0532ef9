import type { Command } from 'commander';
import { CommandFailure, type CommandFile, type World } from '../command.js';
import { addConfigFlag, configFor, flag, isText, isTrue } from '../configuration.js';

/** `hydrant backup --to FILE [database-url]`: a copy of the database, taken while servers go on. */
export const backup: CommandFile = {
  register(root, world) {
    withFlags(root.command('backup [database-url]'))
      .description('Copy the database into a file, while servers go on')
      .option('--to <file>', 'the file to write')
      .option('--force', 'write over a file that is there')
      .action(async (dsn: string | undefined, _options, command: Command) => {
        const to = required(command, 'to');
        const { backupDatabase } = await world.compose();
        const bytes = await backupDatabase(configOf(command, world, dsn), { to, force: isForced(command) });
        world.out(`Backed up to ${to} (${bytes} bytes)\n`);
      });
  },
};

/** `hydrant restore --from FILE [database-url]`: the way back, for when no server is running. */
export const restore: CommandFile = {
  register(root, world) {
    withFlags(root.command('restore [database-url]'))
      .description('Put a backup in the place of the database, while no server is running')
      .option('--from <file>', 'the file that a backup made')
      .option('--force', 'go on where the database is too damaged to tell whether a server has it open')
      .action(async (dsn: string | undefined, _options, command: Command) => {
        const from = required(command, 'from');
        const { restoreDatabase } = await world.compose();
        const { aside } = await restoreDatabase(configOf(command, world, dsn), { from, force: isForced(command) });
        if (aside !== undefined) world.err(`What was there before is kept: ${aside}\n`);
        world.out(`Restored from ${from}\n`);
      });
  },
};

function withFlags(command: Command): Command {
  return addConfigFlag(command).option(
    '-e, --read-from-env',
    'take the database from DSN or the configuration (the default)',
  );
}

function configOf(command: Command, world: World, dsn: string | undefined) {
  return configFor(command, world, { purpose: 'migrate', dsn });
}

function required(command: Command, name: 'to' | 'from'): string {
  const file = flag(command, name, isText) ?? '';
  if (file === '') throw new CommandFailure(`Say which file, with --${name}.`, command);
  return file;
}

function isForced(command: Command): boolean {
  return flag(command, 'force', isTrue) ?? false;
}
