/** A relying party, and the login and consent app beside it, in as few words as a journey needs. */
import { createHash } from 'node:crypto';
import { type Answer, type Browser, openBrowser, send } from './browser.js';
import type { Hydrant } from './start-hydrant.js';

type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;

export interface TestClient {
  readonly id: string;
  /** Empty for a public client. */
  readonly secret: string;
  readonly redirectUri: string;
}

/** Where the tests' clients want their answers. Nothing listens there: redirects are read, not followed. */
export const CALLBACK = 'http://127.0.0.1:1/callback';

/** Registers a client that may do everything, save what `metadata` says otherwise. */
export async function givenClient(
  hydrant: Server,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  const isPublic = metadata.token_endpoint_auth_method === 'none';
  const answer = await send(`${hydrant.adminUrl}/admin/clients`, {
    json: {
      ...(!isPublic &&
        metadata.token_endpoint_auth_method !== 'private_key_jwt' && { client_secret: 'secret of the client' }),
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
      response_types: [
        'code',
        'token',
        'id_token',
        'code id_token',
        'code token',
        'id_token token',
        'code id_token token',
      ],
      scope: 'openid offline profile email',
      ...metadata,
    },
  });
  if (answer.status !== 201) throw new Error(`The client was refused: ${answer.status} ${answer.text}`);
  const { client_id: id, client_secret: secret, redirect_uris: uris } = answer.json;
  return {
    id: String(id),
    secret: String(secret ?? ''),
    redirectUri: Array.isArray(uris) ? String(uris[0] ?? CALLBACK) : CALLBACK,
  };
}

export type Params = Readonly<Record<string, string>>;

/** The address with which a client sends a browser to log in. */
export function authorizationUrl(hydrant: Server, client: TestClient, params: Params = {}): URL {
  const url = new URL(`${hydrant.publicUrl}/oauth2/auth`);
  const all = {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.redirectUri,
    scope: 'openid offline',
    state: 'a-state-that-is-long-enough',
    nonce: 'a-nonce-that-is-long-enough',
    ...params,
  };
  for (const [name, value] of Object.entries(all)) if (value !== '') url.searchParams.set(name, value);
  return url;
}

/** How one way through login and consent goes. What is left out says yes. */
export interface Walk {
  readonly browser?: Browser;
  /** Parameters of the authorization request; an empty one is left out. */
  readonly params?: Params;
  /** Members of the login app's acceptance; `{ error }` rejects. */
  readonly login?: Readonly<Record<string, unknown>>;
  /** Members of the consent app's acceptance; `{ error }` rejects. */
  readonly consent?: Readonly<Record<string, unknown>>;
}

/** What a way through login and consent showed; steps that were not reached are `undefined`. */
export interface Walked {
  readonly browser: Browser;
  readonly loginRequest?: Readonly<Record<string, unknown>>;
  readonly consentRequest?: Readonly<Record<string, unknown>>;
  /** The last answer: a redirect to the client, to the error page, or a form_post page. */
  readonly answer: Answer;
  /** The parameters that the last redirect carries, in query and fragment. */
  readonly params: Params;
  readonly code: string;
}

/** Asks for a challenge's request, decides, and returns where the browser goes next. */
export async function decide(
  hydrant: Server,
  kind: 'login' | 'consent' | 'logout',
  challenge: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const verb = 'error' in body ? 'reject' : 'accept';
  const url = `${requestUrl(hydrant, kind, challenge)}`.replace(`/${kind}?`, `/${kind}/${verb}?`);
  const answer = await send(url, { method: 'PUT', json: body });
  if (answer.status !== 200) throw new Error(`${kind} ${verb} was refused: ${answer.status} ${answer.text}`);
  return String(answer.json.redirect_to);
}

/** The admin address of a login, consent or logout request. */
export function requestUrl(hydrant: Server, kind: 'login' | 'consent' | 'logout', challenge: string): string {
  return `${hydrant.adminUrl}/admin/oauth2/auth/requests/${kind}?${kind}_challenge=${encodeURIComponent(challenge)}`;
}

/** The challenge that a redirect to an app carries. */
export function challengeIn(answer: Answer, kind: 'login' | 'consent' | 'logout'): string {
  const challenge = answer.location?.searchParams.get(`${kind}_challenge`);
  if (!challenge) throw new Error(`No ${kind} challenge: ${answer.status} ${answer.location ?? answer.text}`);
  return challenge;
}

