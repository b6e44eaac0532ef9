/** What the bench needs to find in Hydrant, or in whatever speaks as Hydra 2 does: clients and a key, by the admin API. */
import { generateKeyPairSync } from 'node:crypto';
import { REDIRECT_URI, SCOPE } from './target.mjs';

/** @param {string} adminUrl @param {string} method @param {string} path @param {object} body */
async function admin(adminUrl, method, path, body) {
  const answer = await fetch(adminUrl + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** @param {string} adminUrl @param {object} [more] @returns {Promise<import('./target.mjs').Client>} */
export async function makeClient(adminUrl, more = {}) {
  const made = await admin(adminUrl, 'POST', '/admin/clients', {
    client_name: 'bench',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    redirect_uris: [REDIRECT_URI],
    scope: SCOPE,
    token_endpoint_auth_method: 'client_secret_basic',
    ...more,
  });
  return { id: made.client_id, secret: made.client_secret };
}

/** Two that are used and so many that are only listed. @param {string} adminUrl @param {number} others */
export async function makeClients(adminUrl, others) {
  const client = await makeClient(adminUrl);
  const jwtClient = await makeClient(adminUrl, { access_token_strategy: 'jwt' });
  for (let count = 0; count < others; count++) await makeClient(adminUrl, { client_name: `other ${count}` });
  return { client, jwtClient };
}

/** Puts one key in the place of those that sign access tokens. @param {string} adminUrl @param {string} algorithm */
export async function replaceAccessTokenKey(adminUrl, algorithm) {
  const { privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), alg: algorithm, use: 'sig', kid: `bench-${algorithm}` };
  await admin(adminUrl, 'PUT', '/admin/keys/hydra.jwt.access-token', { keys: [key] });
}
