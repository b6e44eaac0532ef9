/**
 * The process dies under load, again and again, as by a power cut. What was answered before is there afterwards, and
 * nothing single-use can be used twice.
 */
import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exportJWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import {
  askToken,
  clientCredentials,
  givenClient,
  isActive,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
} from '../support/relying-party.js';
import { type ServerProcess, startProcess, twoPorts } from '../support/server-process.js';
import { temporaryDatabase } from '../support/temporary-database.js';

const ROUNDS = 5;
/** Loops of each kind, each with connections of its own. */
const LOOPS = 3;

/** What the server said before it died, and what it did not get round to saying. */
interface Ledger {
  readonly tokens: string[];
  readonly clients: string[];
  readonly redeemed: { code: string; answer: TokenAnswer }[];
  /** Codes that were handed out; whether they were redeemed nobody was told. */
  readonly open: Set<string>;
  /** One chain for each loop: refresh tokens, the newest last. */
  readonly chains: string[][];
  readonly assertions: string[];
}

const newLedger = (): Ledger => ({
  tokens: [],
  clients: [],
  redeemed: [],
  open: new Set(),
  chains: [],
  assertions: [],
});

interface Cast {
  readonly app: TestClient;
  readonly signer: TestClient;
  readonly key: KeyObject;
}

async function givenCast(server: ServerProcess): Promise<Cast> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const signer = await givenClient(server, {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] },
  });
  return { app: await givenClient(server), signer, key: privateKey };
}

const assertionOf = (server: ServerProcess, { signer, key }: Cast) =>
  new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(signer.id)
    .setSubject(signer.id)
    .setAudience(`${server.publicUrl}/oauth2/token`)
    .setExpirationTime('5m')
    .sign(key);

const byAssertion = (server: ServerProcess, { signer }: Cast, assertion: string) =>
  askToken(server, signer, {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });

/** Does something over and over until the server is gone. What it answers must be a success as long as it answers. */
async function untilDeath(state: { dead: boolean }, once: () => Promise<void>): Promise<void> {
  while (!state.dead) {
    try {
      await once();
    } catch (error) {
      if (!state.dead || !isLostConnection(error)) throw error;
      return;
    }
  }
}

/** `fetch` says so with a TypeError; what the server answers is never one. */
const isLostConnection = (error: unknown) => error instanceof TypeError;

function expectSuccess(answer: { status: number; text: string }): void {
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`Refused: ${answer.status} ${answer.text}`);
}

/** Starts the loops; resolves when all of them have noticed that the server is dead. */
async function load(server: ServerProcess, cast: Cast, ledger: Ledger, state: { dead: boolean }): Promise<void> {
  const loops = Array.from({ length: LOOPS }, async () => {
    const chain = [(await obtainTokens(server, cast.app)).refreshToken];
    ledger.chains.push(chain);
    await Promise.all([
      untilDeath(state, async () => {
        const answer = await clientCredentials(server, cast.app);
        expectSuccess(answer);
        ledger.tokens.push(answer.accessToken);
      }),
      untilDeath(state, async () => {
        const answer = await refresh(server, cast.app, chain.at(-1) ?? '');
        expectSuccess(answer);
        chain.push(answer.refreshToken);
      }),
      untilDeath(state, async () => {
        const id = randomUUID();
        expectSuccess(await send(`${server.adminUrl}/admin/clients`, { json: { client_id: id, client_secret: id } }));
        ledger.clients.push(id);
      }),
      untilDeath(state, async () => {
        const code = await obtainCode(server, cast.app);
        ledger.open.add(code);
        const answer = await redeem(server, cast.app, code);
        expectSuccess(answer);
        ledger.open.delete(code);
        ledger.redeemed.push({ code, answer });
      }),
      untilDeath(state, async () => {
        const assertion = await assertionOf(server, cast);
        expectSuccess(await byAssertion(server, cast, assertion));
        ledger.assertions.push(assertion);
      }),
    ]);
  });
  await Promise.all(loops);
}

/** Holds a server that came back against what the one before it said. */
async function check(server: ServerProcess, cast: Cast, ledger: Ledger): Promise<void> {
  const isDead = async (token: string) => !(await isActive(server, token));
  const lost: string[] = [];
  const note = (what: string, isLost: boolean) => {
    if (isLost) lost.push(what);
  };

  await Promise.all(ledger.tokens.map(async (token) => note('an access token', await isDead(token))));
  await Promise.all(
    ledger.clients.map(async (id) =>
      note('a client', (await send(`${server.adminUrl}/admin/clients/${id}`)).status !== 200),
    ),
  );
  await Promise.all(
    ledger.redeemed.map(async ({ code, answer }) => {
      note('a token of a code', await isDead(answer.accessToken));
      note('a refresh token of a code', await isDead(answer.refreshToken));
      note('that a code was used', (await redeem(server, cast.app, code)).status !== 400);
      note('that its tokens ended with the replay', await isActive(server, answer.accessToken));
    }),
  );
  await Promise.all(
    [...ledger.open].map(async (code) => {
      const both = await Promise.all([redeem(server, cast.app, code), redeem(server, cast.app, code)]);
      note('that a code is single-use', both.filter(({ status }) => status === 200).length > 1);
    }),
  );
  await Promise.all(
    ledger.chains.map(async (chain) => {
      const [before, last] = [chain.at(-2), chain.at(-1) ?? ''];
      if (before !== undefined)
        note('the successor of a refresh token', (await refresh(server, cast.app, before)).refreshToken !== last);
      note('a refresh token', (await refresh(server, cast.app, last)).status !== 200);
    }),
  );
  await Promise.all(
    ledger.assertions.map(async (assertion) =>
      note('that an assertion was used', (await byAssertion(server, cast, assertion)).error !== 'jti_known'),
    ),
  );
  expect(lost).toEqual([]);
}

test('what was answered survives the death of the process, and stays single-use', { timeout: 90_000 }, async () => {
  using database = temporaryDatabase();
  const ports = await twoPorts();
  // A long grace, so that a repeated refresh is a question of what was kept, not of how fast the test is.
  const settings = { DSN: database.dsn, OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '5m' };
  let server = await startProcess({ ports, settings });
  try {
    const cast = await givenCast(server);
    for (let round = 0; round < ROUNDS; round++) {
      const ledger = newLedger();
      const state = { dead: false };
      const working = load(server, cast, ledger, state);
      // Not before every loop has had an answer, and then at another moment each time.
      await Promise.race([working, eventually('all loops have begun', () => hasBegun(ledger))]);
      await pause(100 + 37 * round);
      state.dead = true;
      await server.kill();
      await working;
      server = await startProcess({ ports, settings });
      await check(server, cast, ledger);
    }
  } finally {
    await server.kill();
  }
});

/** Whether each loop has had an answer of each kind. */
function hasBegun({ tokens, clients, redeemed, chains, assertions }: Ledger): boolean {
  const answered = [tokens, clients, redeemed, assertions].every((list) => list.length >= LOOPS);
  return answered && chains.length === LOOPS && chains.every((chain) => chain.length > 2);
}
