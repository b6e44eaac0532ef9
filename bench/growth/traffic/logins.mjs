/** People at their browsers: logins that end well, that are refused, and that are left behind. */
import { createHash, randomBytes } from 'node:crypto';
import { openBrowser, send } from '../http.mjs';
import { HOUR } from '../scenarios.mjs';
import { expectStatus } from '../world.mjs';

/** @typedef {import('../world.mjs').World} World */
/** @typedef {import('../world.mjs').Client} Client */
/** @typedef {import('../world.mjs').Person} Person */

/**
 * A decision of the login, consent or logout app, and where the browser goes from there.
 * @param {World} world
 * @param {'login' | 'consent' | 'logout'} kind
 * @param {import('../http.mjs').Answer} asked The redirect to the app.
 * @param {Record<string, unknown>} body
 */
export async function decide({ server }, kind, asked, body) {
  const challenge = asked.location?.searchParams.get(`${kind}_challenge`);
  if (!challenge)
    throw new Error(`No ${kind} challenge: ${asked.status} ${asked.location ?? JSON.stringify(asked.json)}`);
  const verb = 'error' in body ? 'reject' : 'accept';
  const url = `${server.adminUrl}/admin/oauth2/auth/requests/${kind}/${verb}?${kind}_challenge=${challenge}`;
  return String(expectStatus(await send(url, { method: 'PUT', json: body }), 200, `${kind} ${verb}`).json.redirect_to);
}

/**
 * @param {World} world
 * @param {Client} client
 * @param {Record<string, string>} form
 */
export function askToken({ server }, client, form) {
  return send(`${server.publicUrl}/oauth2/token`, {
    ...(client.secret === ''
      ? { form: { client_id: client.id, ...form } }
      : { form, basic: /** @type {const} */ ([client.id, client.secret]) }),
  });
}

/** @param {World} world */
function pickVisit({ chance, pickPerson, apps, passing }) {
  const person = pickPerson();
  if (!person) throw new Error('There are too few people for what goes on at once.');
  const client = /** @type {Client} */ (chance.pick(passing.length > 0 && chance.often(0.1) ? passing : apps));
  const atHome = chance.often(0.6);
  return { person, client, atHome, browser: atHome ? person.browser : openBrowser() };
}

/** @param {World} world @param {Client} client @param {Record<string, string>} params */
function authorizationUrl({ server, redirectUri }, client, params) {
  const url = new URL(`${server.publicUrl}/oauth2/auth`);
  const all = {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'a-state-that-is-long-enough',
    nonce: 'a-nonce-that-is-long-enough',
    ...params,
  };
  url.search = `${new URLSearchParams(all)}`;
  return url;
}

function proofKey() {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, params: { code_challenge: challenge, code_challenge_method: 'S256' } };
}

/** What an accepted login leaves in the schema that is compared with. @param {World} world @param {Person} person */
function rememberLogin({ other, clock, fresh }, person) {
  if (person.session !== '' && person.sessionUntil > clock.now()) return;
  person.session = fresh('session');
  person.sessionUntil = clock.now() + person.rememberedFor;
  other.add('authentication_session', person.session, { subject: person.subject, at: clock.now() });
}

