/** The command line: one file per command, and this list. Only `serve` and `migrate` load the server. */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/index.js';
import { withoutBooleanValues } from './arguments.js';
import { CommandFailure, type CommandFile, type World } from './command.js';
import { backup, restore } from './commands/backup.js';
import { janitor } from './commands/janitor.js';
import { migrate } from './commands/migrate.js';
import { serve } from './commands/serve.js';
import { version } from './commands/version.js';
import { addConfigFlag } from './configuration.js';

const COMMANDS: readonly CommandFile[] = [serve, migrate, janitor, backup, restore, version];

/** Runs one command line, without the program's own name. Returns the exit status; never throws. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const root = rootCommand(world);
  for (const command of COMMANDS) command.register(root, world);
  prepare(root, world);
  try {
    await root.parseAsync(withoutBooleanValues(args, root), { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, root, world);
  }
}

function rootCommand(world: World): Command {
  const root = addConfigFlag(new Command('hydrant'))
    .description('Hydrant, an OAuth 2.0 and OpenID Connect server that answers as Ory Hydra does')
    .enablePositionalOptions()
    .usage('[command]')
    .helpCommand('help [command]', 'Show help about a command')
    .allowExcessArguments()
    .action((_options, command: Command) => {
      const [unknown] = command.args;
      if (unknown === undefined) world.out(command.helpInformation());
      else throw new CommandFailure(unknownCommand(unknown, command));
    });
  return root;
}

function unknownCommand(name: string, root: Command): string {
  const close = root.commands.map((command) => command.name()).filter((known) => known.startsWith(name.slice(0, 3)));
  const hint = close.length > 0 ? `\n\nDid you mean this?\n${close.map((known) => `\t${known}`).join('\n')}\n` : '';
  return `unknown command "${name}" for "${root.name()}"${hint}`;
}

/** Gives every command the same manners: no exit of its own, help on stdout, a parent without sub-command shows its help. */
function prepare(command: Command, world: World): void {
  command.exitOverride().configureOutput({ writeOut: (text) => world.out(text), writeErr: () => {} });
  command.configureHelp({ showGlobalOptions: true }).showSuggestionAfterError(false);
  for (const sub of command.commands) {
    // Only the root tells flags before its sub-command from those after it (`-c` means another thing to some of them);
    // further down Hydra's flags of a parent may stand anywhere: `serve -c FILE all --dev`.
    prepare(sub.enablePositionalOptions(false), world);
  }
}

/** Errors whose message is a sentence for the operator; by name, because only some commands load the server. */
const FOR_OPERATORS: ReadonlySet<string> = new Set(['DatabaseUnusable', 'ListenerUnusable']);

/** Hydra 2.3 and later: a mistake in the command line gives the reason, the usage, and the reason again, on stderr. */
function report(error: unknown, root: Command, world: World): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const reason = error.message.replace(/^error: /, '').replace(/^unknown option '(-.*)'$/, 'unknown flag: $1');
    world.err(`Error: ${reason}\n${root.helpInformation()}\n${reason}\n`);
    return 1;
  }
  if (error instanceof CommandFailure) {
    const usage = error.usage ? error.usage.helpInformation() : '';
    const unknown = error.message.startsWith('unknown command');
    world.err(unknown ? `Error: ${error.message}\nRun '${root.name()} --help' for usage.\n` : usage);
    world.err(`${error.message}\n`);
    return 1;
  }
  if (error instanceof ConfigError) world.err(`${error.message}\n`);
  else if (error instanceof Error && FOR_OPERATORS.has(error.name)) world.err(`${error.message}\n`);
  else world.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
