/** Runs one suite on every database that Hydrant stores in; what a store promises does not depend on it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, test } from 'vitest';
import { createSecretRing, type SecretRing } from '../../../src/crypto/secret-ring.js';
import { openStore, type SqlStore, type StoreOptions } from '../../../src/sql/index.js';
import { availableEngines, type Engine, makeDatabase } from '../../support/databases/index.js';

export const ring: SecretRing = createSecretRing(['the-system-secret-of-the-store-suite']);

/** The suite's present. Rows die around it, whatever the machine's clock says. */
export const NOW: number = Date.parse('2030-01-01T12:00:00.250Z');

/** Opens stores for one test and closes them after it. */
export interface Stores {
  open(options?: Partial<StoreOptions>): Promise<SqlStore>;
}

interface Place {
  readonly name: string;
  /** Whether two stores that are opened on the place share their data. */
  readonly shared: boolean;
  /** Why there is no such place here. */
  readonly absent?: string;
  make(): Promise<Made>;
}

/** An empty database, which a test fills and the next one finds empty again. */
interface Made {
  readonly dsn: string;
  /** Whether {@link Made.empty} leaves nothing to go on with. */
  readonly once?: true;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

const places: readonly Place[] = [
  { name: 'SQLite in memory', shared: false, make: async () => renewed('memory', () => undefined) },
  {
    name: 'SQLite in a file',
    shared: true,
    make: async () => {
      const { dsn, remove } = fileInNewFolder();
      return renewed(dsn, remove);
    },
  },
  onServer('PostgreSQL', 'postgres'),
  onServer('PostgreSQL behind PgBouncer', 'pgbouncer'),
  onServer('MariaDB', 'mariadb'),
  onServer('MySQL', 'mysql'),
];

/** A database that is gone with each test. */
function renewed(dsn: string, remove: () => void): Made {
  return { dsn, once: true, empty: async () => remove(), remove: async () => undefined };
}

/** A database on a server is emptied for the next test, for making one takes a while. */
function onServer(name: string, engine: Engine): Place {
  const found = availableEngines()[engine];
  return {
    name,
    shared: true,
    ...(!found.available && { absent: found.because }),
    make: async () => {
      const { dsn, rows, query, drop } = await makeDatabase(engine);
      const empty = async () => {
        for (const table of [...Object.keys(await rows()), 'change_clock']) await query(`DELETE FROM ${table}`);
      };
      return { dsn, empty, remove: drop };
    },
  };
}

export function forEachDialect(title: string, suite: (stores: Stores) => void): void {
  for (const place of places) onPlace(title, place, suite);
}

/** For races between processes: every dialect on which two connections meet. */
export function forEachSharedDialect(title: string, suite: (stores: Stores) => void): void {
  for (const place of places) if (place.shared) onPlace(title, place, suite);
}

function onPlace(title: string, place: Place, suite: (stores: Stores) => void): void {
  if (place.absent === undefined) describe(`${title} (${place.name})`, () => suite(storesAt(place)));
  else test.skip(`${title} (${place.name}): ${place.absent}`, () => undefined);
}

/** A folder of its own for a test that looks at files; the caller removes it. */
export function fileInNewFolder(): { readonly dsn: string; readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-store-'));
  const path = join(folder, 'data', 'hydrant.sqlite');
  return { path, dsn: `sqlite://${path}?_fk=true`, remove: () => rmSync(folder, { recursive: true }) };
}

function storesAt(place: Place): Stores {
  let made: Made | undefined;
  let opened: SqlStore[] = [];

  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
    await made?.empty();
    if (made?.once) made = undefined;
  });
  afterAll(() => made?.remove());

  return {
    async open(options = {}) {
      made ??= await place.make();
      const store = await openStore({ dsn: made.dsn, ring, clock: { now: () => NOW }, migrates: true, ...options });
      opened.push(store);
      return store;
    },
  };
}

/** Lets several callers try the same at once, on each of the stores in turn, and tells how many won. */
export async function race(
  stores: readonly SqlStore[],
  callers: number,
  attempt: (store: SqlStore, caller: number) => Promise<unknown>,
): Promise<number> {
  const results = await Promise.all(
    Array.from({ length: callers }, (_, caller) => {
      const store = stores[caller % stores.length];
      return store ? attempt(store, caller) : false;
    }),
  );
  return results.filter((result) => result !== false && result !== undefined).length;
}
