/** The same work on a table with few rows and on one with very many, side by side. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { startPostgres } from '../databases/postgres.mjs';
import { measure } from '../measure.mjs';
import { median } from '../statistics.mjs';
import { postgresNamed, prepareServer, sqliteIn, startHydrant } from '../targets/hydrant.mjs';
import { WORKLOADS } from '../workloads.mjs';

const FEW = 10_000;
/** So many of the rows are of tokens that can be shown; the others only lie there. */
const SHOWN = 200_000;
const DAY_S = 86_400;
/** Rows die between these days after they were made; the tables are made anew before the first one does. */
const FIRST_DAY = 30;
const LAST_DAY = 60;
const SECRET = 'tables-of-the-bench-1f0c9e7b52';

/** @typedef {{ engine: 'sqlite' | 'postgres', rows: number }} Kept */

/**
 * @param {object} options
 * @param {string} options.cache Where the tables are kept for the next time.
 * @param {number} options.rows
 * @param {readonly ('sqlite' | 'postgres')[]} options.engines
 * @param {import('../load/load.mjs').Tool} options.tool
 * @param {number} options.rounds
 * @param {number} options.seconds
 * @param {(text: string) => void} options.say
 * @returns {Promise<import('../results.mjs').Growth[]>}
 */
export async function growth({ cache, rows, engines, tool, rounds, seconds, say }) {
  // What makes rows comes last.
  const works = WORKLOADS.filter(({ id }) => id === 'introspection' || id === 'client_credentials').reverse();
  /** @type {import('../results.mjs').Growth[]} */
  const results = [];
  for (const engine of engines) {
    const few = await open(cache, { engine, rows: FEW }, say);
    const many = await open(cache, { engine, rows }, say);
    for (const work of works) {
      /** @type {{ time: number, cpu: number }[]} */
      const ratios = [];
      for (let round = 0; round <= rounds; round++) {
        const how = { tool, connections: 64, seconds };
        const pair = [];
        for (const target of round % 2 ? [few, many] : [many, few]) pair.push(await measure(target.running, work, how));
        const [less, more] = round % 2 ? pair : pair.reverse();
        // The first round warms up.
        if (less && more && round > 0)
          ratios.push({ time: less.rate / more.rate, cpu: (more.cpu ?? Number.NaN) / (less.cpu ?? Number.NaN) });
      }
      const [time, cpu] = [median(ratios.map(({ time }) => time)), median(ratios.map(({ cpu }) => cpu))];
      say(`growth: ${work.id} on ${engine}: time ×${time.toFixed(2)}, CPU ×${cpu.toFixed(2)}`);
      results.push({ target: `hydrant-${engine}`, workload: work.id, few: FEW, many: rows, time, cpu });
    }
    await few.close();
    await many.close();
  }
  return results;
}

/** A server on a table of that size, which is made where it is not there or too old. @param {string} cache @param {Kept} kept @param {(text: string) => void} say */
async function open(cache, kept, say) {
  const folder = join(cache, `${kept.engine}-${kept.rows}`);
  const stamp = join(folder, 'made');
  const age = existsSync(stamp) ? (Date.now() - Number(readFileSync(stamp, 'utf8'))) / 1000 : Number.POSITIVE_INFINITY;
  // The small one would grow with every run.
  const fresh = kept.rows === FEW || age > (FIRST_DAY - 5) * DAY_S;
  if (fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const postgres = kept.engine === 'postgres' ? await startPostgres(join(folder, 'cluster')) : undefined;
  const database = postgres ? await postgresNamed(postgres, 'rows') : sqliteIn(folder);
  if (fresh) {
    say(`making ${kept.rows.toLocaleString('en-GB')} rows on ${kept.engine}; they are kept in ${folder}`);
    const { serve } = await prepareServer(database, SECRET);
    await (await serve()).stop();
    const count = kept.rows - Math.min(SHOWN, kept.rows / 2);
    if (postgres) await postgres.query(POSTGRES(count), 'rows');
    else fillSqlite(join(folder, 'hydrant.sqlite'), count);
    if (postgres) await postgres.query('VACUUM ANALYZE token', 'rows');
    writeFileSync(stamp, String(Date.now()));
  }
  const running = await startHydrant({
    id: `${kept.engine}-${kept.rows}`,
    title: `${kept.engine}, ${kept.rows} rows`,
    folder,
    database,
    secret: SECRET,
    stored: Math.min(SHOWN, kept.rows / 2),
    clients: 0,
    // Tokens that are issued now are the youngest, as they would be had the others been issued before.
    storedLife: { from: FIRST_DAY * DAY_S * 1000, spread: (LAST_DAY - FIRST_DAY) * DAY_S * 1000 },
    settings: { TTL_ACCESS_TOKEN: `${(LAST_DAY + 30) * 24}h` },
  });
  return {
    running,
    async close() {
      await running.stop();
      await postgres?.stop();
    },
  };
}

const OWN = JSON.stringify({ subject: 'rows', grantedScope: ['read', 'write'], grantedAudience: [], ext: {} });

/** Seconds of the expiry, five bytes long, with the row's number running through them. */
const expiry = () => Math.floor(Date.now() / 1000) + FIRST_DAY * DAY_S;
const SPAN = (LAST_DAY - FIRST_DAY) * DAY_S;

/** @param {number} count */
const POSTGRES = (count) => `
INSERT INTO token ("key", kind, family_id, client_id, issued_at, own)
SELECT decode(lpad(to_hex(${expiry()} + n * ${SPAN} / ${count}), 10, '0') || md5(n::text || random()) || substr(md5(random()::text), 1, 10), 'hex'),
  'access_token', NULL, 'rows', ${Date.now()}, '${OWN}'
FROM generate_series(1::bigint, ${count}) AS n`;

/** @param {string} file @param {number} count */
function fillSqlite(file, count) {
  const database = new Sqlite(file);
  database.pragma('synchronous = OFF');
  database
    .prepare(
      `INSERT INTO token ("key", kind, family_id, client_id, issued_at, own)
       WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       SELECT unhex(printf('%010x', ? + n * ? / ?) || hex(randomblob(21))), 'access_token', NULL, 'rows', ?, ? FROM numbers`,
    )
    .run(count, expiry(), SPAN, count, Date.now(), OWN);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
