/** One server serves both generations at once, on the same data: whatever one of them began, the other one goes on with. */
import { expect, test } from 'vitest';
import { generateJwk, publicJwk } from '../../../src/crypto/jwk.js';
import { LIFESPAN_FIELDS } from '../../../src/protocol/client-metadata.js';
import { challengeIn, clientCredentials, introspect, redeem, walk } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import {
  admin,
  atLogin,
  atLogout,
  BOTH,
  decideAs,
  followed,
  fresh,
  type Generation,
  nextOf,
  quickClient,
  read,
} from './admin-side.js';

const hydrant = sharedHydrant();

type Body = Readonly<Record<string, unknown>>;

/** Each generation with the other one, and with itself. */
const PAIRS = BOTH.flatMap((one) => BOTH.map((other) => [one, other] as const));
const CROSSED = PAIRS.filter(([one, other]) => one !== other);

test.each(PAIRS)('a login accepted as %s and its consent as %s end in one grant', async (login, consent) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const { browser, challenge } = await atLogin(hydrant, client);
  for (const generation of BOTH) {
    expect((await read(hydrant, generation, 'login', challenge)).json).toMatchObject({ challenge, skip: false });
  }
  const said = { subject, remember: true, acr: 'high', amr: ['pwd'], context: { from: login } };
  const toConsent = nextOf(await decideAs(hydrant, login, 'accept login', challenge, said));
  const next = challengeIn(await browser.get(toConsent), 'consent');
  for (const generation of BOTH) {
    const { json } = await read(hydrant, generation, 'consent', next);
    const { remember: _remember, ...shown } = said;
    expect(json).toMatchObject({ challenge: next, login_challenge: challenge, ...shown });
  }
  const granted = { grant_scope: ['openid', 'offline'], session: { access_token: { by: consent }, id_token: {} } };
  const toClient = nextOf(await decideAs(hydrant, consent, 'accept consent', next, { ...granted, remember: true }));
  const code = (await followed(browser, toClient)).get('code') ?? '';
  const { accessToken } = await redeem(hydrant, client, code);
  expect(await introspect(hydrant, accessToken)).toMatchObject({ sub: subject, ext: { by: consent } });
  for (const generation of BOTH) {
    const { text } = await admin(hydrant, generation, 'GET', `/oauth2/auth/sessions/consent?subject=${subject}`);
    expect(JSON.parse(text)).toMatchObject([{ ...granted, consent_request: { subject, acr: 'high' } }]);
  }
  // Both are remembered for the next time, whoever asks.
  const again = await walk(hydrant, client, { browser });
  expect([again.loginRequest?.skip, again.consentRequest?.skip]).toEqual([true, true]);
});

test.each(PAIRS)('a login rejected as %s, and a consent as %s, reach the client', async (login, consent) => {
  const client = await quickClient(hydrant);
  const refused = { error: 'access_denied', error_description: 'Not today.' };
  const first = await atLogin(hydrant, client);
  const no = nextOf(await decideAs(hydrant, login, 'reject login', first.challenge, refused));
  expect((await followed(first.browser, no)).get('error')).toBe('access_denied');

  const second = await atLogin(hydrant, client);
  const yes = nextOf(await decideAs(hydrant, login, 'accept login', second.challenge, { subject: 'alice' }));
  const challenge = challengeIn(await second.browser.get(yes), 'consent');
  const never = nextOf(await decideAs(hydrant, consent, 'reject consent', challenge, refused));
  expect((await followed(second.browser, never)).get('error_description')).toBe('Not today.');
});

test.each(CROSSED)('a decision that was made as %s is there for %s', async (one, other) => {
  const client = await quickClient(hydrant);
  const { browser, challenge } = await atLogin(hydrant, client);
  const next = nextOf(await decideAs(hydrant, one, 'accept login', challenge, { subject: 'alice' }));
  // 1.7 takes one decision, whoever made it; 26 another one, whoever made the first.
  const again = await decideAs(hydrant, other, 'accept login', challenge, { subject: 'bob' });
  expect(again.status).toBe({ 'v1.7': 409, 'v2+': 200 }[other]);
  const consent = challengeIn(await browser.get(next), 'consent');
  expect((await read(hydrant, one, 'consent', consent)).json.subject).toBe(other === 'v1.7' ? 'alice' : 'bob');
});

