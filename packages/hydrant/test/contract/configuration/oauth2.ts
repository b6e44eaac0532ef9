import { expect } from 'vitest';
import { givenSigner } from '../../support/assertion.js';
import { send } from '../../support/browser.js';
import { clockAt } from '../../support/clock.js';
import { askCodes, givenDeviceClient } from '../../support/device.js';
import { type Listener, listen } from '../../support/listener.js';
import {
  askToken,
  clientCredentials,
  givenClient,
  isActive,
  obtainTokens,
  pkce,
  refresh,
  walk,
} from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';
import { temporaryDatabase } from '../../support/temporary-database.js';
import { type Effect, type Settings, served, started } from './effect.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The stored hash of a client whose secret somebody chose, which works all the same. */
async function storedSecret(settings: Settings): Promise<string> {
  await using hydrant = await started(settings);
  const client = await givenClient(hydrant);
  expect((await clientCredentials(hydrant, client)).status).toBe(200);
  const { secrets = [] } = (await hydrant.store.clients.find(client.id)) ?? {};
  return secrets[0]?.hash ?? '';
}

/** The statuses of assertions with these claims left out or changed, where each setting allows what its name says. */
async function assertionStatus(hydrant: Hydrant, claims: Record<string, unknown>): Promise<number> {
  const signer = await givenSigner();
  const client = await givenClient(hydrant, { grant_types: [JWT_BEARER] });
  const trust = { issuer: `https://${client.id}.example`, subject: 'alice', scope: ['email'], jwk: signer.jwk };
  await send(`${hydrant.adminUrl}/admin/trust/grants/jwt-bearer/issuers`, {
    json: { ...trust, expires_at: '2999-01-01T00:00:00Z' },
  });
  const now = Math.floor(Date.now() / 1000);
  const aud = `${hydrant.publicUrl}/oauth2/token`;
  const assertion = await signer.sign({
    iss: trust.issuer,
    sub: 'alice',
    aud,
    iat: now,
    exp: now + 60,
    jti: 'x',
    ...claims,
  });
  return (await askToken(hydrant, client, { grant_type: JWT_BEARER, assertion, scope: 'email' })).status;
}

/** What a hook of this block is asked, by refreshing once. */
async function askedHook(block: string, more: Settings): Promise<Listener['received']> {
  await using hook = await listen(() => ({ status: 204 }));
  await using hydrant = await started({ [`${block}.url`]: `${hook.url}/hook`, ...more });
  const client = await givenClient(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client);
  expect((await refresh(hydrant, client, refreshToken)).status).toBe(200);
  return hook.received;
}

function hook(block: string, calls: number): Effect[] {
  const keys = ['url', 'auth.type', 'auth.config.in', 'auth.config.name', 'auth.config.value'].map(
    (key) => `${block}.${key}`,
  );
  const auth = (place: string): Settings => ({
    [`${block}.auth.type`]: 'api_key',
    [`${block}.auth.config.in`]: place,
    [`${block}.auth.config.name`]: 'x-of-hydrant',
    [`${block}.auth.config.value`]: 'the-key',
  });
  return [
    {
      keys,
      says: 'the hook is asked, with the key that it knows',
      async run() {
        expect(await askedHook(block, {})).toHaveLength(calls);
        const byHeader = await askedHook(block, auth('header'));
        expect(byHeader.map(({ headers }) => headers['x-of-hydrant'])).toEqual(Array(calls).fill('the-key'));
        const byCookie = await askedHook(block, auth('cookie'));
        expect(byCookie.map(({ headers }) => headers.cookie)).toEqual(Array(calls).fill('x-of-hydrant=the-key'));
      },
    },
  ];
}

async function refreshedTwice(settings: Settings, wait: number): Promise<readonly number[]> {
  const clock = clockAt();
  await using hydrant = await started(settings, { clock });
  const client = await givenClient(hydrant);
  const { refreshToken } = await obtainTokens(hydrant, client);
  const statuses: number[] = [];
  for (let use = 0; use < 4; use += 1) {
    statuses.push((await refresh(hydrant, client, refreshToken)).status);
    clock.advance(wait);
  }
  return statuses;
}

const GRACE = 'oauth2.grant.refresh_token.rotation_grace_period';
const USES = 'oauth2.grant.refresh_token.rotation_grace_reuse_count';

