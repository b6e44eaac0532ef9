/** Who takes part: clients, people with their browsers, and the tokens that somebody still holds. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { openBrowser, send } from './http.mjs';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const ASSERTION_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CALLBACK = 'http://127.0.0.1:1/callback';

/**
 * @typedef {object} Client
 * @property {string} id
 * @property {string} secret Empty for a public client.
 *
 * @typedef {object} Person
 * @property {string} subject
 * @property {import('./http.mjs').Browser} browser At home, where logins are remembered.
 * @property {string} session Names the login that is remembered there, in the schema that is compared with; empty where none is.
 * @property {number} sessionUntil When that login is over.
 * @property {number} rememberedFor How long one is, in ms.
 * @property {number} number
 *
 * @typedef {object} Held A refresh token, and until when somebody uses it.
 * @property {Client} client
 * @property {string} request Names the grant in the schema that is compared with.
 * @property {string} subject
 * @property {string} refresh
 * @property {string} access
 * @property {number} usedUntil
 *
 * @typedef {Awaited<ReturnType<typeof createWorld>>} World
 */

/**
 * @param {object} parts
 * @param {import('./server.mjs').Server} parts.server
 * @param {{ now(): number }} parts.clock
 * @param {import('./random.mjs').Chance} parts.chance
 * @param {import('./never-deleting.mjs').NeverDeleting} parts.other
 * @param {import('./scenarios.mjs').Scenario} parts.scenario
 */
export async function createWorld({ server, clock, chance, other, scenario }) {
  const listener = await listenForLogouts();
  const signer = createSigner();
  let made = 0;

  /** @param {Record<string, unknown>} [metadata] @returns {Promise<Client>} */
  async function createClient(metadata = {}) {
    const isPublic = metadata.token_endpoint_auth_method === 'none';
    const hasKey = metadata.token_endpoint_auth_method === 'private_key_jwt';
    const answer = await send(`${server.adminUrl}/admin/clients`, {
      json: {
        ...(!isPublic && !hasKey && { client_secret: 'secret of the client' }),
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        scope: 'openid offline profile email',
        ...metadata,
      },
    });
    const id = String(expectStatus(answer, 201, 'a new client').json.client_id);
    other.add('client', id, { at: clock.now() });
    return { id, secret: String(answer.json.client_secret ?? '') };
  }

  const told = `${listener.url}/taken`;
  const deaf = `${listener.url}/refused`;
  const apps = [
    await createClient({ client_name: 'shop', backchannel_logout_uri: told }),
    await createClient({ client_name: 'forum', backchannel_logout_uri: deaf }),
    await createClient({ client_name: 'mail', subject_type: 'pairwise' }),
    await createClient({ client_name: 'single page', token_endpoint_auth_method: 'none' }),
    await createClient({ client_name: 'phone', token_endpoint_auth_method: 'none' }),
  ];
  const machine = { grant_types: ['client_credentials'], response_types: [] };
  const machines = [await createClient(machine), await createClient(machine)];
  const keyed = await createClient({
    ...machine,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [signer.jwk] },
  });
  const asserting = await createClient({ grant_types: [ASSERTION_GRANT], response_types: [] });
  const television = await createClient({
    grant_types: [DEVICE_GRANT, 'refresh_token'],
    response_types: [],
    token_endpoint_auth_method: 'none',
  });

  /** Few enough that after some days everybody was everywhere, so that what is remembered for ever stops growing. */
  const people = Array.from({ length: Math.max(12, Math.round(60 * scenario.load)) }, (_, number) => ({
    number,
    subject: `person-${number}`,
    browser: openBrowser(),
    session: '',
    sessionUntil: 0,
    // Every other one is known to a login app that remembers for a quarter of the longest time.
    rememberedFor: number % 2 === 0 ? scenario.longestLife : scenario.longestLife / 4,
  }));
  /** People who are at it right now: nobody does two things at once. @type {Set<Person>} */
  const busy = new Set();

  return {
    server,
    clock,
    chance,
    other,
    scenario,
    createClient,
    apps,
    machines,
    keyed,
    asserting,
    television,
    signer,
    people,
    /** Somebody who has time, and has none until `everybodyIsFree`. @param {(person: Person) => boolean} [fits] */
    pickPerson(fits = () => true) {
      const person = chance.pick(people.filter((one) => !busy.has(one) && fits(one)));
      if (person) busy.add(person);
      return person;
    },
    everybodyIsFree: () => busy.clear(),
    /** Clients that come and go; the oldest first. @type {Client[]} */
    passing: [],
    /** @type {Held[]} */
    held: [],
    /** Access tokens of late, for whoever looks one up. @type {string[]} */
    recent: [],
    /** Issuers whose assertions are taken, the newest last. @type {{ issuer: string, until: number }[]} */
    issuers: [],
    /** Refresh tokens that a thief copied, and when they were used; the oldest first. @type {{ token: Held, at: number }[]} */
    stolen: [],
    /** A word that nobody else has. @param {string} what */
    fresh: (what) => `${what}-${++made}`,
    redirectUri: CALLBACK,
    close: () => listener.close(),
  };
}

/**
 * @param {import('./http.mjs').Answer} answer
 * @param {number} status
 * @param {string} what
 */
export function expectStatus(answer, status, what) {
  if (answer.status !== status) {
    const told = answer.location ?? JSON.stringify(answer.json);
    throw new Error(`The server answers ${answer.status} instead of ${status} to ${what}: ${told}`);
  }
  return answer;
}

/** An ECDSA key of somebody else's. */
function createSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'a-key', alg: 'ES256', use: 'sig' },
    /** @param {Record<string, unknown>} claims */
    sign(claims) {
      const input = `${text({ alg: 'ES256', kid: 'a-key' })}.${text(claims)}`;
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

/** Two clients' ears for logout tokens: one takes them, one never does. */
async function listenForLogouts() {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(request.url === '/taken' ? 200 : 503).end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