test.each(CROSSED)('a logout that %s rejected is revived by %s', async (one, other) => {
  const client = await quickClient(hydrant);
  const { browser, challenge } = await atLogout(hydrant, client, fresh('alice'));
  expect((await decideAs(hydrant, one, 'reject logout', challenge)).status).toBe(204);
  expect((await read(hydrant, other, 'logout', challenge)).status).toBe(404);
  const next = nextOf(await decideAs(hydrant, other, 'accept logout', challenge));
  expect((await read(hydrant, one, 'logout', challenge)).json).toMatchObject({ rp_initiated: true });
  expect((await browser.get(next)).location?.href).toBe('http://127.0.0.1:1/logged-out');
  expect((await walk(hydrant, client, { browser, params: { prompt: 'none' } })).params.error).toBe('login_required');
});

/** Every member of a client that has a value, but for the sector document and the key address, which would be fetched. */
async function everyMember(): Promise<Body> {
  const key = publicJwk(await generateJwk('EdDSA', 'a', 'sig'));
  return {
    client_name: 'Everything',
    redirect_uris: ['https://app.example/cb', 'https://app.example/other|one'],
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code', 'code id_token'],
    scope: 'openid a b',
    audience: ['https://api.example'],
    owner: 'somebody',
    policy_uri: 'https://app.example/policy',
    tos_uri: 'https://app.example/tos',
    client_uri: 'https://app.example',
    logo_uri: 'https://app.example/logo.png',
    allowed_cors_origins: ['https://app.example'],
    contacts: ['a@app.example', 'b@app.example'],
    subject_type: 'public',
    jwks: { keys: [key] },
    token_endpoint_auth_method: 'client_secret_post',
    token_endpoint_auth_signing_alg: 'ES256',
    request_uris: ['https://app.example/request'],
    request_object_signing_alg: 'RS256',
    userinfo_signed_response_alg: 'RS256',
    frontchannel_logout_uri: 'https://app.example/front',
    frontchannel_logout_session_required: true,
    post_logout_redirect_uris: ['https://app.example/bye'],
    backchannel_logout_uri: 'https://app.example/back',
    backchannel_logout_session_required: true,
    metadata: { any: ['thing', 1, null] },
    access_token_strategy: 'jwt',
    skip_consent: true,
    skip_logout_consent: true,
    ...Object.fromEntries(LIFESPAN_FIELDS.map((field, n) => [field, `${n + 1}h0m0s`])),
  };
}

/** Members that only one generation's body may set, so that the other one has to keep them. */
const OWN = (name: string): Generation | undefined =>
  /^(access_token_strategy|skip_)|^device_authorization_/.test(name)
    ? 'v2+'
    : name.startsWith('password_grant_')
      ? 'v1.7'
      : undefined;

/** A client with every member, made through one generation; what only the other one can say is said through that. */
async function givenEverything(by: Generation): Promise<{ id: string; secret: string; members: Body }> {
  const members = await everyMember();
  const made = await admin(hydrant, by, 'POST', '/clients', { json: members });
  expect(made.status, made.text).toBe(201);
  const id = String(made.json.client_id);
  for (const generation of BOTH) {
    const late = Object.entries(members).filter(([name]) => OWN(name) === generation || name.endsWith('_lifespan'));
    const json = late.map(([name, value]) => ({ op: 'add', path: `/${name}`, value }));
    expect((await admin(hydrant, generation, 'PATCH', `/clients/${id}`, { json })).status).toBe(200);
  }
  return { id, secret: String(made.json.client_secret), members };
}

const get = async (generation: Generation, id: string) =>
  (await admin(hydrant, generation, 'GET', `/clients/${id}`)).json;

/** Whether a generation has the member: 26 none for the password grant, 1.7 none for devices. */
const HAS: Readonly<Record<Generation, (name: string) => boolean>> = {
  'v1.7': (name) => !name.startsWith('device_authorization_'),
  'v2+': (name) => !name.startsWith('password_grant_'),
};

test.each(BOTH)('every member of a client made as %s is read through both', async (by) => {
  const { id, members } = await givenEverything(by);
  for (const generation of BOTH) {
    const shown = await get(generation, id);
    for (const [name, value] of Object.entries(members))
      expect(shown[name], `${name} as ${generation}`).toEqual(HAS[generation](name) ? value : undefined);
    // That list leaves nothing out but what the server says by itself.
    const others = Object.keys(shown).filter((name) => !(name in members));
    expect(others).toEqual(['client_id', 'client_secret_expires_at', 'created_at', 'updated_at']);
  }
});

