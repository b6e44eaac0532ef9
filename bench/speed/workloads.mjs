/** What is measured: one entry for each kind of work, in the words of any server that can do it. */

/**
 * @typedef {object} Api
 * @property {'hydra' | 'oidc-provider' | 'hello'} kind
 * @property {Readonly<Record<'token' | 'introspect' | 'revoke' | 'userinfo' | 'discovery' | 'keys' | 'authorize', string>>} paths
 *
 * @typedef {object} Workload
 * @property {string} id
 * @property {string} title
 * @property {'get' | 'form'} like Which hello it is nearest to.
 * @property {'request' | 'flow'} kind
 * @property {readonly Api['kind'][]} on
 * @property {boolean} [central] Measured with one and with eight connections, too.
 * @property {'access' | 'many' | 'few' | 'person' | 'refresh'} [values] Which tokens it needs: new ones that are used up, many, a
 *   few of those, those of a person, or refresh tokens.
 * @property {boolean} [remembered] Of a flow.
 * @property {string} [algorithm] Of a JWT.
 * @property {(target: import('./targets/target.mjs').Running) => import('./load/load.mjs').Request} [request]
 * @property {(body: string, target: import('./targets/target.mjs').Running) => boolean} [right] Whether an answer is what was asked for.
 */

const BOTH = /** @type {const} */ (['hydra', 'oidc-provider']);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** @param {import('./targets/target.mjs').Running} target @param {import('./targets/target.mjs').Client} [client] */
const basic = (target, client = target.client) => ({
  authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
});

/** @param {string} text */
const parsed = (text) => JSON.parse(text);

/** @param {string} algorithm @returns {Workload} */
const jwt = (algorithm) => ({
  id: `client_credentials-${algorithm.toLowerCase()}`,
  title: `client_credentials, JWT ${algorithm}`,
  like: 'form',
  kind: 'request',
  on: BOTH,
  algorithm,
  request: (target) => ({
    url: target.publicUrl + target.api.paths.token,
    method: 'POST',
    headers: { ...basic(target, target.jwtClient), ...FORM },
    body: `grant_type=client_credentials&scope=read${target.api.kind === 'oidc-provider' ? `&resource=urn:bench:${algorithm.toLowerCase()}` : ''}`,
  }),
  right: (body) => {
    const [header = ''] = String(parsed(body).access_token).split('.');
    return parsed(Buffer.from(header, 'base64url').toString()).alg === algorithm;
  },
});

/** @param {string} id @param {string} title @param {'many' | 'few'} values @returns {Workload} */
const introspection = (id, title, values) => ({
  id,
  title,
  like: 'form',
  kind: 'request',
  on: BOTH,
  ...(values === 'many' && { central: true }),
  values,
  request: (target) => ({
    url: (target.adminUrl ?? target.publicUrl) + target.api.paths.introspect,
    method: 'POST',
    headers: { ...(target.adminUrl === undefined && basic(target)), ...FORM },
    body: 'token={value}',
  }),
  right: (body) => parsed(body).active === true,
});

/** @param {string} id @param {string} title @param {boolean} remembered @returns {Workload} */
const flow = (id, title, remembered) => ({ id, title, like: 'get', kind: 'flow', on: BOTH, central: true, remembered });

/**
 * @param {string} id
 * @param {string} title
 * @param {(target: import('./targets/target.mjs').Running) => string} url
 * @param {(body: string, target: import('./targets/target.mjs').Running) => boolean} right
 * @param {readonly Api['kind'][]} [on]
 * @returns {Workload}
 */
const get = (id, title, url, right, on = BOTH) => ({
  id,
  title,
  like: 'get',
  kind: 'request',
  on,
  request: (target) => ({ url: url(target), method: 'GET', headers: {} }),
  right,
});

