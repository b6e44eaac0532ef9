/** The log tells what happens, and no secret: neither of a client nor of a person, at any level and in any format. */
import { expect, test } from 'vitest';
import { openBrowser, send } from '../support/browser.js';
import { listen } from '../support/listener.js';
import {
  authorizationUrl,
  challengeIn,
  clientCredentials,
  decide,
  givenClient,
  introspect,
  pkce,
  redeem,
  refresh,
  requestUrl,
  type TestClient,
} from '../support/relying-party.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';
import { temporaryDatabase } from '../support/temporary-database.js';

const SUBJECT = 'person-1f7c-alice@example.com';
const SECRET = 'Pl4nted-s3cret-of-the-client';
const VERIFIER = 'Pl4nted-verifier-that-has-more-than-43-characters-in-it';
const CLAIM = 'Pl4nted-claim-of-the-person';

/** Lives through everything once and returns every secret that was on the wire. */
async function liveThrough(hydrant: Hydrant, client: TestClient): Promise<string[]> {
  const secrets = [client.secret, VERIFIER, CLAIM, SUBJECT];
  const browser = openBrowser();
  const note = (...more: (string | undefined)[]) => secrets.push(...more.flatMap((one) => (one ? [one] : [])));
  const follow = async (url: string | URL) => {
    const answer = await browser.get(url);
    note(...browser.jar.values());
    return answer;
  };

  const { params } = pkce(VERIFIER);
  const login = challengeIn(await follow(authorizationUrl(hydrant, client, params)), 'login');
  await send(requestUrl(hydrant, 'login', login));
  const toLogin = await decide(hydrant, 'login', login, { subject: SUBJECT, remember: true });
  const consent = challengeIn(await follow(toLogin), 'consent');
  const session = { id_token: { email: CLAIM }, access_token: { email: CLAIM } };
  const grant = { grant_scope: ['openid', 'offline'], session };
  const toConsent = await decide(hydrant, 'consent', consent, grant);
  const code = (await follow(toConsent)).location?.searchParams.get('code') ?? '';
  note(login, consent, code);
  for (const url of [toLogin, toConsent])
    note(...['login_verifier', 'consent_verifier'].map((name) => new URL(url).searchParams.get(name) ?? undefined));

  const first = await redeem(hydrant, client, code, { code_verifier: VERIFIER });
  const next = await refresh(hydrant, client, first.refreshToken);
  const machine = await clientCredentials(hydrant, client);
  for (const { accessToken, refreshToken, idToken } of [first, next, machine]) note(accessToken, refreshToken, idToken);
  await introspect(hydrant, next.accessToken);
  await send(`${hydrant.publicUrl}/userinfo`, { bearer: next.accessToken });

  // Refusals, each with a secret where it does not belong.
  await redeem(hydrant, client, code, { code_verifier: VERIFIER });
  await clientCredentials(hydrant, { ...client, secret: `${client.secret}x` });
  await send(`${hydrant.publicUrl}/oauth2/token`, { body: `{"client_secret":"${client.secret}"`, method: 'POST' });
  await send(`${hydrant.publicUrl}/oauth2/token`, { form: { grant_type: next.accessToken, client_id: client.secret } });
  await send(`${hydrant.publicUrl}/oauth2/nowhere/${next.accessToken}?access_token=${next.accessToken}`);
  await send(`${hydrant.adminUrl}/admin/clients`, { method: 'POST', body: `{"client_secret":"${client.secret}",` });
  await send(`${hydrant.adminUrl}/clients`, { json: { client_secret: client.secret, [client.secret]: 1 } });
  await send(`${hydrant.adminUrl}/admin/clients`, { json: { client_secret: [client.secret] } });
  await follow(
    authorizationUrl(hydrant, client, { request: next.idToken, request_uri: `http://a/${next.accessToken}` }),
  );
  await follow(authorizationUrl(hydrant, client, { id_token_hint: next.idToken, prompt: 'none' }));

  const keys = await send(`${hydrant.adminUrl}/admin/keys/a-set`, { json: { alg: 'ES256', kid: 'a-key', use: 'sig' } });
  note(/"d":"([^"]+)"/.exec(keys.text)?.[1]);
  const generated = await send(`${hydrant.adminUrl}/admin/clients`, { json: {} });
  note(String(generated.json.client_secret), String(generated.json.registration_access_token));

  const logout = challengeIn(
    await follow(`${hydrant.publicUrl}/oauth2/sessions/logout?id_token_hint=${next.idToken}`),
    'logout',
  );
  const toLogout = await decide(hydrant, 'logout', logout);
  note(logout, new URL(toLogout).searchParams.get('logout_verifier') ?? undefined);
  await follow(toLogout);
  await send(`${hydrant.publicUrl}/oauth2/revoke`, {
    form: { token: machine.accessToken },
    basic: [client.id, client.secret],
  });
  return secrets;
}

test.each(['json', 'text'])('no secret stands in the log (%s)', async (format) => {
  const log: string[] = [];
  await using database = await temporaryDatabase();
  await using app = await listen(({ body }, before) => ({ status: before === 0 ? 500 : 200, body }));
  const settings = { DSN: database.dsn, LOG_LEVEL: 'trace', LOG_FORMAT: format };
  const hydrant = await startHydrant({ log, settings });
  try {
    const client = await givenClient(hydrant, {
      client_secret: SECRET,
      backchannel_logout_uri: `${app.url}/logout/Pl4nted-part-of-a-path`,
    });
    const secrets = await liveThrough(hydrant, client);
    await app.hasReceived(1);
    const [logoutToken] = app.received.map(({ body }) => new URLSearchParams(body).get('logout_token') ?? '');
    secrets.push(logoutToken ?? '');

    // A failure of the database itself, whose words quote what they like.
    await database.execute('ALTER TABLE token RENAME TO gone');
    expect((await clientCredentials(hydrant, client)).status).toBe(500);
    await hydrant.close();

    const text = log.join('');
    expect(text).toContain('unexpected error');
    expect(text).toContain('tokens issued');
    expect(text).toContain('back-channel logout');
    expect(secrets.length).toBeGreaterThan(25);
    const parts = secrets.flatMap((secret) =>
      secret.startsWith('ory_') || secret.startsWith('eyJ') ? [secret, ...secret.split('.').slice(-1)] : [secret],
    );
    const leaked = [...new Set(parts)].filter((secret) => secret.length > 5 && text.includes(secret));
    expect(leaked).toEqual([]);
  } finally {
    await hydrant.close();
  }
});