test.each(CROSSED)('a client made as %s that is read and written as %s loses nothing', async (by, other) => {
  const { id, secret } = await givenEverything(by);
  const before = { 'v1.7': await get('v1.7', id), 'v2+': await get('v2+', id) };
  const expectKept = async (changed: Body) => {
    for (const generation of BOTH) {
      const now = await get(generation, id);
      expect(now).toEqual({ ...before[generation], ...changed, updated_at: expect.any(String) });
    }
    const client = { id, secret: '', redirectUri: '' };
    // The secret as well, which this client sends in the form.
    expect((await clientCredentials(hydrant, client, { client_secret: secret })).status).toBe(200);
  };

  // What an app does that knows one generation: it reads, changes a member, and sends all of it back.
  const mine = await get(other, id);
  const replaced = await admin(hydrant, other, 'PUT', `/clients/${id}`, { json: { ...mine, client_name: 'Replaced' } });
  expect(replaced.status, replaced.text).toBe(200);
  await expectKept({ client_name: 'Replaced' });

  const json = [{ op: 'replace', path: '/owner', value: 'another' }];
  expect((await admin(hydrant, other, 'PATCH', `/clients/${id}`, { json })).status).toBe(200);
  await expectKept({ client_name: 'Replaced', owner: 'another' });

  // And back again through the generation that made it.
  const theirs = await get(by, id);
  expect((await admin(hydrant, by, 'PUT', `/clients/${id}`, { json: theirs })).status).toBe(200);
  await expectKept({ client_name: 'Replaced', owner: 'another' });

  // Lifespans of the other generation stay where the operation that sets them all is another one's.
  const spans = Object.fromEntries(Object.entries(mine).filter(([name]) => name.endsWith('_lifespan')));
  expect((await admin(hydrant, other, 'PUT', `/clients/${id}/lifespans`, { json: spans })).status).toBe(200);
  await expectKept({ client_name: 'Replaced', owner: 'another' });
});

test.each(CROSSED)('a client made as %s is listed and deleted as %s', async (by, other) => {
  const owner = fresh('owner');
  const { json } = await admin(hydrant, by, 'POST', '/clients', { json: { owner } });
  const listed = await admin(hydrant, other, 'GET', `/clients?owner=${owner}`);
  expect(JSON.parse(listed.text)).toMatchObject([{ client_id: json.client_id, owner }]);
  expect((await admin(hydrant, other, 'DELETE', `/clients/${json.client_id}`)).status).toBe(204);
  expect((await admin(hydrant, by, 'GET', `/clients/${json.client_id}`)).status).toBe({ 'v1.7': 401, 'v2+': 404 }[by]);
});

test('a key made through one generation is the same key in the other', async () => {
  const keysIn = (text: string): readonly Body[] => JSON.parse(text).keys;
  const wanted = { json: { alg: 'ES512', kid: 'k', use: 'sig' } };
  for (const [by, other] of CROSSED) {
    const set = fresh('set');
    expect((await admin(hydrant, by, 'POST', `/keys/${set}`, wanted)).status).toBe(201);
    const shown = keysIn((await admin(hydrant, other, 'GET', `/keys/${set}`)).text);
    const kids = { 'v1.7': ['private:k', 'public:k'], 'v2+': ['k'] };
    expect(shown.map(({ kid }) => kid)).toEqual(kids[other]);
    const own = keysIn((await admin(hydrant, by, 'GET', `/keys/${set}`)).text);
    expect([shown[0]?.x, shown[0]?.d]).toEqual([own[0]?.x, own[0]?.d]);
    // Written back as it was read, it is still one key. Under /admin whoever writes a set brings its keys, and keys that were
    // brought have one name for everybody (src/model/json-web-key.ts).
    const written = await admin(hydrant, other, 'PUT', `/keys/${set}`, { json: { keys: shown } });
    expect(written.status, written.text).toBe(200);
    const kept = keysIn((await admin(hydrant, by, 'GET', `/keys/${set}`)).text);
    expect(kept.map(({ kid, d }) => [kid, d])).toEqual([['k', own[0]?.d]]);
  }
});

test.each(CROSSED)('what %s granted is revoked by %s', async (one, other) => {
  const [client, subject] = [await quickClient(hydrant), fresh('alice')];
  const { browser, challenge } = await atLogin(hydrant, client);
  const toConsent = nextOf(await decideAs(hydrant, one, 'accept login', challenge, { subject, remember: true }));
  const consent = challengeIn(await browser.get(toConsent), 'consent');
  const next = nextOf(await decideAs(hydrant, one, 'accept consent', consent, { grant_scope: ['openid'] }));
  const { accessToken } = await redeem(hydrant, client, (await followed(browser, next)).get('code') ?? '');
  const gone = (kind: string) =>
    admin(hydrant, other, 'DELETE', `/oauth2/auth/sessions/${kind}?subject=${subject}&all=true`);
  expect([(await gone('consent')).status, (await gone('login')).status]).toEqual([204, 204]);
  expect(await introspect(hydrant, accessToken)).toEqual({ active: false });
  const again = await atLogin(hydrant, client, {}, browser);
  expect((await read(hydrant, one, 'login', again.challenge)).json.skip).toBe(false);
});
