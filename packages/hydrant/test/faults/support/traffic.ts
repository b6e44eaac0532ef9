/**
 * Mixed load of honest clients on a server that faults are made on. Everything that is acknowledged is written down and
 * held against what the server says afterwards; what was refused for the time being, or never answered, is asked again as
 * the protocol allows it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, send } from '../../support/browser.js';
import {
  clientCredentials,
  givenClient,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
  walk,
} from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';
import { type Assertions, givenAssertions } from './assertions.js';

export type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;

/** What the clients were told, and what they saw that must not be. */
export interface Ledger {
  readonly tokens: string[];
  readonly revoked: string[];
  readonly clients: string[];
  readonly assertions: string[];
  /** Subjects whose consent was to be remembered, and whose client got its code. */
  readonly consents: string[];
  readonly redeemed: { readonly code: string; readonly answer: TokenAnswer }[];
  /** Codes that were handed out; nobody was told whether they were redeemed. */
  readonly open: Set<string>;
  /** For each person, the refresh tokens of their client, the newest last. */
  readonly chains: string[][];
  /** The access token that came with the newest of them; those before it have ended. */
  readonly newest: Map<string[], string>;
  readonly violations: string[];
  /** Answers with 503, and requests that were never answered. */
  unavailable: number;
  unanswered: number;
  acknowledged: number;
  /** How often a client repeated a refresh whose answer it did not get, and went on. */
  repeated: number;
}

export interface Traffic {
  readonly ledger: Ledger;
  readonly cast: Cast;
  /** Ends it, and resolves when nobody waits for an answer any more. */
  stop(): Promise<void>;
}

export interface Cast {
  readonly app: TestClient;
  readonly signer: Assertions;
}

/** Loops of each kind. */
const LOOPS = 2;
/** After a request that got no success: a client that asks again at once only adds to the trouble. */
const PAUSE_MS = 25;

/** Makes the clients, and starts the load; resolves when it runs. */
export async function startTraffic(server: Server, loops: number = LOOPS): Promise<Traffic> {
  const cast: Cast = { app: await givenClient(server), signer: await givenAssertions(server) };
  const ledger: Ledger = {
    ...{ tokens: [], revoked: [], clients: [], assertions: [], consents: [], redeemed: [], chains: [], violations: [] },
    ...{ open: new Set(), newest: new Map(), unavailable: 0, unanswered: 0, acknowledged: 0, repeated: 0 },
  };
  const state = { stopped: false };
  for (let loop = 0; loop < loops; loop++) ledger.chains.push([(await obtainTokens(server, cast.app)).refreshToken]);
  const running = ledger.chains.flatMap((chain) =>
    [
      () => token(server, cast, ledger),
      () => revocation(server, cast, ledger),
      () => rotation(server, cast, ledger, chain),
      () => registration(server, ledger),
      () => login(server, cast, ledger),
      () => assertion(cast, ledger),
    ].map(async (once) => {
      while (!state.stopped) if (!(await once())) await pause(PAUSE_MS);
    }),
  );
  return {
    ledger,
    cast,
    async stop() {
      state.stopped = true;
      await Promise.all(running);
    },
  };
}

/** Resolves when so many more requests had a success. */
export async function moreAnswers(ledger: Ledger, more = 24): Promise<void> {
  const enough = ledger.acknowledged + more;
  while (ledger.acknowledged < enough) await pause(10);
}

/** Resolves when so many more requests were refused for the time being. */
export async function moreRefusals(ledger: Ledger, more = 24): Promise<void> {
  const enough = ledger.unavailable + more;
  while (ledger.unavailable < enough) await pause(10);
}

