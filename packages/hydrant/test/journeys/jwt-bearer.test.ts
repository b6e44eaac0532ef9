/** Assertions of trusted issuers as grants (RFC 7523), and the issuers on the admin side. */
import { beforeAll, describe, expect, test } from 'vitest';
import { givenSigner, type TestSigner } from '../support/assertion.js';
import { send } from '../support/browser.js';
import { clockAt, HOUR, MINUTE, SECOND } from '../support/clock.js';
import {
  askToken,
  givenClient,
  introspect,
  type Params,
  type TestClient,
  type TokenAnswer,
} from '../support/relying-party.js';
import { sharedHydrant } from '../support/shared-hydrant.js';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ISSUERS = '/admin/trust/grants/jwt-bearer/issuers';
const OLD_ISSUERS = '/trust/grants/jwt-bearer/issuers';

/** RFC 8037, appendix A.1. */
const PRIVATE = {
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

const clock = clockAt();
const hydrant = sharedHydrant({ clock });
type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;

let signer: TestSigner;
let client: TestClient;
beforeAll(async () => {
  signer = await givenSigner();
  client = await givenClient(hydrant, { grant_types: [GRANT] });
});

let made = 0;
const fresh = (what: string): string => `${what}-${++made}`;

interface Trust {
  readonly id: string;
  readonly issuer: string;
}

async function givenTrust(server: Server, body: Record<string, unknown> = {}): Promise<Trust> {
  const issuer = fresh('https://issuer.example/');
  const answer = await send(`${server.adminUrl}${ISSUERS}`, {
    json: {
      issuer,
      subject: 'alice',
      scope: ['photos.read'],
      jwk: signer.jwk,
      expires_at: '2035-01-01T00:00:00Z',
      ...body,
    },
  });
  expect(answer.status).toBe(201);
  return { id: String(answer.json.id), issuer: String(answer.json.issuer) };
}

const now = () => Math.floor(clock.now() / 1000);

function claimsFor(server: Server, { issuer }: Trust, more: Record<string, unknown> = {}): Record<string, unknown> {
  const aud = `${server.publicUrl}/oauth2/token`;
  return { iss: issuer, sub: 'alice', aud, iat: now(), exp: now() + 300, jti: fresh('jti'), ...more };
}

function ask(server: Server, assertion: string, more: Params = {}, by = client): Promise<TokenAnswer> {
  return askToken(server, by, { grant_type: GRANT, assertion, scope: 'photos.read', ...more });
}

describe('a good assertion', () => {
  test('gives an access token for its subject and audience, and nothing else', async () => {
    const trust = await givenTrust(hydrant);
    const aud = [`${hydrant.publicUrl}/oauth2/token`, 'https://api.example'];
    const answer = await ask(hydrant, await signer.sign(claimsFor(hydrant, trust, { aud })));
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(await introspect(hydrant, answer.accessToken)).toMatchObject({
      active: true,
      sub: 'alice',
      aud,
      client_id: client.id,
      scope: 'photos.read',
    });
  });

  test.each([
    [
      'the issuer as audience',
      async (trust: Trust) => signer.sign(claimsFor(hydrant, trust, { aud: hydrant.publicUrl })),
    ],
    ['no kid', async (trust: Trust) => signer.sign(claimsFor(hydrant, trust), { kid: undefined })],
    ['an nbf that has come', async (trust: Trust) => signer.sign(claimsFor(hydrant, trust, { nbf: now() }))],
  ])('may have %s', async (_, assertion) => {
    expect((await ask(hydrant, await assertion(await givenTrust(hydrant)))).status).toBe(200);
  });

  test("lives as long as the client's own lifespan says", async () => {
    const lifespan = { jwt_bearer_grant_access_token_lifespan: '5m' };
    const own = await givenClient(hydrant, { grant_types: [GRANT], ...lifespan });
    const assertion = await signer.sign(claimsFor(hydrant, await givenTrust(hydrant)));
    expect((await ask(hydrant, assertion, {}, own)).json.expires_in).toBe(300);
  });

  test('speaks for anybody where that is trusted, and for its one subject elsewhere', async () => {
    const anybody = await givenTrust(hydrant, { subject: undefined, allow_any_subject: true });
    expect((await ask(hydrant, await signer.sign(claimsFor(hydrant, anybody, { sub: 'bob' })))).status).toBe(200);
    const alice = await givenTrust(hydrant);
    const answer = await ask(hydrant, await signer.sign(claimsFor(hydrant, alice, { sub: 'bob' })));
    expect(answer).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('of several keys, the one that signed says which scopes there are', async () => {
    const other = await givenSigner('other-key', 'ES256');
    const trust = await givenTrust(hydrant);
    await givenTrust(hydrant, { issuer: trust.issuer, jwk: other.jwk, scope: ['photos.write'] });
    const unnamed = { kid: undefined };
    const reading = await ask(hydrant, await signer.sign(claimsFor(hydrant, trust), unnamed));
    const writing = await ask(hydrant, await other.sign(claimsFor(hydrant, trust), unnamed), { scope: 'photos.write' });
    const beyond = await ask(hydrant, await other.sign(claimsFor(hydrant, trust), unnamed));
    expect([reading.status, writing.status, beyond.error]).toEqual([200, 200, 'invalid_scope']);
  });
});

describe('one that is refused', () => {
  test.each<[string, Record<string, unknown>]>([
    ['without iss', { iss: undefined }],
    ['without sub', { sub: undefined }],
    ['with a sub that is no text', { sub: 7 }],
    ['without aud', { aud: undefined }],
    ['for somebody else', { aud: 'https://other.example' }],
    ['without exp', { exp: undefined }],
    ['with an exp that is no time', { exp: 'soon' }],
    ['that has expired', { exp: Math.floor(clock.now() / 1000) }],
    ['that is not valid yet', { nbf: Math.floor(clock.now() / 1000) + 3600 }],
    ['without iat', { iat: undefined }],
    ['that lives too long', { exp: Math.floor(clock.now() / 1000) + 721 * 3600 }],
    ['that lives too long by a date in the future', { iat: 2e9, exp: 2e9 + 300 }],
    ['without jti', { jti: undefined }],
    ['with an empty jti', { jti: '' }],
    ['with a jti that is no text', { jti: 7 }],
    ['of an unknown issuer', { iss: 'https://nobody.example' }],
  ])('%s', async (_, claims) => {
    const assertion = await signer.sign(claimsFor(hydrant, await givenTrust(hydrant), claims));
    expect(await ask(hydrant, assertion)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('signed by another key, by none, or no JWT at all', async () => {
    const trust = await givenTrust(hydrant);
    const impostor = await givenSigner();
    const [header, claims] = (await signer.sign(claimsFor(hydrant, trust))).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const secret = Buffer.from('{"alg":"HS256","kid":"a-key"}').toString('base64url');
    for (const assertion of [
      await impostor.sign(claimsFor(hydrant, trust)),
      `${none}.${claims}.`,
      `${secret}.${claims}.AAAA`,
      `${header}.${claims}`,
      'nonsense',
    ])
      expect(await ask(hydrant, assertion)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('not there', async () => {
    expect(await ask(hydrant, '')).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  test('of a client that may not use the grant', async () => {
    const other = await givenClient(hydrant);
    const assertion = await signer.sign(claimsFor(hydrant, await givenTrust(hydrant)));
    expect(await ask(hydrant, assertion, {}, other)).toMatchObject({ status: 400, error: 'unauthorized_client' });
    expect((await ask(hydrant, assertion)).status).toBe(200);
  });

  test('of an issuer whose trust has expired, while the list still shows it', async () => {
    const expires = new Date(clock.now() + MINUTE).toISOString();
    const trust = await givenTrust(hydrant, { expires_at: expires });
    expect((await ask(hydrant, await signer.sign(claimsFor(hydrant, trust)))).status).toBe(200);
    clock.advance(MINUTE);
    const answer = await ask(hydrant, await signer.sign(claimsFor(hydrant, trust)));
    expect(answer).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await send(`${hydrant.adminUrl}${ISSUERS}/${trust.id}`)).status).toBe(200);
  });

  test('of an issuer, or with a key, that was deleted', async () => {
    const [gone, keyless] = [await givenTrust(hydrant), await givenTrust(hydrant)];
    await send(`${hydrant.adminUrl}${ISSUERS}/${gone.id}`, { method: 'DELETE' });
    await send(`${hydrant.adminUrl}/admin/keys/${encodeURIComponent(keyless.issuer)}`, { method: 'DELETE' });
    for (const trust of [gone, keyless])
      expect((await ask(hydrant, await signer.sign(claimsFor(hydrant, trust)))).error).toBe('invalid_grant');
  });
});

describe('a jti', () => {
  test('is used up by the tokens it gave, and not by a refusal', async () => {
    const assertion = await signer.sign(claimsFor(hydrant, await givenTrust(hydrant)));
    expect((await ask(hydrant, assertion, { scope: 'photos.write' })).error).toBe('invalid_scope');
    expect((await ask(hydrant, assertion)).status).toBe(200);
    expect(await ask(hydrant, assertion)).toMatchObject({ status: 400, error: 'jti_known' });
    // What the scope would be does not matter any more.
    expect((await ask(hydrant, assertion, { scope: 'photos.write' })).error).toBe('jti_known');
  });

  test('of ten at once one gives tokens', async () => {
    const assertion = await signer.sign(claimsFor(hydrant, await givenTrust(hydrant)));
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(hydrant, assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ error }) => error === 'jti_known')).toHaveLength(9);
  });

  test('is one memory for the assertions of clients as well', async () => {
    const grant_types = [GRANT];
    const method = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' };
    const own = await givenSigner('own-key', 'ES256');
    const keyed = await givenClient(hydrant, { grant_types, ...method, jwks: { keys: [own.jwk] } });
    const trust = await givenTrust(hydrant);
    const jti = fresh('shared');
    const proof = (id: string) =>
      own.sign({ iss: keyed.id, sub: keyed.id, aud: hydrant.publicUrl, exp: now() + 60, jti: id });
    const form = async (assertion: string, id: string) => ({
      grant_type: GRANT,
      assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await proof(id),
    });
    const same = await signer.sign(claimsFor(hydrant, trust, { jti }));
    expect((await askToken(hydrant, keyed, await form(same, jti))).error).toBe('jti_known');
    const another = await signer.sign(claimsFor(hydrant, trust));
    expect((await askToken(hydrant, keyed, await form(another, fresh('proof')))).status).toBe(200);
  });
});

test('settings: jti and iat may be optional, and the longest life another', async () => {
  await using lenient = await startHydrant({
    clock,
    settings: {
      OAUTH2_GRANT_JWT_JTI_OPTIONAL: 'true',
      OAUTH2_GRANT_JWT_IAT_OPTIONAL: 'true',
      OAUTH2_GRANT_JWT_MAX_TTL: '1h',
    },
  });
  const own = await givenClient(lenient, { grant_types: [GRANT] });
  const trust = await givenTrust(lenient);
  const send = async (claims: Record<string, unknown>) =>
    ask(lenient, await signer.sign(claimsFor(lenient, trust, { jti: undefined, iat: undefined, ...claims })), {}, own);
  const [hour, second] = [HOUR / 1000, SECOND / 1000];
  expect((await send({ exp: now() + hour })).status).toBe(200);
  expect((await send({ exp: now() + hour })).status).toBe(200);
  expect((await send({ exp: now() + hour + second })).error).toBe('invalid_grant');
  expect((await send({ iat: now() - second, exp: now() + hour })).error).toBe('invalid_grant');
});

describe('trusted issuers', () => {
  const body = () => ({
    issuer: fresh('issuer'),
    subject: 'alice',
    scope: ['a'],
    jwk: signer.jwk,
    expires_at: '2035-01-01T00:00:00Z',
  });
  const post = (json: unknown, path = ISSUERS) => send(`${hydrant.adminUrl}${path}`, { json });

  test('answers tell no key but its name; times in whole seconds, the nearest', async () => {
    const given = { ...body(), expires_at: '2035-01-01T02:00:00.5+02:00' };
    const answer = await post(given);
    expect(answer.json).toEqual({
      id: answer.json.id,
      issuer: given.issuer,
      subject: 'alice',
      allow_any_subject: false,
      scope: ['a'],
      public_key: { set: given.issuer, kid: 'a-key' },
      created_at: new Date(Math.round(clock.now() / 1000) * 1000).toISOString().replace('.000', ''),
      expires_at: '2035-01-01T00:00:01Z',
    });
    expect(answer.headers.get('location')).toBe(`${OLD_ISSUERS}/${answer.json.id}`);
    expect((await send(`${hydrant.adminUrl}${ISSUERS}/${answer.json.id}`)).json).toEqual(answer.json);
    const keys = await send(`${hydrant.adminUrl}/admin/keys/${given.issuer}`);
    expect(keys.json).toEqual({ keys: [signer.jwk] });
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['both forms of subject', { allow_any_subject: true }, 400, 'missing_required_parameter'],
    ['no form of subject', { subject: undefined }, 400, 'missing_required_parameter'],
    ['no issuer', { issuer: undefined }, 400, 'missing_required_parameter'],
    ['no key', { jwk: undefined }, 400, 'missing_required_parameter'],
    ['a key without kid', { jwk: { kty: 'OKP', crv: 'Ed25519', x: PRIVATE.x } }, 400, 'missing_required_parameter'],
    ['a key that is none', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'x' } }, 400, 'error'],
    ['no expiry', { expires_at: undefined }, 400, 'missing_required_parameter'],
    ['an expiry that is no time', { expires_at: 'soon' }, 400, 'error'],
    ['a scope that is no list', { scope: 'a b' }, 400, 'error'],
    ['a symmetric key', { jwk: { kty: 'oct', k: 'AAAA', kid: 'x' } }, 400, 'error'],
  ])('%s is refused', async (_, change, status, error) => {
    const answer = await post({ ...body(), ...change });
    expect([answer.status, answer.json.error]).toEqual([status, error]);
  });

  test('a body that is no JSON is refused', async () => {
    const answer = await send(`${hydrant.adminUrl}${ISSUERS}`, { body: '{' });
    expect([answer.status, answer.json.error]).toEqual([400, 'error']);
  });

  test('of a private key only the public half is kept', async () => {
    const given = { ...body(), jwk: { kty: 'OKP', crv: 'Ed25519', kid: 'p', ...PRIVATE } };
    expect((await post(given)).status).toBe(201);
    const { text } = await send(`${hydrant.adminUrl}/admin/keys/${given.issuer}`);
    expect(text).not.toContain(PRIVATE.d);
    expect(text).toContain(PRIVATE.x);
  });

  test('the same once more is a conflict; a scope that was left out is an empty list', async () => {
    const given = { ...body(), scope: undefined };
    const first = await post(given);
    expect([first.status, first.json.scope]).toEqual([201, []]);
    expect((await post(given)).status).toBe(409);
    expect((await post({ ...given, subject: 'bob' })).status).toBe(201);
  });

  test('are read, listed and deleted through either path', async () => {
    const { json } = await post(body(), OLD_ISSUERS);
    for (const path of [ISSUERS, OLD_ISSUERS]) {
      expect((await send(`${hydrant.adminUrl}${path}/${json.id}`)).json).toEqual(json);
      const list = await send(`${hydrant.adminUrl}${path}?issuer=${json.issuer}`);
      expect(JSON.parse(list.text)).toEqual([json]);
    }
    expect((await send(`${hydrant.adminUrl}${OLD_ISSUERS}?issuer=${json.issuer}`)).headers.get('x-total-count')).toBe(
      '1',
    );
    expect((await send(`${hydrant.adminUrl}${OLD_ISSUERS}/${json.id}`, { method: 'DELETE' })).status).toBe(204);
    for (const path of [ISSUERS, OLD_ISSUERS])
      expect((await send(`${hydrant.adminUrl}${path}/${json.id}`)).status).toBe(404);
    expect((await send(`${hydrant.adminUrl}/admin/keys/${json.issuer}`)).status).toBe(404);
  });

  test('an id that is no UUID is a mistake under /admin, and unknown without it', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect((await send(`${hydrant.adminUrl}${ISSUERS}/not-a-uuid`, { method })).status).toBe(400);
      expect((await send(`${hydrant.adminUrl}${OLD_ISSUERS}/not-a-uuid`, { method })).status).toBe(404);
    }
  });

  test('lists have pages', async () => {
    const issuer = fresh('paged');
    for (const subject of ['a', 'b', 'c']) await post({ ...body(), issuer, subject });
    const first = await send(`${hydrant.adminUrl}${ISSUERS}?issuer=${issuer}&page_size=2`);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
    const second = await send(`${hydrant.adminUrl}${next}`);
    const subjects = [first, second].map(({ text }) =>
      (JSON.parse(text) as { subject: string }[]).map((one) => one.subject),
    );
    expect(subjects.map((page) => page.length)).toEqual([2, 1]);
    expect(subjects.flat().sort()).toEqual(['a', 'b', 'c']);
    expect(second.headers.get('link')).not.toContain('next');
  });
});

test('a resource says where the token goes, in place of the assertion’s audience (RFC 8707)', async () => {
  const api = 'https://api.example/';
  const asking = await givenClient(hydrant, { grant_types: [GRANT], audience: [api] });
  const trust = await givenTrust(hydrant);
  const given = await ask(hydrant, await signer.sign(claimsFor(hydrant, trust)), { resource: api }, asking);
  expect((await introspect(hydrant, given.accessToken)).aud).toEqual([api]);
  const assertion = await signer.sign(claimsFor(hydrant, trust));
  const refused = await ask(hydrant, assertion, { resource: 'https://foreign.example/' }, asking);
  expect(refused).toMatchObject({ status: 400, error: 'invalid_target' });
  // Which has not used the assertion up.
  expect((await ask(hydrant, assertion, {}, asking)).status).toBe(200);
});