export const oauth2: readonly Effect[] = [
  {
    keys: ['oauth2.expose_internal_errors'],
    says: 'what went wrong inside is told only where the operator wants it',
    async run() {
      const bodyWith = async (expose: string) => {
        await using hook = await listen(() => ({ status: 500 }));
        await using hydrant = await started({
          'oauth2.expose_internal_errors': expose,
          'oauth2.token_hook.url': `${hook.url}/secret-place`,
        });
        return (await clientCredentials(hydrant, await givenClient(hydrant))).json;
      };
      const [open, closed] = [await bodyWith('true'), await bodyWith('false')];
      expect(JSON.stringify(open).length).toBeGreaterThan(JSON.stringify(closed).length);
    },
  },
  {
    keys: ['oauth2.session.encrypt_at_rest'],
    says: 'the claims of consent apps lie sealed in the database, or open where that is wanted',
    async run() {
      const inFile = async (sealed: string) => {
        await using database = await temporaryDatabase();
        {
          await using hydrant = await started({ 'oauth2.session.encrypt_at_rest': sealed, dsn: database.dsn });
          const consent = { session: { access_token: { diet: 'vegetarian-by-heart' } } };
          const { accessToken } = await obtainTokens(hydrant, await givenClient(hydrant), { consent });
          expect(await isActive(hydrant, accessToken)).toBe(true);
        }
        return await database.contains('vegetarian-by-heart');
      };
      expect(await inFile('true')).toBe(false);
      expect(await inFile('false')).toBe(true);
    },
  },
  {
    keys: ['oauth2.hashers.algorithm', 'oauth2.hashers.bcrypt.cost', 'oauth2.hashers.pbkdf2.iterations'],
    says: 'chosen secrets are hashed by the algorithm that is named, at its price',
    async run() {
      const algorithm = 'oauth2.hashers.algorithm';
      expect(await storedSecret({ [algorithm]: 'scrypt' })).toMatch(/^\$scrypt\$/);
      const bcrypt = { [algorithm]: 'bcrypt', 'oauth2.hashers.bcrypt.cost': '5' };
      expect(await storedSecret(bcrypt)).toMatch(/^\$2[aby]\$05\$/);
      const pbkdf2 = { [algorithm]: 'pbkdf2', 'oauth2.hashers.pbkdf2.iterations': '1234' };
      expect(await storedSecret(pbkdf2)).toMatch(/^\$pbkdf2-sha256\$i=1234,l=32\$/);
    },
  },
  served('PKCE is demanded of every client', { 'oauth2.pkce.enforced': 'true' }, async (hydrant) => {
    const client = await givenClient(hydrant);
    expect((await walk(hydrant, client)).params.error).toBe('invalid_request');
    expect((await walk(hydrant, client, { params: pkce().params })).code).not.toBe('');
  }),
  served(
    'PKCE is demanded of public clients',
    { 'oauth2.pkce.enforced_for_public_clients': 'true', 'oauth2.pkce.enforced': 'false' },
    async (hydrant) => {
      const errorOf = async (method: string) => {
        const client = await givenClient(hydrant, { token_endpoint_auth_method: method });
        return (await walk(hydrant, client)).params.error;
      };
      expect([await errorOf('none'), await errorOf('client_secret_basic')]).toEqual(['invalid_request', undefined]);
    },
    { beside: ['oauth2.pkce.enforced'] },
  ),
  served(
    'a client that asks for no scope gets all of its own',
    { 'oauth2.client_credentials.default_grant_allowed_scope': 'true' },
    async (hydrant) => {
      const answer = await clientCredentials(hydrant, await givenClient(hydrant, { scope: 'email photos' }));
      expect(answer.json.scope).toBe('email photos');
    },
  ),
  served('assertions need no jti', { 'oauth2.grant.jwt.jti_optional': 'true' }, async (hydrant) => {
    expect(await assertionStatus(hydrant, { jti: undefined })).toBe(200);
    expect(await assertionStatus(hydrant, { iat: undefined })).toBe(400);
  }),
  served('assertions need no iat', { 'oauth2.grant.jwt.iat_optional': 'true' }, async (hydrant) => {
    expect(await assertionStatus(hydrant, { iat: undefined })).toBe(200);
    expect(await assertionStatus(hydrant, { jti: undefined })).toBe(400);
  }),
  served('assertions that live too long are refused', { 'oauth2.grant.jwt.max_ttl': '30s' }, async (hydrant) => {
    const now = Math.floor(Date.now() / 1000);
    expect(await assertionStatus(hydrant, { exp: now + 60, jti: 'long' })).toBe(400);
    expect(await assertionStatus(hydrant, { exp: now + 20, jti: 'short' })).toBe(200);
  }),
  {
    keys: [GRACE],
    says: 'a used refresh token works again until its grace is over',
    async run() {
      expect(await refreshedTwice({ [GRACE]: '60s' }, 25_000)).toEqual([200, 200, 200, 400]);
      expect(await refreshedTwice({ [GRACE]: '0s' }, 1)).toEqual([200, 400, 400, 400]);
    },
  },
  {
    keys: [USES],
    says: 'a used refresh token works again so many times, the first included; one too many ends the family',
    async run() {
      expect(await refreshedTwice({ [GRACE]: '60s', [USES]: '2' }, 1)).toEqual([200, 200, 400, 400]);
      expect(await refreshedTwice({ [GRACE]: '60s', [USES]: '0' }, 1)).toEqual([200, 200, 200, 200]);
      // With a count the grace may be longer than five minutes.
      expect(await refreshedTwice({ [GRACE]: '24h', [USES]: '3' }, 3_600_000)).toEqual([200, 200, 200, 400]);
      expect(await refreshedTwice({ [GRACE]: '24h' }, 3_600_000)).toEqual([200, 400, 400, 400]);
    },
  },
  served(
    'devices are told how long to wait, and people type the codes that are wanted',
    {
      'oauth2.device_authorization.token_polling_interval': '7s',
      'oauth2.device_authorization.user_code.length': '11',
      'oauth2.device_authorization.user_code.character_set': 'ACDEFGHJ',
    },
    async (hydrant) => {
      const { json } = await askCodes(hydrant, await givenDeviceClient(hydrant));
      expect(json.interval).toBe(7);
      expect(String(json.user_code).replaceAll('-', '')).toMatch(/^[ACDEFGHJ]{11}$/);
    },
  ),
  served(
    'people type digits alone',
    { 'oauth2.device_authorization.user_code.entropy_preset': 'low' },
    async (hydrant) => {
      const { json } = await askCodes(hydrant, await givenDeviceClient(hydrant));
      expect(String(json.user_code).replaceAll('-', '')).toMatch(/^\d{9}$/);
    },
  ),
  ...hook('oauth2.refresh_token_hook', 1),
  ...hook('oauth2.token_hook', 2),
];
