import type { Command } from 'commander';
import { CommandFailure, type World } from './command.js';
import { flag, isTrue } from './configuration.js';

/** Asks until the answer is one. The end of input is no answer: nothing is done, and the exit status says so. */
export async function confirmed(command: Command, world: World): Promise<boolean> {
  if (flag(command, 'yes', isTrue)) return true;
  world.err('To skip the next question use flag --yes (at your own risk).\n');
  for (;;) {
    const answer = await world.ask('Do you wish to execute this migration plan? [y/n]: ');
    if (answer === undefined)
      throw new CommandFailure('Nothing was done: the input ended before the question was answered.');
    if (/^y(es)?$/i.test(answer.trim())) return true;
    if (/^no?$/i.test(answer.trim())) {
      world.out('------------ WARNING ------------\nMigration aborted.\n');
      return false;
    }
  }
}
