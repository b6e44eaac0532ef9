import { expect } from 'vitest';
import { send } from '../../support/browser.js';
import { clientCredentials, givenClient, isActive, walk } from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';
import { temporaryDatabase } from '../../support/temporary-database.js';
import { type Effect, type Settings, started } from './effect.js';

const OLD = 'the-secret-of-yesterday-and-before';
const NEW = 'the-secret-of-today-and-from-now-on';

/** Does something with a server, and something with its successor on the same data. */
async function before<T>(
  first: Settings,
  prepare: (hydrant: Hydrant) => Promise<T>,
  successors: readonly (readonly [Settings, (hydrant: Hydrant, prepared: T) => Promise<void>])[],
): Promise<void> {
  await using database = await temporaryDatabase();
  const use = async <R>(settings: Settings, run: (hydrant: Hydrant) => Promise<R>) => {
    await using hydrant = await started({ dsn: database.dsn, ...settings });
    return await run(hydrant);
  };
  const prepared = await use(first, prepare);
  for (const [settings, check] of successors) await use(settings, (hydrant) => check(hydrant, prepared));
}

/** The token for the second page of the clients. */
async function pageToken(hydrant: Hydrant): Promise<string> {
  await givenClient(hydrant);
  await givenClient(hydrant);
  const { headers } = await send(`${hydrant.adminUrl}/admin/clients?page_size=1`);
  return /page_token=([^&>]+)[^>]*>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? '';
}

const statusOfPage = async (hydrant: Hydrant, token: string) =>
  (await send(`${hydrant.adminUrl}/admin/clients?page_size=1&page_token=${token}`)).status;

export const secrets: readonly Effect[] = [
  {
    keys: ['secrets.system'],
    says: 'the first secret writes, every one reads, and without the right one nothing starts',
    async run() {
      const good = async (hydrant: Hydrant, token: string) => expect(await isActive(hydrant, token)).toBe(true);
      await before(
        { 'secrets.system': OLD },
        async (hydrant) => (await clientCredentials(hydrant, await givenClient(hydrant))).accessToken,
        [
          [{ 'secrets.system': OLD }, good],
          [{ 'secrets.system': `${NEW},${OLD}` }, good],
          [{ 'secrets.system': `${OLD},${NEW}` }, good],
        ],
      );
      await expect(
        before({ 'secrets.system': OLD }, async () => undefined, [[{ 'secrets.system': NEW }, async () => undefined]]),
      ).rejects.toThrow(/^No entry of secrets\.system opens the key \S+ of the set hydra\.\S+: put the secret/);
    },
  },
  {
    keys: ['secrets.cookie'],
    says: 'remembered logins hang on it alone: its first entry writes, every one reads',
    async run() {
      await before(
        { 'secrets.cookie': OLD },
        async (hydrant) => {
          const client = await givenClient(hydrant);
          return { client, ...(await walk(hydrant, client, { login: { remember: true } })) };
        },
        [
          [
            { 'secrets.cookie': `${NEW},${OLD}` },
            async (hydrant, { client, browser }) => {
              const jar = new Map(browser.jar);
              expect((await walk(hydrant, client, { browser })).loginRequest?.skip).toBe(true);
              for (const [name, value] of jar) browser.jar.set(name, value);
            },
          ],
          [
            { 'secrets.cookie': NEW },
            async (hydrant, { client, browser }) =>
              expect((await walk(hydrant, client, { browser })).loginRequest?.skip).toBe(false),
          ],
        ],
      );
    },
  },
  {
    keys: ['secrets.pagination'],
    says: 'page tokens are sealed with its first entry and opened with every one',
    async run() {
      const opens = (status: number) => async (hydrant: Hydrant, token: string) =>
        expect(await statusOfPage(hydrant, token)).toBe(status);
      await before({ 'secrets.pagination': OLD }, pageToken, [
        [{ 'secrets.pagination': `${NEW},${OLD}` }, opens(200)],
        [{ 'secrets.pagination': NEW }, opens(400)],
        [{}, opens(400)],
      ]);
    },
  },
];
