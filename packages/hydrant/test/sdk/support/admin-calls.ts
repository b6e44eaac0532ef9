import type { AdminCalls, ConsentView, LoginView } from './login-app.js';

/** The app's admin calls by plain `fetch`, second generation; for clients that have nothing for the admin side. */
export function adminCalls(adminUrl: string): AdminCalls {
  async function call<T>(method: string, path: string, challenge: string, body?: object): Promise<T> {
    const kind = path.split('/')[0];
    const url = `${adminUrl}/admin/oauth2/auth/requests/${path}?${kind}_challenge=${encodeURIComponent(challenge)}`;
    const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text || 'null');
  }
  const decide = async (path: string, challenge: string, body: object = {}) =>
    (await call<{ redirect_to: string }>('PUT', path, challenge, body)).redirect_to;
  return {
    getLogin: (challenge) => call<LoginView>('GET', 'login', challenge),
    acceptLogin: (challenge, answer) => decide('login/accept', challenge, answer),
    rejectLogin: (challenge, refusal) => decide('login/reject', challenge, refusal),
    getConsent: (challenge) => call<ConsentView>('GET', 'consent', challenge),
    acceptConsent: (challenge, answer) => decide('consent/accept', challenge, answer),
    rejectConsent: (challenge, refusal) => decide('consent/reject', challenge, refusal),
    getLogout: (challenge) => call('GET', 'logout', challenge),
    acceptLogout: (challenge) => decide('logout/accept', challenge),
    rejectLogout: (challenge) => call('PUT', 'logout/reject', challenge),
  };
}

/** Registers a client, second generation; returns what the server answered. */
export async function createClient(adminUrl: string, client: object): Promise<RegisteredClient> {
  const response = await fetch(`${adminUrl}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
  if (response.status !== 201) throw new Error(`POST /admin/clients: ${response.status} ${await response.text()}`);
  const { client_id, client_secret = '' } = JSON.parse(await response.text());
  return { clientId: client_id, clientSecret: client_secret };
}

export interface RegisteredClient {
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
}
