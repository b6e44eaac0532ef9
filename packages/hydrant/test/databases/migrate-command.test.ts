/** `hydrant migrate` and what `serve` says without it, with databases on servers. */
import { expect, test, vi } from 'vitest';
import { run } from '../../src/cli/index.js';
import { migrations } from '../../src/sql/migrations/index.js';
import { freePort } from '../support/free-port.js';
import { onEachEngine } from './support/each-engine.js';

// Servers of databases have their own pace on a machine that does other things as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function hydrant(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const status = await run(args, {
    // Nobody is to come here later.
    env: { DB_CONNECT_WITHIN: '0s', ...env },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    ask: async () => undefined,
    stopRequested: async () => {},
    pause: async () => {},
    compose: () => import('../../src/compose.js'),
  });
  return { status, ...said };
}

async function serving(dsn: string): Promise<Record<string, string>> {
  return {
    DSN: dsn,
    LOG_LEVEL: 'error',
    SERVE_PUBLIC_PORT: String(await freePort()),
    SERVE_ADMIN_PORT: String(await freePort()),
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_ADMIN_HOST: '127.0.0.1',
    URLS_SELF_ISSUER: 'https://id.example.com',
    URLS_LOGIN: 'https://app.example.com/login',
    URLS_CONSENT: 'https://app.example.com/consent',
    SECRETS_SYSTEM: 'Xo3vWq8rLk2TzPm5Yd7uNa9c',
    STRATEGIES_JWT_SIGNING_ALGORITHM: 'ES256',
  };
}

onEachEngine(['postgres', 'mariadb'], 'on a server', (make) => {
  test('serve starts when the schema is there, and says in a sentence when it is not', async () => {
    await using database = await make();
    const env = await serving(database.dsn);
    expect(await hydrant(['serve', 'all'], env)).toEqual({
      status: 1,
      out: '',
      err: 'The database has no schema yet. Run: hydrant migrate sql up\n',
    });
    expect((await hydrant(['migrate', 'sql', '-e', '--yes'], env)).status).toBe(0);
    expect((await hydrant(['migrate', 'sql', 'down', '-e', '--yes', '--steps', '1'], env)).status).toBe(0);
    expect(await hydrant(['serve', 'all'], env)).toEqual({
      status: 1,
      out: '',
      err: `The database lacks the migrations ${migrations.at(-1)?.version}. Run: hydrant migrate sql up\n`,
    });
    expect((await hydrant(['migrate', 'sql', 'up', '-e', '-y'], env)).status).toBe(0);
    expect(await hydrant(['serve', 'all'], env)).toMatchObject({ status: 0, err: '' });
  });

  test('plan, up, status and down, in the forms of all of Hydra’s releases', async () => {
    await using database = await make();
    const { dsn } = database;
    const statuses = async (): Promise<string[]> => {
      const { status, out } = await hydrant(['migrate', 'status', '-e', '--format', 'json'], { DSN: dsn });
      expect(status).toBe(0);
      return (JSON.parse(out) as { state: string }[]).map(({ state }) => state);
    };
    const all = (state: string) => Array(migrations.length).fill(state);

    const plan = await hydrant(['migrate', 'sql', 'plan', dsn]);
    expect([plan.status, plan.err]).toEqual([0, '']);
    expect(plan.out).toMatch(/0001 +clients_and_keys +Pending\n/);
    expect(plan.out).toContain('------------ 0002 - flows ------------\ncreate table ');
    expect(await statuses()).toEqual(all('Pending'));
    expect(await database.columns()).toEqual(new Map());

    // Nobody answers: nothing is done, and a script notices.
    expect(await hydrant(['migrate', 'sql', 'up', dsn])).toMatchObject({ status: 1 });
    expect(await statuses()).toEqual(all('Pending'));

    expect(await hydrant(['migrate', 'sql', dsn, '--yes'])).toMatchObject({ status: 0 });
    expect(await statuses()).toEqual(all('Applied'));
    const again = await hydrant(['migrate', 'sql', 'up', dsn, '--yes']);
    expect([again.status, again.out]).toEqual([0, expect.stringContaining('Successfully applied migrations!')]);
    expect(again.out).not.toContain('create table');

    const down = await hydrant(['migrate', 'sql', 'down', dsn, '--yes', '--steps', '2']);
    expect([down.status, down.out]).toEqual([0, expect.stringContaining('Rollback')]);
    expect((await statuses()).filter((state) => state === 'Pending')).toHaveLength(2);
  });

  test('what cannot be reached, or let in, is one sentence without the password', async () => {
    await using database = await make();
    const wrong = database.dsn.replace(/:[^:@]+@/, ':planted-password@');
    for (const dsn of [wrong, wrong.replace(/:\d+/, ':1'), `${wrong.replace(/\?.*/, '')}?max_conns=planted-password`]) {
      const { status, err } = await hydrant(['migrate', 'sql', 'up', dsn, '--yes']);
      expect([status, err.trimEnd().split('\n')]).toEqual([1, [expect.stringMatching(/^The (database|DSN).*\.$/)]]);
      expect(err).not.toContain('planted-password');
    }
  });
});