/** Walks a browser from the authorization endpoint through login and consent, as far as it gets. */
export async function walk(hydrant: Server, client: TestClient, how: Walk = {}): Promise<Walked> {
  const browser = how.browser ?? openBrowser();
  const asked = await browser.get(authorizationUrl(hydrant, client, how.params));
  if (!asked.location?.searchParams.has('login_challenge')) return walked(browser, asked);
  const loginChallenge = challengeIn(asked, 'login');
  const loginRequest = (await send(requestUrl(hydrant, 'login', loginChallenge))).json;
  const subject = loginRequest.skip ? loginRequest.subject : 'alice';
  const loggedIn = await browser.get(await decide(hydrant, 'login', loginChallenge, { subject, ...how.login }));
  if (!loggedIn.location?.searchParams.has('consent_challenge')) return walked(browser, loggedIn, { loginRequest });
  const consentChallenge = challengeIn(loggedIn, 'consent');
  const consentRequest = (await send(requestUrl(hydrant, 'consent', consentChallenge))).json;
  const granted = {
    grant_scope: consentRequest.requested_scope,
    grant_access_token_audience: consentRequest.requested_access_token_audience,
  };
  const answer = await browser.get(await decide(hydrant, 'consent', consentChallenge, { ...granted, ...how.consent }));
  return walked(browser, answer, { loginRequest, consentRequest });
}

function walked(browser: Browser, answer: Answer, seen: Partial<Walked> = {}): Walked {
  const params = {
    ...Object.fromEntries(answer.location?.searchParams ?? []),
    ...Object.fromEntries(new URLSearchParams(answer.location?.hash.slice(1))),
  };
  return { browser, ...seen, answer, params, code: params.code ?? '' };
}

/** Walks all the way and returns the code. */
export async function obtainCode(hydrant: Server, client: TestClient, how: Walk = {}): Promise<string> {
  const { code, answer } = await walk(hydrant, client, how);
  if (code === '') throw new Error(`No code: ${answer.status} ${answer.location ?? answer.text}`);
  return code;
}

/** An answer of the token endpoint; tokens are empty where there are none. */
export interface TokenAnswer extends Answer {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  readonly error: unknown;
}

/** Asks the token endpoint, with the client's secret where it has one. */
export async function askToken(hydrant: Server, client: TestClient, form: Params): Promise<TokenAnswer> {
  const answer = await send(`${hydrant.publicUrl}/oauth2/token`, {
    ...(client.secret === ''
      ? { form: { ...form, client_id: client.id } }
      : { form, basic: [client.id, client.secret] as const }),
  });
  const { access_token: access, refresh_token: refresh, id_token: id, error } = answer.json;
  return {
    ...answer,
    accessToken: String(access ?? ''),
    refreshToken: String(refresh ?? ''),
    idToken: String(id ?? ''),
    error,
  };
}

export function redeem(hydrant: Server, client: TestClient, code: string, more: Params = {}): Promise<TokenAnswer> {
  return askToken(hydrant, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    ...more,
  });
}

/** Login, consent and redemption in one. */
export async function obtainTokens(hydrant: Server, client: TestClient, how: Walk = {}): Promise<TokenAnswer> {
  const answer = await redeem(hydrant, client, await obtainCode(hydrant, client, how));
  if (answer.status !== 200) throw new Error(`No tokens: ${answer.status} ${answer.text}`);
  return answer;
}

export function refresh(hydrant: Server, client: TestClient, token: string): Promise<TokenAnswer> {
  return askToken(hydrant, client, { grant_type: 'refresh_token', refresh_token: token });
}

export function clientCredentials(hydrant: Server, client: TestClient, more: Params = {}): Promise<TokenAnswer> {
  return askToken(hydrant, client, { grant_type: 'client_credentials', ...more });
}

export async function introspect(hydrant: Server, token: string): Promise<Readonly<Record<string, unknown>>> {
  return (await send(`${hydrant.adminUrl}/admin/oauth2/introspect`, { form: { token } })).json;
}

export async function isActive(hydrant: Server, token: string): Promise<boolean> {
  const { active } = await introspect(hydrant, token);
  if (typeof active !== 'boolean') throw new Error('Introspection gave no answer.');
  return active;
}

/** A verifier of RFC 7636 with its S256 challenge. */
export function pkce(verifier = 'a-verifier-that-has-more-than-forty-three-characters'): {
  readonly verifier: string;
  readonly params: Params;
} {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, params: { code_challenge: challenge, code_challenge_method: 'S256' } };
}

/** The claims of a JWT, unchecked. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return typeof claims === 'object' && claims !== null ? { ...claims } : {};
}
