import { expect, test } from 'vitest';
import type { SqlStore } from '../../src/sql/index.js';
import { forEachDialect, NOW } from './support/for-each-dialect.js';
import { aFlow, anOwnToken, aSession, givenFamily, HOUR, handleKey, tokenKey } from './support/records.js';

/** InnoDB's guess may be off even for a few rows. */
const countsExactly = (store: SqlStore) => !store.location.startsWith('mysql');

async function statesOf(store: SqlStore, now = NOW) {
  return Object.fromEntries((await store.measure(now)).map(({ table, ...state }) => [table, state]));
}

forEachDialect('table states', (stores) => {
  test('tell rows, dead rows and the oldest of them, of each table whose rows die', async () => {
    const store = await stores.open();
    const empty = await statesOf(store);
    expect(Object.keys(empty).sort()).toEqual(
      ['assertions', 'deviceVisits', 'devices', 'families', 'flows', 'logouts', 'sessions', 'tokens'].sort(),
    );
    for (const state of Object.values(empty)) expect(state).toMatchObject({ dead: 0, oldestDead: null });

    const second = Math.floor(NOW / 1000) * 1000;
    for (const died of [second - HOUR, second - 2 * HOUR])
      await store.tokens.insert([anOwnToken({ key: tokenKey(died) })]);
    await store.tokens.insert([anOwnToken(), anOwnToken({ key: tokenKey(null) })]);
    await store.flows.insert(aFlow({}, handleKey(second - 5000)));
    await store.sessions.save(aSession({ expiresAt: NOW - 7 }));
    await store.sessions.save(aSession({ expiresAt: NOW + 7 }));
    await givenFamily(store);

    const states = await statesOf(store);
    expect(states.tokens).toMatchObject({ dead: 2, oldestDead: second - 2 * HOUR });
    expect(states.flows).toMatchObject({ dead: 1, oldestDead: second - 5000 });
    expect(states.sessions).toMatchObject({ dead: 1, oldestDead: NOW - 7 });
    expect(states.families).toMatchObject({ dead: 0, oldestDead: null });
    const rows = ['tokens', 'flows', 'sessions', 'families'].map((table) => states[table]?.rows);
    // The family that is given brings a flow of its own.
    if (countsExactly(store)) expect(rows).toEqual([4, 2, 2, 1]);

    await store.tokens.flush(NOW, 500);
    expect((await statesOf(store)).tokens).toMatchObject({ dead: 0, oldestDead: null });
  });
});

forEachDialect('counting', (stores) => {
  test('goes through a table in slices and misses none', async () => {
    const store = await stores.open();
    for (let batch = 0; batch < 42; batch += 1) {
      await store.tokens.insert(Array.from({ length: 500 }, () => anOwnToken({ key: tokenKey(NOW + HOUR) })));
    }
    const { rows } = (await statesOf(store)).tokens ?? { rows: 0 };
    // Where the engine guesses it may be off; where it has not looked yet, or keeps no guess, it is counted.
    expect(Math.abs(rows - 21_000)).toBeLessThan(countsExactly(store) ? 1 : 10_000);
  });
});
