/**
 * The connection goes in the middle of a commit, before the database has it or after. Nobody can tell which, so nobody is
 * told that it worked; and whoever asks again gets what the protocol has for them.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, openBrowser, send } from '../support/browser.js';
import { availableEngines, isCommit, type Matches } from '../support/databases/index.js';
import {
  authorizationUrl,
  challengeIn,
  clientCredentials,
  decide,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { type FaultyDatabase, faultyDatabase } from './support/faulty-database.js';
import { PATIENT } from './support/settings.js';

const engines = availableEngines();

describe.each(['postgres', 'mariadb'] as const)('%s', (engine) => {
  const here = engines[engine];
  describe.skipIf(!here.available)(here.available ? 'is here' : `skipped: ${here.because}`, () => {
    let database: FaultyDatabase;
    let hydrant: Hydrant;
    let client: TestClient;
    /** The statement that was sent last. */
    let sent = '';

    beforeAll(async () => {
      database = await faultyDatabase(engine);
      hydrant = await startHydrant({
        settings: { ...PATIENT, DSN: database.dsn },
        onStatement: (name) => {
          sent = name;
        },
      });
      client = await givenClient(hydrant);
      await obtainTokens(hydrant, client);
    });
    afterAll(async () => {
      await hydrant?.close();
      await database?.[Symbol.asyncDispose]();
    });

    describe.each(['cutBefore', 'cutAfter'] as const)('%s the database has it', (cut) => {
      const carriedOut = cut === 'cutAfter';

      /** Asks with something fresh while the trap is set, until what springs it is this request and not a job's. */
      async function interrupted<T>(
        make: () => Promise<T>,
        ask: (made: T) => Promise<Answer>,
        matches: Matches = isCommit,
      ): Promise<{ made: T; answer: Answer }> {
        for (let attempt = 0; attempt < 5; attempt++) {
          const made = await make();
          sent = '';
          const sprung = database.proxy[cut](matches);
          const answer = await ask(made);
          await sprung;
          if (answer.status === 503 || answer.location?.searchParams.get('error')) return { made, answer };
        }
        throw new Error('No request was interrupted.');
      }

      test('a refresh may be repeated, and has one successor', async () => {
        const { made, answer } = await interrupted(
          () => obtainTokens(hydrant, client),
          ({ refreshToken }) => refresh(hydrant, client, refreshToken),
        );
        expectUnavailable(answer);
        const [again, third] = [
          await refresh(hydrant, client, made.refreshToken),
          await refresh(hydrant, client, made.refreshToken),
        ];
        expect([again.status, third.status]).toEqual([200, 200]);
        expect(third.refreshToken).toBe(again.refreshToken);
        expect((await refresh(hydrant, client, again.refreshToken)).status).toBe(200);
      });

      test('a code that was redeemed is used; one that was not may be redeemed', async () => {
        const { made: code, answer } = await interrupted(
          () => obtainCode(hydrant, client),
          (one) => redeem(hydrant, client, one),
        );
        expectUnavailable(answer);
        const again = await redeem(hydrant, client, code);
        expect([again.status, again.error]).toEqual(carriedOut ? [400, 'invalid_grant'] : [200, undefined]);
        expect((await redeem(hydrant, client, code)).status).toBe(400);
        // Either way the person is logged in with the next code.
        expect((await redeem(hydrant, client, await obtainCode(hydrant, client))).status).toBe(200);
      });

      test('a token of a client is made anew', async () => {
        const { answer } = await interrupted(
          async () => undefined,
          () => clientCredentials(hydrant, client),
          // One statement is its own commit, and needs no word for it.
          () => sent === 'token.insert',
        );
        expectUnavailable(answer);
        const again = await clientCredentials(hydrant, client);
        expect(await isActive(hydrant, again.accessToken)).toBe(true);
      });

      test('a revocation may be repeated, and holds', async () => {
        const revoke = (token: string) =>
          send(`${hydrant.publicUrl}/oauth2/revoke`, { form: { token }, basic: [client.id, client.secret] });
        const { made, answer } = await interrupted(
          () => obtainTokens(hydrant, client),
          ({ refreshToken }) => revoke(refreshToken),
          () => sent === 'token_family.end',
        );
        expectUnavailable(answer);
        expect((await revoke(made.refreshToken)).status).toBe(200);
        expect(await isActive(hydrant, made.refreshToken)).toBe(false);
        expect(await isActive(hydrant, made.accessToken)).toBe(false);
      });

      test('a login may be accepted again, and goes on', async () => {
        const accept = (challenge: string) =>
          send(`${hydrant.adminUrl}/admin/oauth2/auth/requests/login/accept?login_challenge=${challenge}`, {
            method: 'PUT',
            json: { subject: 'alice' },
          });
        const { made, answer } = await interrupted(
          async () => {
            const browser = openBrowser();
            const asked = await browser.get(authorizationUrl(hydrant, client));
            return { browser, challenge: challengeIn(asked, 'login') };
          },
          ({ challenge }) => accept(challenge),
          (bytes) => isCommit(bytes) || (engine === 'postgres' && sent === 'flow.advance'),
        );
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
        const again = await accept(made.challenge);
        expect(again.status).toBe(200);
        const next = await made.browser.get(String(again.json.redirect_to));
        expect(next.location?.searchParams.has('consent_challenge')).toBe(true);
      });

      test('a client is there, or may be created', async () => {
        const create = (id: string) => send(`${hydrant.adminUrl}/admin/clients`, { json: { client_id: id } });
        const { made, answer } = await interrupted(async () => randomUUID(), create);
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
        expect((await create(made)).status).toBe(carriedOut ? 409 : 201);
      });

      test('a consent ends with an error at the client, or with its code, once', async () => {
        const { made, answer } = await interrupted(
          async () => {
            const browser = openBrowser();
            const asked = await browser.get(authorizationUrl(hydrant, client));
            const consent = await browser.get(
              await decide(hydrant, 'login', challengeIn(asked, 'login'), { subject: 'alice' }),
            );
            const verifier = await decide(hydrant, 'consent', challengeIn(consent, 'consent'), {
              grant_scope: ['openid', 'offline'],
            });
            return { browser, verifier };
          },
          ({ browser, verifier }) => browser.get(verifier),
        );
        expect(answer.location?.href).toMatch(/callback\?error=temporarily_unavailable&/);
        const again = await made.browser.get(made.verifier);
        if (carriedOut) expect(again.location?.searchParams.get('error')).toBe('access_denied');
        else expect((await redeem(hydrant, client, again.location?.searchParams.get('code') ?? '')).status).toBe(200);
      });
    });
  });
});

function expectUnavailable(answer: Answer): void {
  expect([answer.status, answer.json.error, answer.headers.get('retry-after')]).toEqual([
    503,
    'temporarily_unavailable',
    '1',
  ]);
}
