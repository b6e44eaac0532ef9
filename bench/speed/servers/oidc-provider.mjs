/**
 * oidc-provider, configured as Hydrant is: opaque tokens unless a resource asks for a JWT, introspection, revocation,
 * rotating refresh tokens, PKCE, RS256 with 2048 bits. Everything is kept in memory. Login and consent are granted at once
 * by the page that stands where an operator's would.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// Installed beside the bench and not with the project.
const require = createRequire(new URL('../peers/package.json', import.meta.url));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SCOPE = '' } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;
const HOUR = 3600;

/** Rows of one model. The adapter that comes with the package forgets all but the last thousand. */
class MemoryAdapter {
  /** @type {Map<string, object>} */
  static #rows = new Map();
  /** @type {Map<string, Set<string>>} */
  static #byGrant = new Map();
  /** @type {Map<string, string>} */
  static #byUid = new Map();
  #model;

  /** @param {string} model */
  constructor(model) {
    this.#model = model;
  }

  /** @param {string} id */
  #key(id) {
    return `${this.#model}:${id}`;
  }

  /** @param {string} id @param {Record<string, unknown>} payload */
  async upsert(id, payload) {
    const key = this.#key(id);
    if (this.#model === 'Session') MemoryAdapter.#byUid.set(String(payload.uid), id);
    const { grantId } = payload;
    if (typeof grantId === 'string' && this.#model !== 'Session' && this.#model !== 'Interaction') {
      const keys = MemoryAdapter.#byGrant.get(grantId) ?? new Set();
      MemoryAdapter.#byGrant.set(grantId, keys.add(key));
    }
    MemoryAdapter.#rows.set(key, payload);
  }

  /** @param {string} id */
  async find(id) {
    return MemoryAdapter.#rows.get(this.#key(id));
  }

  /** @param {string} uid */
  async findByUid(uid) {
    const id = MemoryAdapter.#byUid.get(uid);
    return id === undefined ? undefined : this.find(id);
  }

  async findByUserCode() {
    return undefined;
  }

  /** @param {string} id */
  async consume(id) {
    const row = MemoryAdapter.#rows.get(this.#key(id));
    if (row) Object.assign(row, { consumed: Math.floor(Date.now() / 1000) });
  }

  /** @param {string} id */
  async destroy(id) {
    MemoryAdapter.#rows.delete(this.#key(id));
  }

  /** @param {string} grantId */
  async revokeByGrantId(grantId) {
    for (const key of MemoryAdapter.#byGrant.get(grantId) ?? []) MemoryAdapter.#rows.delete(key);
    MemoryAdapter.#byGrant.delete(grantId);
  }
}

/** @param {import('node:crypto').KeyObject} key @param {string} alg */
const jwk = (key, alg) => ({ ...key.export({ format: 'jwk' }), alg, use: 'sig', kid: alg });

const provider = new Provider(issuer, {
  adapter: MemoryAdapter,
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      redirect_uris: [REDIRECT_URI],
      scope: SCOPE,
    },
  ],
  scopes: SCOPE.split(' '),
  jwks: {
    keys: [
      jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'RS256'),
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'ES256'),
    ],
  },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (
    /** @type {unknown} */ _ctx,
    /** @type {{ grantTypeAllowed(type: string): boolean }} */ client,
  ) => client.grantTypeAllowed('refresh_token'),
  findAccount: (/** @type {unknown} */ _ctx, /** @type {string} */ accountId) => ({
    accountId,
    claims: () => ({ sub: accountId }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      // `urn:bench:es256` is an API that wants JWTs, with ES256.
      getResourceServerInfo: (/** @type {unknown} */ _ctx, /** @type {string} */ resource) => ({
        scope: SCOPE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource.split(':').at(-1)?.toUpperCase() } },
      }),
    },
  },
  interactions: { url: (/** @type {unknown} */ _ctx, /** @type {{ uid: string }} */ { uid }) => `/interaction/${uid}` },
  ttl: {
    AccessToken: HOUR,
    AuthorizationCode: 600,
    ClientCredentials: HOUR,
    Grant: 720 * HOUR,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: 720 * HOUR,
    Session: 720 * HOUR,
  },
});

let people = 0;

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function agree(request, response) {
  const { session, grantId, params } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? `person-${people++}`;
  const grant =
    (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId, remember: true }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
  agree(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(Number(PORT), '127.0.0.1');