/** The hello of each kind. @type {Readonly<Record<'get' | 'form', Workload>>} */
export const HELLO = {
  get: get(
    'hello-get',
    'hello',
    ({ publicUrl }) => `${publicUrl}/`,
    (body) => body.includes('world'),
    ['hello'],
  ),
  form: {
    id: 'hello-form',
    title: 'hello, with a form',
    like: 'form',
    kind: 'request',
    on: ['hello'],
    request: ({ publicUrl }) => ({
      url: `${publicUrl}/form`,
      method: 'POST',
      headers: FORM,
      body: 'grant_type=client_credentials&scope=read+write',
    }),
    right: (body) => body.includes('client_credentials'),
  },
};

/** @type {readonly Workload[]} */
export const WORKLOADS = [
  {
    id: 'client_credentials',
    title: 'client_credentials, opaque',
    like: 'form',
    kind: 'request',
    on: BOTH,
    central: true,
    request: (target) => ({
      url: target.publicUrl + target.api.paths.token,
      method: 'POST',
      headers: { ...basic(target), ...FORM },
      body: 'grant_type=client_credentials&scope=read+write',
    }),
    right: (body) => typeof parsed(body).access_token === 'string',
  },
  jwt('ES256'),
  jwt('RS256'),
  introspection('introspection', 'introspection', 'many'),
  introspection('introspection-again', 'introspection, 1,000 tokens again and again', 'few'),
  {
    id: 'refresh',
    title: 'refresh, rotating, with ID token',
    like: 'form',
    kind: 'request',
    on: BOTH,
    central: true,
    values: 'refresh',
    request: (target) => ({
      url: target.publicUrl + target.api.paths.token,
      method: 'POST',
      headers: { ...basic(target), ...FORM },
      body: 'grant_type=refresh_token&refresh_token={value}',
    }),
    right: (body) => typeof parsed(body).refresh_token === 'string' && typeof parsed(body).id_token === 'string',
  },
  {
    id: 'revocation',
    title: 'revocation',
    like: 'form',
    kind: 'request',
    on: BOTH,
    values: 'access',
    request: (target) => ({
      url: target.publicUrl + target.api.paths.revoke,
      method: 'POST',
      headers: { ...basic(target), ...FORM },
      body: 'token={value}',
    }),
    right: () => true,
  },
  {
    id: 'userinfo',
    title: 'userinfo',
    like: 'get',
    kind: 'request',
    on: BOTH,
    values: 'person',
    request: (target) => ({
      url: target.publicUrl + target.api.paths.userinfo,
      method: 'GET',
      headers: { authorization: 'Bearer {value}' },
    }),
    right: (body) => typeof parsed(body).sub === 'string',
  },
  flow('flow-remembered', 'code + PKCE flow, login remembered', true),
  flow('flow-fresh', 'code + PKCE flow, fresh login', false),
  get(
    'discovery',
    'discovery',
    ({ publicUrl, api }) => publicUrl + api.paths.discovery,
    (body) => typeof parsed(body).issuer === 'string',
  ),
  get(
    'jwks',
    'published keys',
    ({ publicUrl, api }) => publicUrl + api.paths.keys,
    (body) => parsed(body).keys.length > 0,
  ),
  get(
    'client-get',
    'one client (admin)',
    ({ adminUrl, client }) => `${adminUrl}/admin/clients/${client.id}`,
    (body, { client }) => parsed(body).client_id === client.id,
    ['hydra'],
  ),
  get(
    'client-list',
    'first 20 clients (admin)',
    ({ adminUrl }) => `${adminUrl}/admin/clients?page_size=20`,
    (body) => parsed(body).length === 20,
    ['hydra'],
  ),
];

/** Workloads by their ids; `client_credentials*` is all that begin so. @param {readonly string[] | undefined} names */
export function chosen(names) {
  if (names === undefined) return WORKLOADS;
  return WORKLOADS.filter(({ id }) =>
    names.some((name) => id === name || (name.endsWith('*') && id.startsWith(name.slice(0, -1)))),
  );
}
