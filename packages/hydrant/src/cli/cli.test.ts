import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../config/index.js';
import type { Composition, MigrationRow } from './command.js';
import { run } from './index.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hydrant-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  status: number;
  out: string;
  err: string;
  started: { config: Config; listeners: string }[];
  migrated: unknown[][];
  drained: number;
  closed: number;
}

const PENDING: MigrationRow = {
  version: '0002',
  name: 'second',
  status: 'Pending',
  content: 'CREATE b;',
  contentDown: 'DROP b;',
};
const APPLIED: MigrationRow = {
  version: '0001',
  name: 'first',
  status: 'Applied',
  content: 'CREATE a;',
  contentDown: 'DROP a;',
};

async function elsewhere(): Promise<never> {
  throw new Error('The tests of this command are in a file of their own.');
}

/** Runs a command line in a world whose server and database are stand-ins. */
async function hydrant(
  args: string[],
  { env = {}, answers = [], startError }: { env?: Record<string, string>; answers?: string[]; startError?: Error } = {},
): Promise<Outcome> {
  const outcome: Outcome = { status: -1, out: '', err: '', started: [], migrated: [], drained: 0, closed: 0 };
  const composition: Composition = {
    async startServer(config, { listeners }) {
      if (startError) throw startError;
      outcome.started.push({ config, listeners });
      return {
        publicUrl: 'http://127.0.0.1:4444/',
        adminUrl: 'http://127.0.0.1:4445',
        drain: async () => void outcome.drained++,
        close: async () => void outcome.closed++,
      };
    },
    async migrateSql(_config, direction, steps) {
      outcome.migrated.push(steps === undefined ? [direction] : [direction, steps]);
      return [];
    },
    migrationStatus: async () => [APPLIED, PENDING],
    openJanitor: elsewhere,
    openMove: elsewhere,
    backupDatabase: elsewhere,
    restoreDatabase: elsewhere,
  };
  outcome.status = await run(args, {
    env,
    out: (text) => {
      outcome.out += text;
    },
    err: (text) => {
      outcome.err += text;
    },
    ask: async (question) => {
      outcome.out += question;
      return answers.shift();
    },
    stopRequested: async () => {},
    pause: async () => {},
    compose: async () => composition,
  });
  return outcome;
}

const DEV = { DSN: 'memory', DEV: 'true' };

describe('the frame', () => {
  test.each([
    [[]],
    [['--help']],
    [['serve']],
    [['serve', 'nonsense']],
    [['migrate']],
    [['serve', 'all', '--help']],
    [['help']],
  ])('%j shows help on stdout and succeeds', async (args) => {
    const { status, out, err } = await hydrant(args);
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('Usage: hydrant');
  });

  test('an unknown command is refused on stderr, with the nearest one', async () => {
    const { status, out, err } = await hydrant(['serv']);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/^Error: unknown command "serv" for "hydrant"\n\nDid you mean this\?\n\tserve\n/);
    expect(err).toContain("Run 'hydrant --help' for usage.");
  });

  test.each([
    [['serve', 'all', '--nonsense'], 'unknown flag: --nonsense'],
    [['serve', 'all', 'extra'], 'too many arguments'],
    [['migrate', 'sql', 'down', '--steps', 'x', 'memory'], 'must be a whole number'],
    [['version', '-z'], 'unknown flag: -z'],
  ])('%j is refused on stderr', async (args, reason) => {
    const { status, out, err } = await hydrant(args);
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain(reason);
  });

  test('version prints three lines in columns', async () => {
    const { status, out } = await hydrant(['version']);
    expect(status).toBe(0);
    expect(out).toMatch(/^Version: {4}v\d+\.\d+\.\d+\nGit Hash: {3}\S+\nBuild Time: \S+\n$/);
  });
});