/** Login, consent, code, tokens. @param {World} world */
export async function login(world) {
  const { chance, other, clock, fresh, scenario } = world;
  const { person, client, atHome, browser } = pickVisit(world);
  const { subject } = person;
  const offline = chance.often(0.6);
  const proof = proofKey();
  const asked = await browser.get(
    authorizationUrl(world, client, {
      scope: offline ? 'openid offline' : 'openid',
      ...proof.params,
      // Somebody who wants to be asked again, though the consent is remembered.
      ...(chance.often(0.02) && { prompt: 'consent' }),
    }),
  );
  const forced = person.number % 10 === 0 ? { force_subject_identifier: `known-as-${person.number}` } : {};
  const next = await browser.get(
    await decide(world, 'login', asked, {
      subject,
      remember: atHome,
      remember_for: person.rememberedFor / 1_000,
      ...forced,
    }),
  );
  if (atHome) rememberLogin(world, person);
  // A fifth of the people have their consents remembered for ever, two fifths for as long as anything else here lives.
  const habit = person.number % 5;
  const consent = {
    grant_scope: offline ? ['openid', 'offline'] : ['openid'],
    remember: habit < 3,
    remember_for: habit === 0 ? 0 : Math.round(scenario.longestLife / 1_000),
    session: { id_token: { name: subject, email: `${subject}@example.com` }, access_token: { tenant: 'a tenant' } },
  };
  const back = await browser.get(await decide(world, 'consent', next, consent));
  const code = back.location?.searchParams.get('code');
  if (!code) throw new Error(`No code: ${back.status} ${back.location ?? JSON.stringify(back.json)}`);

  const request = fresh('request');
  const row = { client: client.id, request, subject, session: person.session, at: clock.now() };
  other.add('flow', request, row);
  for (const table of /** @type {const} */ (['code', 'oidc', 'pkce'])) other.add(table, code, row);
  // Some browsers are closed in this very moment.
  if (chance.often(0.05)) return 'code left behind';

  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: world.redirectUri,
    code_verifier: proof.verifier,
  };
  const { json } = expectStatus(await askToken(world, client, form), 200, 'a code');
  other.use('code', code);
  other.drop('oidc', code);
  other.drop('pkce', code);
  keepTokens(world, { client, request, subject }, json);
  return 'login';
}

/**
 * Tokens that were issued: somebody holds them, and the schema that is compared with has rows for them.
 * @param {World} world
 * @param {{ client: Client, request: string, subject: string }} grant
 * @param {Record<string, unknown>} json
 */
export function keepTokens({ chance, other, clock, scenario, held, recent }, { client, request, subject }, json) {
  const row = { client: client.id, request, subject, at: clock.now() };
  const access = String(json.access_token);
  other.add('access', access, row);
  recent.push(access);
  if (recent.length > 500) recent.shift();
  if (json.refresh_token === undefined) return;
  const refresh = String(json.refresh_token);
  other.add('refresh', refresh, row);
  // One hour in which it is not used and all is over, or days; somebody who stops says nothing.
  const usedUntil = clock.now() + HOUR + chance.span(scenario.longestLife / 3);
  held.push({ client, request, subject, refresh, access, usedUntil });
}

/** A login page that nobody answers, or a consent page. @param {World} world */
export async function abandonLogin(world) {
  const { person, client, browser } = pickVisit(world);
  const asked = await browser.get(authorizationUrl(world, client, { scope: 'openid', ...proofKey().params }));
  if (world.chance.often(0.5)) return 'login left behind';
  await browser.get(await decide(world, 'login', asked, { subject: person.subject, remember: false }));
  return 'consent left behind';
}

/** A wrong password too often, or a person who says no. @param {World} world */
export async function refuse(world) {
  const { person, client, browser } = pickVisit(world);
  const no = { error: 'access_denied', error_description: 'no' };
  const asked = await browser.get(authorizationUrl(world, client, { scope: 'openid', ...proofKey().params }));
  if (world.chance.often(0.5)) {
    await browser.get(await decide(world, 'login', asked, no));
    return 'login refused';
  }
  const next = await browser.get(await decide(world, 'login', asked, { subject: person.subject, remember: false }));
  await browser.get(await decide(world, 'consent', next, no));
  return 'consent refused';
}

/** A logout at home; every fifth person thinks better of it, on the page that asks. @param {World} world */
export async function logout(world) {
  const { server, chance, other, clock, fresh, pickPerson } = world;
  const person = pickPerson(({ session }) => session !== '');
  if (!person) return 'nobody to log out';
  const asked = await person.browser.get(`${server.publicUrl}/oauth2/sessions/logout`);
  if (!asked.location?.searchParams.has('logout_challenge')) {
    // The login that was remembered is over. Its row in the other schema is not.
    person.session = '';
    return 'logged out already';
  }
  other.add('logout_request', fresh('logout'), { subject: person.subject, at: clock.now() });
  if (chance.often(0.2)) return 'logout left behind';
  await person.browser.get(await decide(world, 'logout', asked, {}));
  other.drop('authentication_session', person.session);
  person.session = '';
  return 'logout';
}