/** The answer where it is a success; anything else is counted, or is a violation. */
async function acknowledged<A extends Answer>(
  what: string,
  ledger: Ledger,
  ask: () => Promise<A>,
): Promise<A | undefined> {
  let answer: A;
  try {
    answer = await ask();
  } catch (error) {
    // `fetch` says so where there was no answer; what a server answers is never one.
    if (!(error instanceof TypeError)) throw error;
    ledger.unanswered += 1;
    return undefined;
  }
  const { status, headers, text } = answer;
  if (status === 200 || status === 201) {
    ledger.acknowledged += 1;
    return answer;
  }
  ledger.unavailable += 1;
  if (status !== 503) ledger.violations.push(`${what}: ${status} ${text}`);
  else if (!headers.has('retry-after')) ledger.violations.push(`${what}: 503 without Retry-After`);
  return undefined;
}

async function token(server: Server, { app }: Cast, ledger: Ledger): Promise<boolean> {
  const answer = await acknowledged('client_credentials', ledger, () => clientCredentials(server, app));
  if (answer) ledger.tokens.push(answer.accessToken);
  return answer !== undefined;
}

async function revocation(server: Server, { app }: Cast, ledger: Ledger): Promise<boolean> {
  const made = await acknowledged('client_credentials', ledger, () => clientCredentials(server, app));
  if (!made) return false;
  const form = { token: made.accessToken };
  const revoke = () => send(`${server.publicUrl}/oauth2/revoke`, { form, basic: [app.id, app.secret] });
  const answer = await acknowledged('revocation', ledger, revoke);
  if (answer) ledger.revoked.push(made.accessToken);
  return answer !== undefined;
}

/** A client that got no answer shows the same token again, for the new one may be on its way to nobody. */
async function rotation(server: Server, { app }: Cast, ledger: Ledger, chain: string[]): Promise<boolean> {
  const failed = ledger.unanswered + ledger.unavailable;
  const answer = await acknowledged('refresh', ledger, () => refresh(server, app, chain.at(-1) ?? ''));
  if (!answer) {
    waiting.add(chain);
    return false;
  }
  chain.push(answer.refreshToken);
  ledger.newest.set(chain, answer.accessToken);
  if (waiting.delete(chain) && failed > 0) ledger.repeated += 1;
  return true;
}

/** Chains whose last refresh was not answered. */
const waiting = new WeakSet<string[]>();

async function registration(server: Server, ledger: Ledger): Promise<boolean> {
  const id = randomUUID();
  const json = { client_id: id, client_secret: id };
  const answer = await acknowledged('registration', ledger, () => send(`${server.adminUrl}/admin/clients`, { json }));
  if (answer) ledger.clients.push(id);
  // A hash that is slow on purpose is no load of the database.
  await pause(PAUSE_MS);
  return answer !== undefined;
}

async function login(server: Server, { app }: Cast, ledger: Ledger): Promise<boolean> {
  const subject = randomUUID();
  const code = await codeFor(server, app, ledger, subject);
  if (code === undefined) return false;
  ledger.consents.push(subject);
  ledger.open.add(code);
  const answer = await acknowledged('redemption', ledger, () => redeem(server, app, code));
  if (!answer) return false;
  ledger.open.delete(code);
  ledger.redeemed.push({ code, answer });
  return true;
}

/** Login and consent; `undefined` where they did not end with a code, which is a violation unless the database was why. */
async function codeFor(server: Server, app: TestClient, ledger: Ledger, subject: string): Promise<string | undefined> {
  const told = (text: string) => {
    ledger.unavailable += 1;
    if (!/\b503\b|temporarily_unavailable/.test(text)) ledger.violations.push(`login: ${text}`);
  };
  try {
    const { code, answer } = await walk(server, app, { login: { subject }, consent: { remember: true } });
    if (code !== '') {
      ledger.acknowledged += 1;
      return code;
    }
    told(`${answer.status} ${answer.location ?? answer.text}`);
  } catch (error) {
    if (error instanceof TypeError) ledger.unanswered += 1;
    else told(String(error));
  }
  return undefined;
}

async function assertion({ signer }: Cast, ledger: Ledger): Promise<boolean> {
  const made = await signer.make();
  const answer = await acknowledged('assertion', ledger, () => signer.ask(made));
  if (answer) ledger.assertions.push(made);
  return answer !== undefined;
}
