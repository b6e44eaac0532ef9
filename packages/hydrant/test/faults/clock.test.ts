/** The clock jumps by an hour, ahead and back. What was used stays used, what lives longer than an hour lives on. */
import { expect, test } from 'vitest';
import { openBrowser } from '../support/browser.js';
import { clockAt, HOUR, MINUTE } from '../support/clock.js';
import {
  clientCredentials,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  walk,
} from '../support/relying-party.js';
import { sqliteFile } from '../support/sqlite-file.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { givenAssertions } from './support/assertions.js';
import { PATIENT } from './support/settings.js';

test('a clock that is set an hour ahead and two hours back', async () => {
  using database = sqliteFile();
  const clock = clockAt(Date.now());
  const log: string[] = [];
  await using hydrant = await startHydrant({ settings: { ...PATIENT, DSN: database.dsn }, clock, log });
  const client = await givenClient(hydrant);
  const signer = await givenAssertions(hydrant);
  const browser = openBrowser();

  const remembered = { login: { remember: true, remember_for: 0 }, consent: { remember: true, remember_for: 0 } };
  await obtainTokens(hydrant, client, { browser, ...remembered });
  const code = await obtainCode(hydrant, client);
  const tokens = await redeem(hydrant, client, code);
  const assertion = await signer.make();
  expect((await signer.ask(assertion)).status).toBe(200);
  const rotated = await refresh(hydrant, client, tokens.refreshToken);
  const untouched = await obtainTokens(hydrant, client);
  const waiting = await obtainCode(hydrant, client);

  const usedStaysUsed = async () => {
    expect((await signer.ask(assertion)).status).toBeGreaterThanOrEqual(400);
    for (const used of [code, waiting]) expect((await redeem(hydrant, client, used)).error).toBe('invalid_grant');
  };
  const everythingGoesOn = async () => {
    await flushed(hydrant, database.rows);
    const silent = await walk(hydrant, client, { browser, params: { prompt: 'none' } });
    expect(silent.params).toHaveProperty('code');
    const fresh = await obtainTokens(hydrant, client);
    expect(await isActive(hydrant, fresh.accessToken)).toBe(true);
    expect((await refresh(hydrant, client, fresh.refreshToken)).status).toBe(200);
    expect(await isActive(hydrant, (await clientCredentials(hydrant, client)).accessToken)).toBe(true);
    expect((await signer.ask(await signer.make())).status).toBe(clock.now() > Date.now() + MINUTE ? 401 : 200);
  };

  clock.advance(HOUR + MINUTE);
  expect(await isActive(hydrant, untouched.accessToken)).toBe(false);
  await everythingGoesOn();
  await usedStaysUsed();
  const later = await refresh(hydrant, client, untouched.refreshToken);
  expect(later.status).toBe(200);

  for (let jump = 0; jump < 2; jump++) {
    clock.advance(-HOUR - MINUTE);
    await everythingGoesOn();
    await usedStaysUsed();
    expect(await isActive(hydrant, later.accessToken)).toBe(true);
  }
  // Its family ended when its code came again, and no clock brings that back.
  expect((await refresh(hydrant, client, rotated.refreshToken)).status).toBe(400);
  expect((await refresh(hydrant, client, later.refreshToken)).status).toBe(200);
  expect(log.filter((line) => line.includes('unexpected'))).toEqual([]);
});

test('nodes whose clocks are an hour apart agree on what is used', async () => {
  using database = sqliteFile();
  const now = Date.now();
  const start = (clock: number) => startHydrant({ settings: { ...PATIENT, DSN: database.dsn }, clock: clockAt(clock) });
  await using right = await start(now);
  await using ahead = await start(now + HOUR);
  await using behind = await start(now - HOUR);
  const nodes = [right, ahead, behind];
  const client = await givenClient(right);

  // Expired where it is late, which uses up nothing.
  const code = await obtainCode(right, client);
  expect((await redeem(ahead, client, code)).error).toBe('invalid_grant');
  const tokens = await redeem(behind, client, code);
  expect(tokens.status).toBe(200);

  const both = await Promise.all(nodes.flatMap((node) => [refresh(node, client, tokens.refreshToken)]));
  const successors = new Set(both.filter(({ status }) => status === 200).map(({ refreshToken }) => refreshToken));
  expect(successors.size).toBeLessThanOrEqual(1);

  for (const node of nodes) expect((await redeem(node, client, code)).error).toBe('invalid_grant');
  for (const node of nodes) {
    const fresh = await obtainTokens(node, client);
    for (const other of nodes) expect((await redeem(other, client, 'x')).error).toBe('invalid_grant');
    expect((await refresh(node, client, fresh.refreshToken)).status).toBe(200);
  }
});

/** Runs the job that deletes what is dead, and gives it the time to. */
async function flushed(hydrant: Hydrant, rows: () => Record<string, number>): Promise<void> {
  let before = '';
  for (let after = JSON.stringify(rows()); after !== before; after = JSON.stringify(rows())) {
    before = after;
    hydrant.kick('flush-expired');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
