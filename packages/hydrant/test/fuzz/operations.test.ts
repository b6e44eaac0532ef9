/**
 * Every operation of the three descriptions, with requests as they should be and with up to four things wrong with them:
 * no answer is a 5xx, a refusal writes nothing but the marks it has to, no secret gets into the log, and no answer tells what we are made of.
 *
 * `HYDRANT_FUZZ_SEED` repeats a run, `HYDRANT_FUZZ_SECONDS` prolongs it.
 */
import { expect, test } from 'vitest';
import { sqliteFile } from '../support/sqlite-file.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { described, type Operation, readOperations } from './descriptions.js';
import { mutated } from './mutations.js';
import { type Chance, chanceOf, chosenSeconds, chosenSeed } from './random.js';
import { liesAboutLength, type RawAnswer, type RawRequest, sendRaw, shown } from './raw-http.js';
import { BESIDE, faultsOf, isRefusalsDue, watchWrites } from './rules.js';
import { draftOf, MARK } from './samples.js';
import { aWorld, type World } from './world.js';

const SECONDS = chosenSeconds(60);
const SEED = chosenSeed();
/** A report of more would not be read. */
const MOST_FAULTS = 25;

const SETTINGS = {
  LOG_LEVEL: 'trace',
  LOG_FORMAT: 'json',
  OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
  URLS_DEVICE_VERIFICATION: 'http://127.0.0.1:1/device',
};

test.skipIf(!described)(
  `every operation withstands anything for ${SECONDS} s (seed ${SEED})${described ? '' : ': the descriptions are not here'}`,
  { timeout: (SECONDS + 60) * 1000 },
  async () => {
    console.info(`HYDRANT_FUZZ_SEED=${SEED} HYDRANT_FUZZ_SECONDS=${SECONDS}`);
    const log: string[] = [];
    let beside = false;
    let besideBefore = false;
    using database = sqliteFile();
    await using hydrant = await startHydrant({
      log,
      settings: { ...SETTINGS, DSN: database.dsn },
      onStatement: (name) => {
        beside ||= BESIDE.test(name);
      },
    });
    const operations = readOperations();
    expect(operations.length).toBeGreaterThan(150);
    const chance = chanceOf(SEED);
    const faults = new Map<string, string>();
    const welcome = new Set<string>();
    const end = Date.now() + SECONDS * 1000;
    using writes = watchWrites(database);
    let sent = 0;
    let lines = 0;
    // One whole round at least, however slow the machine.
    for (let round = 0; round === 0 || (Date.now() < end && faults.size < MOST_FAULTS); round++) {
      const world = await aWorld(hydrant);
      log.length = 0;
      writes.changes();
      for (const operation of operations) {
        if (round > 0 && Date.now() >= end) break;
        const request = requestFor(operation, world, chance);
        const answer = await sendRaw(operation.side === 'admin' ? hydrant.adminUrl : hydrant.publicUrl, request);
        sent++;
        const name = `${operation.method} ${operation.path}`;
        if (answer.status < 400) welcome.add(name);
        const found = faultsIn(answer, log, world);
        const changes = writes.changes();
        // What is written beside one request may be committed during the next. Where the body breaks off, Node refuses it
        // while the request, which needs no body, is being answered already.
        const excused = beside || besideBefore || liesAboutLength(request);
        if (answer.status >= 400 && !excused && !isRefusalsDue(operation.path, changes))
          found.push(`a refusal wrote: ${changes.join(', ')}`);
        [beside, besideBefore] = [false, beside];
        if (answer.status === 0 && !liesAboutLength(request)) found.push('no answer at all');
        for (const fault of found)
          if (!faults.has(`${name}: ${fault}`))
            faults.set(`${name}: ${fault}`, `${shown(request)} → ${shortly(answer)}`);
        lines += log.splice(0).length;
      }
    }
    console.info(`${sent} requests; ${welcome.size} operations have been of use to somebody.`);
    expect([...faults].map(([fault, where]) => `${fault}\n  ${where}`).join('\n')).toBe('');
    expect(lines).toBeGreaterThan(sent / 2);
    await stillWorks(hydrant);
    if (sent > 5 * operations.length) expect(welcome.size).toBeGreaterThan(operations.length / 4);
  },
);

/** Now and then as it should be, so that the mutations are of what works, and that there is something to break. */
function requestFor(operation: Operation, world: World, chance: Chance): RawRequest {
  const times = chance.pick([0, 0, 1, 1, 1, 2, 2, 3, 4]);
  return mutated(draftOf(operation, world.known, chance), times, chance);
}

function faultsIn(answer: RawAnswer, log: readonly string[], world: World): string[] {
  const faults = faultsOf(answer);
  const lines = log.join('');
  const leaked = [MARK, ...world.secrets].find((secret) => lines.includes(secret));
  if (leaked !== undefined) faults.push(`a secret in the log: ${log.find((line) => line.includes(leaked))}`);
  return faults;
}

function shortly({ head, body }: RawAnswer): string {
  return `${head.split('\r\n')[0]} ${body.slice(0, 300)}`;
}

async function stillWorks(hydrant: Hydrant): Promise<void> {
  const { known } = await aWorld(hydrant);
  expect(known.access_token?.[0]).toMatch(/^ory_at_/);
}
