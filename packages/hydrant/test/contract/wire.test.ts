/**
 * The recorded exchanges of real servers, played against Hydrant. Every one of them has to be equal, save those that
 * `known-differences.json` lists with a reason; and one that is listed and equal after all is an error too, so that the
 * list never says more than is true.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startServer } from '../../src/compose.js';
import { loadConfig } from '../../src/config/index.js';
import { freePort } from '../support/free-port.js';
import { unseenDatabase } from '../support/temporary-database.js';

const recordings = fileURLToPath(new URL('../../../../../shared/contract/wire/', import.meta.url));
const present = existsSync(join(recordings, 'run.mjs'));

/** A set of settings with which the recorded servers ran. */
interface Play {
  readonly name: string;
  readonly generation: 'v1' | 'v2';
  readonly settings: 'usual' | 'strict';
  readonly file: string;
  readonly issuer: (port: number) => string;
  readonly environment: Readonly<Record<string, string>>;
}

const plays: readonly Play[] = [
  {
    name: 'v1',
    generation: 'v1',
    settings: 'usual',
    file: 'v1.yaml',
    issuer: (port) => `http://127.0.0.1:${port}/`,
    // What 1.7 does not have at all is off, as the settings say.
    environment: {
      OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '0s',
      OAUTH2_PKCE_ENFORCED_FOR_PUBLIC_CLIENTS: 'false',
    },
  },
  {
    name: 'v2',
    generation: 'v2',
    settings: 'usual',
    file: 'v2.yaml',
    issuer: (port) => `http://127.0.0.1:${port}`,
    environment: {},
  },
  {
    name: 'v2-strict',
    generation: 'v2',
    settings: 'strict',
    file: 'v2-strict.yaml',
    issuer: (port) => `https://127.0.0.1:${port}/`,
    environment: {},
  },
];

/** Of the exchanges that this release is about. */
const LEAST_EQUAL = 0.95;

/** An entry of the list. `scenario` and `label` may end in `*`, and without a label the whole scenario is meant. */
interface KnownDifference {
  /** The names of the plays in which it differs. */
  readonly plays: readonly string[];
  readonly scenario: string;
  readonly label?: string;
  /** What this release does not have; it does not count among the exchanges that have to be equal. Otherwise it is meant to differ. */
  readonly later?: true;
  readonly reason: string;
}

/** A compared exchange, as the player reports it. */
interface Compared {
  readonly scenario: string;
  readonly label: string;
  /** What differs; empty where the exchange is equal. */
  readonly hard: readonly string[];
}

const known: readonly KnownDifference[] = JSON.parse(
  readFileSync(new URL('known-differences.json', import.meta.url), 'utf8'),
);

const fits = (pattern: string | undefined, text: string) =>
  pattern === undefined || (pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern);

function entriesFor(play: string, { scenario, label }: Compared): KnownDifference[] {
  return known.filter((one) => one.plays.includes(play) && fits(one.scenario, scenario) && fits(one.label, label));
}

/** Plays all scenarios of a set of settings against a fresh server. */
async function playAll(play: Play): Promise<Compared[]> {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  await using database = await unseenDatabase();
  const config = loadConfig({
    files: [join(recordings, 'settings', play.file)],
    env: {
      DSN: database.dsn,
      SERVE_PUBLIC_PORT: String(publicPort),
      SERVE_ADMIN_PORT: String(adminPort),
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_ADMIN_HOST: '127.0.0.1',
      URLS_SELF_ISSUER: play.issuer(publicPort),
      ...(play.issuer(publicPort).startsWith('https') && { URLS_SELF_PUBLIC: play.issuer(publicPort) }),
      ...play.environment,
    },
  });
  const server = await startServer(config, { listeners: 'all', logStream: { write: () => {} } });
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-wire-'));
  try {
    const report = join(folder, 'report.json');
    const where = ['--public', `http://127.0.0.1:${publicPort}`, '--admin', `http://127.0.0.1:${adminPort}`];
    const what = ['--generation', play.generation, '--settings', play.settings, '--json', report];
    // Its exit status only says that something differs; what, is in the report.
    const said = await run([join(recordings, 'run.mjs'), ...where, ...what]);
    if (!existsSync(report)) throw new Error(`The player left no report: ${said}`);
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await server.close();
  }
}

function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe.skipIf(!present)(`recorded exchanges${present ? '' : ' (skipped: no recordings beside the checkout)'}`, () => {
  test.concurrent.each(plays)('$name', { timeout: 180_000 }, async (play) => {
    const compared = await playAll(play);
    expect(compared.length).toBeGreaterThan(0);
    const differing = compared.filter(({ hard }) => hard.length > 0);
    const unlisted = differing.filter((one) => entriesFor(play.name, one).length === 0);
    // An entry for a whole scenario may cover equal exchanges too; it is stale when everything in it is equal.
    const used = new Set(differing.flatMap((one) => entriesFor(play.name, one)));
    const stale = known.filter((entry) => entry.plays.includes(play.name) && !used.has(entry));
    const expected = compared.filter((one) => !entriesFor(play.name, one).some(({ later }) => later));
    const equal = expected.filter(({ hard }) => hard.length === 0);
    console.log(
      `${play.name}: ${compared.length - differing.length} of all ${compared.length} exchanges equal; ${equal.length} of the ${expected.length} that this release is about`,
    );
    expect(unlisted.map(({ scenario, label, hard }) => ({ scenario, label, hard }))).toEqual([]);
    expect(stale).toEqual([]);
    expect(equal.length / expected.length).toBeGreaterThanOrEqual(LEAST_EQUAL);
  });
});

test('every known difference names its plays and has a reason', () => {
  for (const { plays: names, reason, scenario } of known) {
    expect(
      names.every((name) => plays.some((play) => play.name === name)),
      scenario,
    ).toBe(true);
    expect(reason.length, scenario).toBeGreaterThan(20);
  }
});
