/** Runs one suite on every database that Hydrant stores in; what a store promises does not depend on it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe } from 'vitest';
import { createSecretRing, type SecretRing } from '../../../src/crypto/secret-ring.js';
import { openStore, type SqlStore, type StoreOptions } from '../../../src/sql/index.js';

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
  make(): { readonly dsn: string; remove(): void };
}

const places: readonly Place[] = [
  { name: 'SQLite in memory', shared: false, make: () => ({ dsn: 'memory', remove: () => undefined }) },
  { name: 'SQLite in a file', shared: true, make: fileInNewFolder },
];

export function forEachDialect(title: string, suite: (stores: Stores) => void): void {
  describe.each(places)(`${title} ($name)`, (place) => suite(storesAt(place)));
}

/** For races between processes: every dialect on which two connections meet. */
export function forEachSharedDialect(title: string, suite: (stores: Stores) => void): void {
  describe.each(places.filter(({ shared }) => shared))(`${title} ($name)`, (place) => suite(storesAt(place)));
}

/** A folder of its own for a test that looks at files; the caller removes it. */
export function fileInNewFolder(): { readonly dsn: string; readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-store-'));
  const path = join(folder, 'data', 'hydrant.sqlite');
  return { path, dsn: `sqlite://${path}?_fk=true`, remove: () => rmSync(folder, { recursive: true }) };
}

function storesAt(place: Place): Stores {
  let made: ReturnType<Place['make']> | undefined;
  let opened: SqlStore[] = [];

  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    made?.remove();
    opened = [];
    made = undefined;
  });

  return {
    async open(options = {}) {
      made ??= place.make();
      const store = await openStore({ dsn: made.dsn, ring, clock: { now: () => NOW }, ...options });
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
