/**
 * The login, consent and logout app of an operator, as small as it gets. It listens nowhere: `walk` hands it the
 * challenges that the browser is sent to it with, and goes on where it says. Each SDK plugs in its own admin calls.
 */
import type { Browser, Page } from './browser.js';

/** What the app reads of the requests; every SDK's models have these. */
export interface LoginView {
  readonly skip: boolean;
  readonly subject: string;
}
export interface ConsentView {
  readonly requested_scope?: string[];
  readonly requested_access_token_audience?: string[];
}
export interface LoginAnswer {
  subject: string;
  remember?: boolean;
  remember_for?: number;
  acr?: string;
  context?: object;
}
export interface ConsentAnswer {
  grant_scope?: string[];
  grant_access_token_audience?: string[];
  remember?: boolean;
  remember_for?: number;
  session?: { access_token?: Record<string, string>; id_token?: Record<string, string> };
}
export interface Refusal {
  error?: string;
  error_description?: string;
}

/** The admin calls of the app. The promises of decisions are `redirect_to`. */
export interface AdminCalls {
  getLogin(challenge: string): Promise<LoginView>;
  acceptLogin(challenge: string, answer: LoginAnswer): Promise<string>;
  rejectLogin(challenge: string, refusal: Refusal): Promise<string>;
  getConsent(challenge: string): Promise<ConsentView>;
  acceptConsent(challenge: string, answer: ConsentAnswer): Promise<string>;
  rejectConsent(challenge: string, refusal: Refusal): Promise<string>;
  getLogout(challenge: string): Promise<unknown>;
  acceptLogout(challenge: string): Promise<string>;
  rejectLogout(challenge: string): Promise<void>;
}

/** Where a challenge leads the browser next; nowhere where the person stays on the app's page. */
export interface LoginApp {
  login(challenge: string): Promise<string | undefined>;
  consent(challenge: string): Promise<string | undefined>;
  logout(challenge: string): Promise<string | undefined>;
}

/** What the person in front of the app does. */
export interface Person {
  readonly login: LoginAnswer;
  /** Beside the scopes and audiences, of which everything asked for is granted. */
  readonly consent?: ConsentAnswer;
}

/** An app whose person says yes to everything. Replace single answers: `{ ...willingApp(…), login: … }`. */
export function willingApp(calls: AdminCalls, { login, consent }: Person): LoginApp {
  return {
    async login(challenge) {
      const request = await calls.getLogin(challenge);
      return calls.acceptLogin(challenge, request.skip ? { ...login, subject: request.subject } : login);
    },
    async consent(challenge) {
      const request = await calls.getConsent(challenge);
      return calls.acceptConsent(challenge, {
        grant_scope: request.requested_scope ?? [],
        grant_access_token_audience: request.requested_access_token_audience ?? [],
        ...consent,
      });
    },
    async logout(challenge) {
      await calls.getLogout(challenge);
      return calls.acceptLogout(challenge);
    },
  };
}

/** Where a walk ended: the address, not opened where it is outside of the server, and the last page of the server. */
export interface Arrival {
  readonly url: URL;
  readonly page: Page;
}

const MAXIMUM_HOPS = 20;

/** Follows redirects from a page of the server until they leave it, with the app deciding where it is asked. */
export async function walk(browser: Browser, start: string | URL, app: LoginApp): Promise<Arrival> {
  const { origin } = new URL(start);
  let url = new URL(start);
  for (let hop = 0; hop < MAXIMUM_HOPS; hop++) {
    const page = await browser.open(url);
    if (!page.location) return { url, page };
    const next = await decide(app, page.location);
    if (next === undefined) return { url: page.location, page };
    url = new URL(next);
    if (url.origin !== origin) return { url, page };
  }
  throw new Error(`more than ${MAXIMUM_HOPS} redirects from ${start}`);
}

function decide(app: LoginApp, location: URL): Promise<string | undefined> | string {
  const { searchParams } = location;
  const login = searchParams.get('login_challenge');
  if (login) return app.login(login);
  const consent = searchParams.get('consent_challenge');
  if (consent) return app.consent(consent);
  const logout = searchParams.get('logout_challenge');
  if (logout) return app.logout(logout);
  return location.href;
}

/** The challenge of a redirect to the app: stops there, for tests that ask about it themselves. */
export async function challengeOf(
  browser: Browser,
  start: string | URL,
  kind: 'login' | 'consent' | 'logout',
  app?: LoginApp,
): Promise<string> {
  let found: string | undefined;
  const stop = async (challenge: string): Promise<undefined> => {
    found = challenge;
  };
  const nowhere = async (): Promise<undefined> => undefined;
  const nobody: LoginApp = { login: nowhere, consent: nowhere, logout: nowhere };
  await walk(browser, start, { ...(app ?? nobody), [kind]: stop });
  if (found === undefined) throw new Error(`no ${kind} challenge after ${start}`);
  return found;
}
