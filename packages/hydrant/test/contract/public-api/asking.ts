/** The first visit of an authorization request, with what it left behind. */
import { afterAll } from 'vitest';
import { openBrowser } from '../../support/browser.js';
import { authorizationUrl, type Params, type TestClient } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { temporaryDatabase } from '../../support/temporary-database.js';
import { type Landing, landing } from './landing.js';

/** A server for a file of tests, and how a client asks it; `flows` are the rows that the request made. */
export async function sharedAsking(): Promise<{
  readonly hydrant: ReturnType<typeof sharedHydrant>;
  readonly ask: (client: TestClient, params: Params) => Promise<Landing & { readonly flows: number }>;
}> {
  const database = await temporaryDatabase();
  const hydrant = sharedHydrant({ settings: { DSN: database.dsn } });
  afterAll(() => database[Symbol.asyncDispose]());
  return {
    hydrant,
    async ask(client, params) {
      const before = await database.count('flow');
      const landed = landing(await openBrowser().get(authorizationUrl(hydrant, client, params)));
      return { ...landed, flows: (await database.count('flow')) - before };
    },
  };
}
