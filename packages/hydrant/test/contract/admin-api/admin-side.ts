/**
 * The admin API in one of its generations, as the tests of its edge cases speak it: Hydra 1.7 on un-prefixed paths, Hydra 26
 * under `/admin`. The tests are numbered as the edge cases of the contract (§14), and each runs in every generation that its
 * row names; where the other one has the operation as well, in that one too.
 *
 * Rows and half-rows of the contract that have no test, since Hydrant serves them to nobody:
 *
 * | # | What | Why |
 * |---|---|---|
 * | 14, 33 | 410 with `redirect_to` for a redeemed challenge | Hydra 1.11 alone; un-prefixed paths answer as 1.7 (409), `/admin` as 26 (200) |
 * | 32 | 409 for a consent that is accepted after it was redeemed | Hydra 1.11 alone; 1.7 and 26 answer 200 |
 * | 43 | 410 on un-prefixed paths | Hydra 1.11 alone; 1.7 says 409. Under `/admin` it is 410, and tested |
 * | 47, 69, 70 | 204 and 404 on un-prefixed paths | Hydra 1.11 alone; 1.7 says 404, 401 and 204 |
 * | 56, 58 | `invalid_client_metadata`, `invalid_redirect_uri` on un-prefixed paths | Hydra 1.11 alone; 1.7 says `invalid_request` |
 * | 80 | ES256 on un-prefixed paths | Hydra 1.11 alone; 1.7 refuses it |
 * | 89 | `token_type` Bearer on un-prefixed paths | Hydra 1.11 alone; 1.7 names the kind of token there |
 *
 * Operations that 1.11 has and 1.7 has not (24, 75 to 77, 96 to 99) are served on un-prefixed paths, and tested on both.
 */
import { expect } from 'vitest';
import { type Answer, type Browser, openBrowser, type Request, send } from '../../support/browser.js';
import {
  authorizationUrl,
  challengeIn,
  givenClient,
  type Params,
  redeem,
  type TestClient,
  walk,
} from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';

export type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;
export type Kind = 'login' | 'consent' | 'logout';
type Body = Readonly<Record<string, unknown>>;

/** The two forms of the admin API, as the contract marks them. */
export type Generation = 'v1.7' | 'v2+';

/** For `test.each`; a title has `%s`. */
export const BOTH: readonly Generation[] = ['v1.7', 'v2+'];

const PREFIX: Readonly<Record<Generation, string>> = { 'v1.7': '', 'v2+': '/admin' };

/** Sends to a path of the admin side, without its prefix. */
export function admin(
  hydrant: Server,
  generation: Generation,
  method: string,
  path: string,
  request: Request = {},
): Promise<Answer> {
  return send(`${hydrant.adminUrl}${PREFIX[generation]}${path}`, { method, ...request });
}

/** Reads a login, consent or logout request. */
export function read(hydrant: Server, generation: Generation, kind: Kind, challenge: string): Promise<Answer> {
  return admin(hydrant, generation, 'GET', requestPath(kind, challenge));
}

/** Accepts or rejects one; `body` is left out where there is none. */
export function decideAs(
  hydrant: Server,
  generation: Generation,
  step: `${'accept' | 'reject'} ${Kind}`,
  challenge: string,
  body?: Body,
): Promise<Answer> {
  const [verb, kind] = step.split(' ') as [string, Kind];
  return admin(hydrant, generation, 'PUT', requestPath(kind, challenge, `/${verb}`), body && { json: body });
}

function requestPath(kind: Kind, challenge: string, verb = ''): string {
  return `/oauth2/auth/requests/${kind}${verb}?${kind}_challenge=${encodeURIComponent(challenge)}`;
}

/** Where an acceptance or a rejection sends the browser. */
export function nextOf(answer: Answer): URL {
  expect(answer.status, answer.text).toBe(200);
  return new URL(String(answer.json.redirect_to));
}

/** A client with a secret that the server made, which costs no slow hash. */
export function quickClient(hydrant: Server, metadata: Body = {}): Promise<TestClient> {
  return givenClient(hydrant, { client_secret: undefined, ...metadata });
}

/** A browser that stands before an app. */
export interface Waiting {
  readonly browser: Browser;
  readonly challenge: string;
}

export async function atLogin(
  hydrant: Server,
  client: TestClient,
  params: Params = {},
  browser: Browser = openBrowser(),
): Promise<Waiting> {
  return { browser, challenge: challengeIn(await browser.get(authorizationUrl(hydrant, client, params)), 'login') };
}

/** Before the consent app, its login accepted under `/admin`. */
export async function atConsent(
  hydrant: Server,
  client: TestClient,
  { login = {}, params = {}, browser = openBrowser() }: { login?: Body; params?: Params; browser?: Browser } = {},
): Promise<Waiting> {
  const { challenge } = await atLogin(hydrant, client, params, browser);
  const next = nextOf(await decideAs(hydrant, 'v2+', 'accept login', challenge, { subject: 'alice', ...login }));
  return { browser, challenge: challengeIn(await browser.get(next), 'consent') };
}

/** Before the logout app, after a login that is remembered. */
export async function atLogout(hydrant: Server, client: TestClient, subject: string): Promise<Waiting> {
  const { browser, code } = await walk(hydrant, client, { login: { subject, remember: true } });
  const { idToken } = await redeem(hydrant, client, code);
  const asked = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${idToken}`);
  return { browser, challenge: challengeIn(asked, 'logout') };
}

/** Follows a consent app's answer and returns the client's parameters: a code, or an error. */
export async function followed(browser: Browser, next: string | URL): Promise<URLSearchParams> {
  const answer = await browser.get(next);
  if (!answer.location) throw new Error(`No redirect: ${answer.status} ${answer.text}`);
  return answer.location.searchParams;
}

/**
 * Holds a refusal against its status, its code, and the members that every one of its generation has (§1.5); `names` is what
 * its text has to name.
 */
export function expectRefusal(
  answer: Answer,
  generation: Generation,
  status: number,
  error: string,
  names?: string,
): void {
  expect({ status: answer.status, error: answer.json.error }, answer.text).toEqual({ status, error });
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.json.error_description).toEqual(expect.any(String));
  if (generation === 'v2+') {
    expect(Object.keys(answer.json)).toEqual(['error', 'error_description']);
    expect(answer.json.error_description).not.toContain('"');
  } else {
    // Hydra: the body of an `error` says 500, whatever the status line says.
    expect(answer.json.status_code).toBe(error === 'error' ? 500 : status);
    expect(answer.json.request_id).toBe('');
    expect(Object.keys(answer.json).filter((name) => !FIRST_MEMBERS.has(name))).toEqual([]);
  }
  if (names !== undefined) expect(answer.text).toContain(names);
}

const FIRST_MEMBERS: ReadonlySet<string> = new Set([
  'error',
  'error_description',
  'error_hint',
  'status_code',
  'error_debug',
  'request_id',
]);

/** The codes of the contract's error table that have no name of their own. */
export const CODES = {
  plain: 'error',
  parameter: 'invalid_request',
  notFound: 'Not Found',
  noRow: 'Unable to locate the resource',
  conflict: 'Conflict',
  exists: 'Unable to insert or update resource because a resource with that value exists already',
  malformed: 'The request was malformed or contained invalid parameters',
  unauthorized: 'The request could not be authorized',
  metadata: 'invalid_client_metadata',
} as const;

let names = 0;
/** A name that no other test of the file has. */
export function fresh(what: string): string {
  return `${what}-${++names}`;
}
