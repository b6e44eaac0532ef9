/** `passport-openidconnect`, unmodified, under `passport` in an app that keeps sessions as Express apps do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import passport from 'passport';
import { type Profile, Strategy, type VerifyCallback } from 'passport-openidconnect';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { adminCalls, createClient } from './support/admin-calls.js';
import { type Browser, openBrowser, type Page } from './support/browser.js';
import { walk, willingApp } from './support/login-app.js';

let hydrant: Hydrant;
beforeAll(async () => {
  hydrant = await startHydrant();
});
afterAll(() => hydrant.close());

/** Who logged in, as the app learns it of the library. */
interface User {
  readonly issuer: string;
  readonly profile: Profile;
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface HostApp extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
  readonly users: readonly User[];
}

/** What Express and `express-session` put on a request, and the library reads. */
type Incoming = IncomingMessage & { query: Record<string, string>; session: object };

/** An app on a port of its own: `/login` begins, `/silent` asks for no page, `/callback` ends; all by the library. */
async function startApp({ secret = (given: string) => given } = {}): Promise<HostApp> {
  const users: User[] = [];
  const session = {};
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const incoming: Incoming = Object.assign(request, { query: Object.fromEntries(searchParams), session });
    const authenticate = authenticator.authenticate('openidconnect', {
      session: false,
      ...(pathname === '/silent' && { prompt: 'none' }),
    });
    authenticate(incoming, response, (error?: unknown) => {
      if (error) say(response, 500, `${Object(error).name}: ${Object(error).code ?? Object(error).message}`);
      else say(response, 200, 'welcome');
    });
  });
  const url = await listen(server);
  const { clientId, clientSecret } = await createClient(hydrant.adminUrl, {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline profile',
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/goodbye`],
    // The library sends the secret in the body, and knows no other way.
    token_endpoint_auth_method: 'client_secret_post',
  });
  const authenticator = new passport.Passport();
  authenticator.use(
    new Strategy(
      {
        issuer: hydrant.publicUrl,
        authorizationURL: `${hydrant.publicUrl}/oauth2/auth`,
        tokenURL: `${hydrant.publicUrl}/oauth2/token`,
        userInfoURL: `${hydrant.publicUrl}/userinfo`,
        clientID: clientId,
        clientSecret: secret(clientSecret),
        callbackURL: `${url}/callback`,
        scope: ['offline', 'profile'],
        nonce: 'for each login',
        maxAge: '3600',
      },
      // The library tells by the number of parameters what it hands over.
      (
        issuer: string,
        profile: Profile,
        _context: object,
        idToken: string | object,
        accessToken: string | object,
        refreshToken: string,
        done: VerifyCallback,
      ) => {
        const user = { issuer, profile, idToken: String(idToken), accessToken: String(accessToken), refreshToken };
        users.push(user);
        done(null, user);
      },
    ),
  );
  return {
    url,
    clientId,
    users,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}

const person = () =>
  willingApp(adminCalls(hydrant.adminUrl), {
    login: { subject: 'ada', remember: true },
    consent: { remember: true, session: { id_token: { name: 'Ada Lovelace', preferred_username: 'ada' } } },
  });

/** A visit of the app that goes through the server and back; the app's answer. */
async function visit(browser: Browser, address: string): Promise<Page> {
  const start = await browser.open(address);
  if (start.location === undefined) return start;
  const { url } = await walk(browser, start.location, person());
  return browser.open(url);
}

/** An answer of the server that no page of the app brings about. */
async function ask(address: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(form) });
  return JSON.parse(await answer.text());
}

test('a person logs in, the app has their profile and their tokens, and logs them out', async () => {
  await using app = await startApp();
  const browser = openBrowser();
  expect(await visit(browser, `${app.url}/login`)).toMatchObject({ status: 200, text: 'welcome' });
  const [user] = app.users;
  if (user === undefined) throw new Error('nobody came');
  expect(user).toMatchObject({
    issuer: hydrant.publicUrl,
    // Of the user info, for the library reads both.
    profile: { id: 'ada', displayName: 'Ada Lovelace', username: 'ada' },
  });
  const introspection = `${hydrant.adminUrl}/admin/oauth2/introspect`;
  expect(await ask(introspection, { token: user.accessToken })).toMatchObject({
    active: true,
    sub: 'ada',
    client_id: app.clientId,
    scope: 'openid offline profile',
  });
  expect(await ask(introspection, { token: user.refreshToken })).toMatchObject({
    active: true,
    token_use: 'refresh_token',
  });

  expect(await visit(browser, `${app.url}/silent`)).toMatchObject({ status: 200, text: 'welcome' });
  expect(app.users).toHaveLength(2);

  const logout = new URL(`${hydrant.publicUrl}/oauth2/sessions/logout`);
  logout.search = new URLSearchParams({
    id_token_hint: user.idToken,
    post_logout_redirect_uri: `${app.url}/goodbye`,
  }).toString();
  expect((await walk(browser, logout, person())).url.href).toMatch(`${app.url}/goodbye`);
  expect(await visit(browser, `${app.url}/silent`)).toMatchObject({
    status: 500,
    text: 'AuthorizationError: login_required',
  });
  expect(app.users).toHaveLength(2);
});

test('a wrong secret reaches the app as the error of the token endpoint', async () => {
  await using app = await startApp({ secret: () => 'not-the-secret' });
  const answer = await visit(openBrowser(), `${app.url}/login`);
  expect(answer).toMatchObject({ status: 500, text: 'TokenError: invalid_client' });
  expect(app.users).toEqual([]);
});
