/**
 * How many SQL statements a request costs, with caches warm, on each engine. What is measured has to be what is written down
 * in `statements/`, name by name, so that one more is noticed on the day it comes and one fewer is written down: `vitest -u`
 * writes, `npm run reference` makes docs/reference/statements.md of it.
 */
import { describe, expect, test } from 'vitest';
import { availableEngines, makeDatabase } from '../support/databases/index.js';
import { startTurnCounter } from '../support/databases/turn-counter.js';
import { BESIDE_TEXT, measureRequests, type RequestCosts } from '../support/request-costs.js';

/** Texts of statements are to be seen on the way, and none is to wait for a connection to be made. */
const PARAMETERS = {
  postgres: '&statement_cache_capacity=0&max_conns=1&max_idle_conns=1',
  mariadb: '?max_conns=1&max_idle_conns=1',
} as const;

async function measure(engine: 'sqlite' | 'postgres' | 'mariadb'): Promise<RequestCosts> {
  if (engine === 'sqlite') return measureRequests('memory');
  await using database = await makeDatabase(engine);
  await using counter = await startTurnCounter(`${database.dsn}${PARAMETERS[engine]}`, BESIDE_TEXT);
  return await measureRequests(counter.dsn, counter);
}

/** A line for each request. */
function written(costs: RequestCosts): string {
  const lines = Object.entries(costs).map(([name, { statements, ...counts }]) => [
    name,
    { statements: statements.join(', '), ...counts },
  ]);
  return `${JSON.stringify(Object.fromEntries(lines), null, 2)}\n`;
}

function total(costs: RequestCosts, names: RegExp): number {
  const counted = Object.entries(costs).filter(([name]) => names.test(name));
  expect(counted.length).toBeGreaterThan(0);
  // MariaDB reads back what it wrote, which others answer with.
  return counted.flatMap(([, { statements }]) => statements).filter((name) => !name.endsWith('.row')).length;
}

describe.each(['sqlite', 'postgres', 'mariadb'] as const)('on %s', (engine) => {
  const found = engine === 'sqlite' ? ({ available: true } as const) : availableEngines()[engine];
  test.skipIf(!found.available)(
    `each request keeps to its budget of statements${found.available ? '' : ` (${found.because})`}`,
    { timeout: 60_000 },
    async () => {
      const costs = await measure(engine);
      await expect(written(costs)).toMatchFileSnapshot(`statements/${engine}.json`);

      // Whatever the engine: a login with consent and code, and what cannot be good is refused without a question.
      expect(total(costs, /^(authorization: [^,]*|accept the (login|consent))$/)).toBeLessThanOrEqual(8);
      expect(total(costs, /invented|wrong secret|^discovery$|^jwks$|^read a client$/)).toBe(0);
    },
  );
});
