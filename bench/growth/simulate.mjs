/** One scenario, from an empty database to its last day. */
import { openEngine } from './engines/index.mjs';
import { openNeverDeleting } from './never-deleting.mjs';
import { createChance } from './random.mjs';
import { busyness, DAY, HOUR } from './scenarios.mjs';
import { startHydrant } from './server.mjs';
import { countQuery, inUseQuery, momentOf, STANDING } from './tables.mjs';
import { traffic, upkeep } from './traffic/index.mjs';
import { createWorld } from './world.mjs';

/** A Tuesday. */
const START = Date.parse('2030-01-01T00:00:00Z');
/** How many events are under way at the same time. */
const AT_ONCE = 8;

/**
 * @typedef {object} Count
 * @property {number} rows
 * @property {number} live Those that are not over.
 * @property {number} left Those that are over, right after a round of the expiry job.
 * @property {number} [inUse] Living rows that can make a difference to somebody; counted every afternoon, where it is not all of them.
 *
 * @typedef {object} Sample
 * @property {number} hour Since the start.
 * @property {Record<string, Count>} tables By table, right before a round of the expiry job: the worst moment.
 * @property {number} rows
 * @property {number} live
 * @property {number} bytes
 * @property {number} used Of the bytes.
 * @property {{ rows: number, bytes: number }} other The schema that never deletes used rows.
 *
 * @typedef {object} Run
 * @property {import('./scenarios.mjs').Scenario} scenario
 * @property {string} engine
 * @property {Sample[]} samples One an hour.
 * @property {Record<string, number>} events What happened, how often.
 * @property {import('./server.mjs').Server['deletions']} deletions
 * @property {number} seconds Of real time.
 */

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {{ dsn?: string | undefined, deletion?: boolean, onDay?: (day: number, sample: Sample) => void }} [options]
 * @returns {Promise<Run>}
 */
export async function simulate(scenario, options = {}) {
  /** @type {(() => unknown)[]} */
  const closers = [];
  try {
    return await play(scenario, options, (close) => closers.unshift(close));
  } finally {
    for (const close of closers) await close();
  }
}

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {NonNullable<Parameters<typeof simulate>[1]>} options
 * @param {(close: () => unknown) => void} atTheEnd Of several, the last comes first.
 * @returns {Promise<Run>}
 */
async function play(scenario, { dsn, deletion = true, onDay = () => {} }, atTheEnd) {
  const began = performance.now();
  const chance = createChance(scenario.seed);
  let now = START;
  const clock = { now: () => now };
  const engine = await openEngine(dsn, scenario.name);
  atTheEnd(() => engine.close());
  const other = openNeverDeleting();
  atTheEnd(() => other.close());
  const server = await startHydrant({ dsn: engine.dsn, settings: scenario.settings, clock, deletion });
  atTheEnd(() => server.close());
  const world = await createWorld({ server, clock, chance, other, scenario });
  atTheEnd(() => world.close());
  const names = (await engine.tables()).filter((name) => !STANDING.test(name));
  /** @type {Record<string, number>} */
  const events = {};
  /** @type {Sample[]} */
  const samples = [];

  /** @param {import('./traffic/index.mjs').Event} event */
  async function happen(event) {
    const outcome = await event(world);
    events[outcome] = (events[outcome] ?? 0) + 1;
  }

  /** Some minutes of traffic. @param {number} from @param {number} length */
  async function pass(from, length) {
    const busy = scenario.load * busyness((from - START) / HOUR);
    const hours = length / HOUR;
    const crowd = shuffled(
      traffic.flatMap(({ perHour, event }) => Array(chance.around(perHour * busy * hours)).fill(event)),
      chance,
    );
    const waves = Math.ceil(crowd.length / AT_ONCE);
    for (let wave = 0; wave < waves; wave++) {
      now = from + Math.floor((length * (wave + 1)) / (waves + 1));
      await Promise.all(crowd.slice(wave * AT_ONCE, (wave + 1) * AT_ONCE).map(happen));
      world.everybodyIsFree();
    }
    for (const { perHour, event } of upkeep) {
      for (let times = chance.around(perHour * scenario.load * hours); times > 0; times--) await happen(event);
      world.everybodyIsFree();
    }
    now = from + length;
  }

  /** @param {string} name @param {boolean} closely @returns {Promise<Count>} */
  async function count(name, closely) {
    const moment = momentOf(now);
    const { total, alive } = await engine.ask(countQuery(name), moment);
    const question = closely ? inUseQuery(name) : undefined;
    const { used } = question ? await engine.ask(question, moment) : {};
    return { rows: total, live: alive, left: 0, ...(used !== undefined && { inUse: used }) };
  }

  /** @param {number} hour */
  async function sample(hour) {
    /** @type {Record<string, Count>} */
    const tables = {};
    for (const name of names) tables[name] = await count(name, hour % 24 === 15);
    await server.flush();
    for (const name of names) {
      const { rows, live } = await count(name, false);
      Object.assign(tables[name] ?? {}, { left: rows - live });
    }
    const all = Object.values(tables);
    const one = {
      hour,
      tables,
      rows: all.reduce((sum, { rows }) => sum + rows, 0),
      live: all.reduce((sum, { live }) => sum + live, 0),
      ...(await engine.size()),
      other: other.measure(),
    };
    samples.push(one);
    if (hour % 24 === 0) onDay(hour / 24, one);
  }

  const round = HOUR / scenario.roundsPerHour;
  for (let hour = 1; hour <= (scenario.days * DAY) / HOUR; hour++) {
    for (let part = 1; part <= scenario.roundsPerHour; part++) {
      await pass(now, round);
      server.kick('deliver-logout');
      if (part < scenario.roundsPerHour) await server.flush();
    }
    server.kick('record-secret-uses');
    server.kick('sweep-orphans');
    await engine.rest();
    await sample(hour);
  }
  const seconds = (performance.now() - began) / 1_000;
  return { scenario, engine: engine.name, samples, events, deletions: server.deletions, seconds };
}

/**
 * @template T
 * @param {T[]} list
 * @param {import('./random.mjs').Chance} chance
 */
function shuffled(list, chance) {
  for (let place = list.length - 1; place > 0; place--) {
    const other = Math.floor(chance.next() * (place + 1));
    [list[place], list[other]] = [/** @type {T} */ (list[other]), /** @type {T} */ (list[place])];
  }
  return list;
}
