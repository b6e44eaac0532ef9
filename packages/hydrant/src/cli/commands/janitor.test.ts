import { expect, test } from 'vitest';
import type { Config } from '../../config/index.js';
import type { Composition } from '../command.js';
import { run } from '../index.js';

/** Runs `hydrant janitor …`; `broken` is what cannot be swept. */
async function janitor(args: readonly string[], { env = {}, broken = '' } = {}) {
  const outcome = { status: -1, out: '', err: '', dsn: '', swept: [] as unknown[][], closed: 0 };
  const composition: Pick<Composition, 'openJanitor'> = {
    async openJanitor(config: Config) {
      outcome.dsn = config.dsn;
      return {
        async sweep(...call) {
          if (call[0] === broken) throw new Error('the disk is full');
          outcome.swept.push(call);
          return 1;
        },
        close: async () => void outcome.closed++,
      };
    },
  };
  outcome.status = await run(['janitor', ...args], {
    env,
    out: (text) => {
      outcome.out += text;
    },
    err: (text) => {
      outcome.err += text;
    },
    ask: async () => undefined,
    stopRequested: async () => {},
    pause: async () => {},
    compose: async () => composition as Composition,
  });
  return outcome;
}

const DSN = 'sqlite:///tmp/x.sqlite?_fk=true';
const DEFAULTS = { limit: 10_000, batch: 100, keepIfYounger: 0, lifespans: {} };
const line = (kind: string) => `Successfully completed Janitor run on ${kind}\n`;

test.each([
  [['--tokens'], ['access tokens', 'refresh tokens']],
  [['--requests'], ['login-consent requests']],
  [['--grants'], ['grants']],
  [
    ['--grants', '--requests', '--tokens'],
    ['access tokens', 'refresh tokens', 'login-consent requests', 'grants'],
  ],
])('%j sweeps %j, and says so', async (flags, kinds) => {
  const { status, out, err, swept, closed } = await janitor([DSN, ...flags]);
  expect([status, err, closed]).toEqual([0, '', 1]);
  expect(out).toBe(kinds.map(line).join(''));
  expect(swept).toEqual(kinds.map((kind) => [kind, DEFAULTS]));
});

test('the database may come from the environment, the flags from a script of Hydra', async () => {
  const flags =
    '-e --tokens --requests --grants --limit 10 --batch-size 5 --keep-if-younger 24h --access-lifespan 1.5h --refresh-lifespan 2h --consent-request-lifespan 30m';
  const { status, dsn, swept } = await janitor(flags.split(' '), { env: { DSN } });
  const lifespans = {
    'access tokens': 5_400_000,
    'refresh tokens': 7_200_000,
    'login-consent requests': 1_800_000,
  };
  expect([status, dsn, swept.length]).toEqual([0, DSN, 4]);
  expect(swept[3]).toEqual(['grants', { limit: 10, batch: 5, keepIfYounger: 86_400_000, lifespans }]);
});

test.each([
  [[], '--tokens, --requests and --grants'],
  [['--tokens', '--limit', '0'], '--limit'],
  [['--tokens', '--batch-size', '-1'], '--batch-size'],
  [['--tokens', '--limit', '5', '--batch-size', '6'], 'no greater than --limit'],
  [['--tokens', '--keep-if-younger', '-1h'], 'no less than 0'],
])('%j is against the rules: usage and the reason', async (flags, reason) => {
  const { status, out, err, swept } = await janitor([DSN, ...flags]);
  expect([status, out, swept]).toEqual([1, '', []]);
  expect(err).toContain('Usage: hydrant janitor');
  expect(err.trimEnd().split('\n').at(-1)).toContain(reason);
});

test.each([
  [['--tokens', '--limit', 'many'], '"many" for "--limit"'],
  [['--tokens', '--keep-if-younger', '1d'], '"1d" for "--keep-if-younger"'],
])('%j is no number, no duration', async (flags, reason) => {
  expect(await janitor([DSN, ...flags])).toMatchObject({ status: 1, out: '', err: expect.stringContaining(reason) });
});

test('without a database it fails on stderr', async () => {
  expect(await janitor(['--tokens'])).toMatchObject({ status: 1, out: '', err: expect.stringContaining('dsn') });
});

test('where one kind fails, those before it stay done', async () => {
  const { status, out, err, closed } = await janitor([DSN, '--tokens', '--grants'], { broken: 'refresh tokens' });
  expect([status, out, closed]).toEqual([1, line('access tokens'), 1]);
  expect(err).toBe('Could not cleanup inactive refresh tokens: the disk is full\n');
});
