import type { Command } from 'commander';
import { parseGoDuration } from '../../protocol/duration.js';
import {
  CommandFailure,
  type CommandFile,
  type Janitor,
  type JanitorOptions,
  type Stale,
  type World,
} from '../command.js';
import { addConfigFlag, configFor, flag, isTrue } from '../configuration.js';

/** `hydrant janitor [database-url]`: Hydra's flags, rules and success lines. */
export const janitor: CommandFile = {
  register(root, world) {
    addConfigFlag(root.command('janitor [database-url]'))
      .description(
        'Delete stale rows directly in the database. A server does so by itself all the time: this is for those who want a schedule.',
      )
      .option('--tokens', 'delete access and refresh tokens that are over')
      .option('--requests', 'delete login and consent requests that are over')
      .option('--grants', 'delete trusted JWT issuers that are over')
      .option('--limit <rows>', 'look at no more rows of a kind', wholeNumber('--limit'), 10_000)
      .option('--batch-size <rows>', 'rows that one statement deletes', wholeNumber('--batch-size'), 100)
      .option('--keep-if-younger <duration>', 'never touch rows that are younger', duration('--keep-if-younger'), 0)
      .option(
        '--access-lifespan <duration>',
        'delete access tokens that are older, whether or not they are over',
        duration('--access-lifespan'),
        0,
      )
      .option(
        '--refresh-lifespan <duration>',
        'delete refresh tokens that are older, whether or not they are over',
        duration('--refresh-lifespan'),
        0,
      )
      .option(
        '--consent-request-lifespan <duration>',
        'delete login and consent requests that are older, whether or not they are over',
        duration('--consent-request-lifespan'),
        0,
      )
      .option('-e, --read-from-env', 'take the database from DSN or the configuration (the default)')
      .action((dsn: string | undefined, _options, command: Command) => clean(command, world, dsn));
  },
};

function wholeNumber(name: string): (text: string) => number {
  return (text) => {
    if (/^[+-]?\d{1,9}$/.test(text)) return Number(text);
    throw new CommandFailure(`invalid argument "${text}" for "${name}" flag: must be a whole number`);
  };
}

function duration(name: string): (text: string) => number {
  return (text) => {
    const parsed = parseGoDuration(text);
    if (parsed !== undefined) return parsed;
    throw new CommandFailure(`invalid argument "${text}" for "${name}" flag: must be a duration such as 30m or 24h`);
  };
}

/** In this order: where one fails, those before it stay done. */
const KINDS: Readonly<Record<'tokens' | 'requests' | 'grants', readonly Stale[]>> = {
  tokens: ['access tokens', 'refresh tokens'],
  requests: ['login-consent requests'],
  grants: ['grants'],
};

async function clean(command: Command, world: World, dsn: string | undefined): Promise<void> {
  const kinds = (['tokens', 'requests', 'grants'] as const).flatMap((name) =>
    flag(command, name, isTrue) ? KINDS[name] : [],
  );
  const options = optionsOf(command, kinds);
  const config = configFor(command, world, { purpose: 'migrate', dsn });
  const opened = await (await world.compose()).openJanitor(config);
  try {
    for (const kind of kinds) await sweep(opened, kind, options, world);
  } finally {
    await opened.close();
  }
}

function optionsOf(command: Command, kinds: readonly Stale[]): JanitorOptions {
  const refuse = (reason: string) => new CommandFailure(reason, command);
  if (kinds.length === 0) throw refuse('Say what to delete, with one or more of --tokens, --requests and --grants.');
  const number = (name: string) => Number(command.opts()[name]);
  const [limit, batch] = [number('limit'), number('batchSize')];
  if (limit <= 0) throw refuse('--limit has to be greater than 0.');
  if (batch <= 0) throw refuse('--batch-size has to be greater than 0.');
  if (batch > limit) throw refuse('--batch-size has to be no greater than --limit.');
  const ages = ['keepIfYounger', 'accessLifespan', 'refreshLifespan', 'consentRequestLifespan'].map(number);
  if (ages.some((age) => age < 0)) throw refuse('A duration has to be no less than 0.');
  const [keepIfYounger = 0, access = 0, refresh = 0, request = 0] = ages;
  return {
    limit,
    batch,
    keepIfYounger,
    lifespans: {
      ...(access > 0 && { 'access tokens': access }),
      ...(refresh > 0 && { 'refresh tokens': refresh }),
      ...(request > 0 && { 'login-consent requests': request }),
    },
  };
}

async function sweep(opened: Janitor, kind: Stale, options: JanitorOptions, world: World): Promise<void> {
  try {
    await opened.sweep(kind, options);
  } catch (error) {
    throw new CommandFailure(`Could not cleanup inactive ${kind}: ${error instanceof Error ? error.message : error}`);
  }
  world.out(`Successfully completed Janitor run on ${kind}\n`);
}