describe('serve', () => {
  test.each(['all', 'public', 'admin'])(
    '%s starts these listeners, and ends with 0 when asked to stop',
    async (listeners) => {
      const outcome = await hydrant(['serve', listeners, '--dev'], { env: { DSN: 'memory' } });
      expect(outcome).toMatchObject({
        status: 0,
        drained: 1,
        closed: 1,
        started: [{ listeners, config: { dev: true, dsn: 'memory' } }],
      });
    },
  );

  test.each([
    ['-c', 'serve', 'all'],
    ['serve', '-c', 'all'],
    ['serve', 'all', '-c'],
  ])('the file may stand anywhere: %s %s %s', async (...order) => {
    const file = join(folder, 'one.yaml');
    writeFileSync(file, 'dsn: memory\nserve: { public: { port: 5000 } }');
    const args = order.flatMap((arg) => (arg === '-c' ? ['-c', file] : [arg]));
    const { started } = await hydrant(args, { env: { DEV: 'true' } });
    expect(started[0]?.config.serve.public.port).toBe(5000);
  });

  test('several files, also with commas; the environment beats them', async () => {
    const [one, two] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
    writeFileSync(one, 'dsn: memory\ndev: true\nserve: { public: { port: 1 }, admin: { port: 1 } }');
    writeFileSync(two, 'serve: { public: { port: 2 } }');
    const { started } = await hydrant(['serve', 'all', '--config', `${one},${two}`], {
      env: { SERVE_ADMIN_PORT: '3' },
    });
    expect([started[0]?.config.serve.public.port, started[0]?.config.serve.admin.port]).toEqual([2, 3]);
  });

  test('flags of every generation are taken', async () => {
    const flags = [
      '--dangerous-force-http',
      '--sqa-opt-out=true',
      '--disable-telemetry',
      '--skip-tls-verify',
      '--dev=true',
    ];
    expect(await hydrant(['serve', 'all', ...flags], { env: { DSN: 'memory' } })).toMatchObject({ status: 0 });
  });

  test('--dev=false wins over a file', async () => {
    const file = join(folder, 'dev.yaml');
    writeFileSync(file, 'dev: true\ndsn: memory');
    const { status, err } = await hydrant(['serve', 'all', '--dev=false', '-c', file]);
    expect([status, err]).toEqual([1, expect.stringContaining('secrets.system')]);
  });

  test('in development mode the banner says where things are and what to try', async () => {
    const { out } = await hydrant(['serve', 'all'], { env: DEV });
    expect(out).toContain('anybody can log in');
    expect(out).toContain('http://127.0.0.1:4444/.well-known/openid-configuration');
    expect(out).toMatch(/curl -s http:\/\/127\.0\.0\.1:4445\/admin\/clients .*\n.*--next .*:4444\/oauth2\/token/);
    expect(out).toContain('Ctrl-C');
    expect(out.split('\n').length).toBeLessThan(16);
  });

  test('an unsafe configuration does not start, and every reason is on stderr', async () => {
    const { status, out, err, started } = await hydrant(['serve', 'all'], {
      env: { DSN: 'memory', URLS_SELF_ISSUER: 'http://x/' },
    });
    expect([status, out, started]).toEqual([1, '', []]);
    for (const key of ['secrets.system', 'urls.self.issuer', 'urls.login', 'urls.consent']) expect(err).toContain(key);
  });

  test('without a database it does not start, not even in development mode', async () => {
    expect(await hydrant(['serve', 'all', '--dev'])).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringContaining('DSN='),
    });
  });

  test.each([
    [
      4444,
      'Port 4444 of the public listener is taken on 127.0.0.1',
      'SERVE_PUBLIC_PORT=4454 or the key serve.public.port',
    ],
    [
      4445,
      'Port 4445 of the admin listener is taken on 127.0.0.1',
      'SERVE_ADMIN_PORT=4455 or the key serve.admin.port',
    ],
  ])('port %d that is taken gives one sentence', async (port, which, how) => {
    const startError = Object.assign(new Error('listen'), { code: 'EADDRINUSE', port });
    const { status, out, err } = await hydrant(['serve', 'all'], { env: DEV, startError });
    expect([status, out, err.trim().split('\n')]).toEqual([1, '', [expect.stringContaining(which)]]);
    expect(err).toContain(how);
  });

  test('in development mode a secret is kept beside the database, for its owner alone', async () => {
    const env = { DEV: 'true', DSN: `sqlite://${folder}/kept/db.sqlite?_fk=true` };
    const [first, second] = [await hydrant(['serve', 'all'], { env }), await hydrant(['serve', 'all'], { env })];
    const secret = first.started[0]?.config.secrets.system;
    expect(secret).toEqual([readFileSync(join(folder, 'kept/dev-secret'), 'utf8')]);
    expect(second.started[0]?.config.secrets.system).toEqual(secret);
    expect(statSync(join(folder, 'kept/dev-secret')).mode & 0o777).toBe(0o600);
    expect(first.out + first.err).not.toContain(secret?.[0]);
  });

  test('in development mode with a database on a server, the secret has to be given', async () => {
    const env = { DEV: 'true', DSN: 'postgres://user:planted@db/x' };
    const { status, err } = await hydrant(['serve', 'all'], { env });
    expect([status, err]).toEqual([1, expect.stringMatching(/^The database is on a server, .* SECRETS_SYSTEM.*\n$/)]);
    expect(err).not.toContain('planted');
    expect(
      await hydrant(['serve', 'all'], { env: { ...env, SECRETS_SYSTEM: 'a-secret-of-development' } }),
    ).toMatchObject({
      status: 0,
    });
  });

  test('for data in memory a secret is made up each time', async () => {
    const [first, second] = [
      await hydrant(['serve', 'all'], { env: DEV }),
      await hydrant(['serve', 'all'], { env: DEV }),
    ];
    expect(first.started[0]?.config.secrets.system[0]).toHaveLength(43);
    expect(first.started[0]?.config.secrets.system).not.toEqual(second.started[0]?.config.secrets.system);
  });
});

