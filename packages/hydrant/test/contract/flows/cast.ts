/**
 * The clients of §16 of the flows contract, and a browser's way through login and consent step by step. The tests are
 * numbered as the edge cases there, and read as [v2+]; where a row is about the login app's calls, those of Hydra 1.7 on
 * un-prefixed paths are tested as well.
 *
 * What rows say of Hydra 1.x alone has no test, since the public side has one behaviour for everybody:
 *
 * | # | What of 1.x is not there | In its place |
 * |---|---|---|
 * | 2 | the query of `urls.login` is kept | replaced |
 * | 11, 12 | a verifier that comes again is `invalid_request` | to the consent app again; `access_denied` |
 * | 16, 17 | no `Max-Age` for `remember_for: 0` | that of `ttl.authentication_session` |
 * | 33 | `max_age=0` skips | asks anew |
 * | 41 | the newest consent alone counts | the newest that has not expired |
 * | 48 | the second tab breaks the first one's cookie | each flow has its own |
 * | 50 | cookie names end in `_insecure` over plain http | in `_dev`, in development mode |
 * | 59 | `state=` where there was no state | no `state` |
 * | 62 | a logout verifier that comes again ends at the error page | at the target |
 * | 72 | the session of a browser without cookie outlives the logout (1.7) | it ends |
 */
import type { Answer, Browser } from '../../support/browser.js';
import {
  authorizationUrl,
  challengeIn,
  decide,
  givenClient,
  type Params,
  type TestClient,
} from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';

type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;
type Members = Readonly<Record<string, unknown>>;

/** Confidential. The server makes the secret, whose hash is quick. */
export function givenA(hydrant: Server, metadata: Members = {}): Promise<TestClient> {
  return givenClient(hydrant, {
    client_secret: undefined,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline photos',
    redirect_uris: ['https://a.example/cb'],
    ...metadata,
  });
}

/** Public, on somebody's device. */
export function givenP(hydrant: Server, metadata: Members = {}): Promise<TestClient> {
  return givenA(hydrant, { token_endpoint_auth_method: 'none', redirect_uris: ['myapp://cb'], ...metadata });
}

/** To the login app; returns the challenge. */
export async function atLogin(
  hydrant: Server,
  client: TestClient,
  browser: Browser,
  params: Params = {},
): Promise<string> {
  return challengeIn(await browser.get(authorizationUrl(hydrant, client, params)), 'login');
}

/** Through the login app and on; returns the challenge of the consent app. */
export async function atConsent(
  hydrant: Server,
  client: TestClient,
  browser: Browser,
  login: Members = {},
): Promise<string> {
  const challenge = await atLogin(hydrant, client, browser);
  const next = await decide(hydrant, 'login', challenge, { subject: 'alice', ...login });
  return challengeIn(await browser.get(next), 'consent');
}

/** A browser in which alice is logged in, and remembered; her consent too. */
export const REMEMBERED = { login: { remember: true }, consent: { remember: true } } as const;

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** By lower-case name; an attribute without value has an empty one. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The cookies that an answer sets, by a part of their names. */
export function cookiesOf({ headers }: Answer, part: string): SetCookie[] {
  return headers
    .getSetCookie()
    .map((line) => {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', ...value] = pair.split('=');
      const read = attributes.map((one) => [one.split('=')[0]?.toLowerCase() ?? '', one.split('=')[1] ?? ''] as const);
      return { name, value: value.join('='), attributes: Object.fromEntries(read) };
    })
    .filter(({ name }) => name.includes(part));
}
