/** What one node is told to change, the others know soon after: within a second, by a notification or by asking for it. */
import { describe, expect, test } from 'vitest';
import { givenSigner } from '../support/assertion.js';
import { send } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { askToken, clientCredentials, givenClient, obtainTokens, type TestClient } from '../support/relying-party.js';
import type { Node } from '../support/round-robin.js';
import { type Cluster, ISSUER } from './cluster.js';

const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function changesSeenByAll(cluster: () => Cluster): void {
  const first = (): Node => {
    const [node] = cluster().alone;
    if (!node) throw new Error('There is no node.');
    return node;
  };
  const atAll = <T>(ask: (node: Node) => Promise<T>): Promise<T[]> => Promise.all(cluster().alone.map(ask));

  /** Resolves when every node says so. */
  async function seenByAll(what: string, says: (node: Node) => Promise<boolean>): Promise<void> {
    const began = performance.now();
    const after = await atAll(async (node) => {
      await eventually(`${what} at ${node.publicUrl}`, () => says(node));
      return performance.now() - began;
    });
    if (process.env.HYDRANT_FIGURES) console.log(`${what}: ${after.map((ms) => Math.round(ms)).join(', ')} ms`);
  }

  const status = (client: TestClient) => async (node: Node) => (await clientCredentials(node, client)).status;
  const change = (path: string, request: Parameters<typeof send>[1]) => send(`${first().adminUrl}${path}`, request);

  describe('seen by all nodes', () => {
    test('a client that is changed, has another secret, and is deleted', async () => {
      const client = await givenClient(first());
      expect(await atAll(status(client))).toEqual(cluster().nodes.map(() => 200));

      const patch = [{ op: 'replace', path: '/grant_types', value: ['authorization_code'] }];
      const patched = await change(`/admin/clients/${client.id}`, { method: 'PATCH', json: patch });
      expect(patched.status).toBe(200);
      await seenByAll('a client without its grant', async (node) => (await status(client)(node)) === 400);

      const back = [{ op: 'replace', path: '/grant_types', value: ['client_credentials'] }];
      await change(`/admin/clients/${client.id}`, { method: 'PATCH', json: back });
      await seenByAll('a client with its grant again', async (node) => (await status(client)(node)) === 200);

      const rotated = await change(`/admin/clients/${client.id}/secrets/rotate`, { json: { grace_period: '0s' } });
      const renewed = { ...client, secret: String(rotated.json.client_secret) };
      await seenByAll('the end of an old secret', async (node) => (await status(client)(node)) === 401);
      expect(await atAll(status(renewed))).toEqual(cluster().nodes.map(() => 200));

      await change(`/admin/clients/${client.id}`, { method: 'DELETE' });
      await seenByAll('a client that is gone', async (node) => (await status(renewed)(node)) === 401);
    });

    test('a key that signs from now on, and one that is gone', async () => {
      const set = '/admin/keys/hydra.jwt.access-token';
      const client = await givenClient(first(), { access_token_strategy: 'jwt' });
      const signedBy = async (node: Node) => headerOf((await clientCredentials(node, client)).accessToken).kid;
      const [before] = await atAll(signedBy);
      const published = async (node: Node) => {
        const { json } = await send(`${node.publicUrl}/.well-known/jwks.json`);
        return JSON.stringify(json);
      };

      const made = await change(set, { json: { alg: 'ES256', use: 'sig', kid: `key-${Date.now()}` } });
      expect(made.status).toBe(201);
      const kid = kidIn(made.json);
      await seenByAll('a new key signs', async (node) => (await signedBy(node)) === kid);
      for (const keys of await atAll(published)) expect(keys).toContain(kid);

      await change(`${set}/${String(before)}`, { method: 'DELETE' });
      await seenByAll('a key is gone', async (node) => !(await published(node)).includes(String(before)));

      const replaced = await change('/admin/keys/hydra.openid.id-token', { json: { alg: 'ES256', use: 'sig' } });
      const idTokenKid = kidIn(replaced.json);
      const app = await givenClient(first());
      await seenByAll(
        'a new key signs ID tokens',
        async (node) => headerOf((await obtainTokens(node, app)).idToken).kid === idTokenKid,
      );
    });

    test('an issuer that is trusted, and no more', async () => {
      const client = await givenClient(first(), { grant_types: [BEARER], scope: 'photos' });
      const signer = await givenSigner(`signer-${Date.now()}`);
      const issuer = `https://issuer-${Date.now()}.example`;
      let made = 0;
      const asks = async (node: Node): Promise<number> => {
        const now = Math.floor(Date.now() / 1_000);
        const claims = { iss: issuer, sub: 'alice', aud: ISSUER, iat: now, exp: now + 300 };
        const assertion = await signer.sign({ ...claims, jti: `${issuer}-${++made}` });
        return (await askToken(node, client, { grant_type: BEARER, assertion, scope: 'photos' })).status;
      };
      expect(await atAll(asks)).toEqual(cluster().nodes.map(() => 400));
      const json = { issuer, subject: 'alice', scope: ['photos'], jwk: signer.jwk, expires_at: '2035-01-01T00:00:00Z' };
      const trusted = await change('/admin/trust/grants/jwt-bearer/issuers', { json });
      expect(trusted.status).toBe(201);
      await seenByAll('a trusted issuer', async (node) => (await asks(node)) === 200);
      await change(`/admin/trust/grants/jwt-bearer/issuers/${String(trusted.json.id)}`, { method: 'DELETE' });
      await seenByAll('the end of the trust', async (node) => (await asks(node)) === 400);
    });
  });
}

function headerOf(token: string): Readonly<Record<string, unknown>> {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  return typeof header === 'object' && header !== null ? { ...header } : {};
}

function kidIn({ keys }: Readonly<Record<string, unknown>>): unknown {
  const [key]: unknown[] = Array.isArray(keys) ? keys : [];
  return typeof key === 'object' && key !== null && 'kid' in key ? key.kid : undefined;
}