describe('migrate', () => {
  const DSN = 'sqlite:///tmp/x.sqlite?_fk=true';

  test.each([
    [['migrate', 'sql', 'up', DSN, '--yes'], {}],
    [['migrate', 'sql', 'up', '-e', '-y'], { DSN }],
    [['migrate', 'sql', 'up', '-ey'], { DSN }],
    [['migrate', 'sql', DSN, '--yes'], {}],
    [['migrate', 'sql', '-e', '--yes'], { DSN }],
    [['migrate', 'sql', '-e', '--yes=true'], { DATABASE_URL: DSN }],
  ])('%j applies what is pending', async (args, env) => {
    const { status, out, migrated } = await hydrant(args, { env });
    expect([status, migrated]).toEqual([0, [['up']]]);
    expect(out).toMatch(/^The migration plan is as follows:\n\nVersion {2}Name {4}Status\n0001 {5}first {3}Applied\n/);
    expect(out).toContain('------------ 0002 - second ------------\nCREATE b;\n');
    expect(out).not.toContain('CREATE a;');
    expect(out).toMatch(/------------ SUCCESS ------------\nSuccessfully applied migrations!\n$/);
  });

  test.each([
    [['maybe', 'Y'], 0, [['up']], 'Successfully applied'],
    [['no'], 0, [], 'Migration aborted.'],
    [[], 1, [], 'input ended'],
  ])('the answers %j give status %d', async (answers, status, migrated, words) => {
    const outcome = await hydrant(['migrate', 'sql', 'up', DSN], { answers: [...answers] });
    expect([outcome.status, outcome.migrated]).toEqual([status, migrated]);
    expect(outcome.out + outcome.err).toContain(words);
    expect(outcome.out).toContain('Do you wish to execute this migration plan? [y/n]: ');
  });

  test.each([
    [['migrate', 'sql', 'plan', DSN], {}],
    [['migrate', 'sql', 'plan', '-e'], { DSN }],
  ])('%j shows what up would do, asks nothing and does nothing', async (args, env) => {
    const { status, out, err, migrated } = await hydrant(args, { env });
    expect([status, err, migrated]).toEqual([0, '', []]);
    expect(out).toMatch(/^The migration plan is as follows:\n\nVersion {2}Name {4}Status\n0001 {5}first {3}Applied\n/);
    expect(out).toMatch(/------------ 0002 - second ------------\nCREATE b;\n$/);
  });

  test('down takes back as many as it is told, and nothing without a number', async () => {
    const undone = await hydrant(['migrate', 'sql', 'down', DSN, '--steps', '1', '--yes']);
    expect([undone.status, undone.migrated]).toEqual([0, [['down', 1]]]);
    expect(undone.out).toContain('Rollback');
    expect(undone.out).toContain('DROP a;');
    expect(await hydrant(['migrate', 'sql', 'down', DSN, '--yes'])).toMatchObject({ status: 1, migrated: [] });
  });

  test('status is a table or JSON, and succeeds with migrations pending', async () => {
    const table = await hydrant(['migrate', 'sql', 'status', DSN]);
    expect([table.status, table.out.split('\n')[2]]).toEqual([0, '0002     second  Pending']);
    const json = await hydrant(['migrate', 'status', '-e', '--format', 'json'], { env: { DSN } });
    expect(JSON.parse(json.out)[1]).toEqual({
      state: 'Pending',
      version: '0002',
      name: 'second',
      content: 'CREATE b;',
      content_down: 'DROP b;',
    });
    expect(json.err).toContain('deprecated');
  });

  test('a database in memory has nothing to do', async () => {
    expect(await hydrant(['migrate', 'sql', 'up', 'memory', '--yes'])).toMatchObject({ status: 0, migrated: [] });
  });

  test.each([[['migrate', 'sql', 'up', '--yes']], [['migrate', 'sql', 'up', 'nonsense://x', '--yes']]])(
    '%j has no database and fails on stderr',
    async (args) => {
      expect(await hydrant(args)).toMatchObject({
        status: 1,
        out: '',
        err: expect.stringContaining('dsn'),
        migrated: [],
      });
    },
  );
});
