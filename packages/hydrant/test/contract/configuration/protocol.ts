import { expect } from 'vitest';
import { pairwiseSubject } from '../../../src/protocol/subject.js';
import { send } from '../../support/browser.js';
import { listen } from '../../support/listener.js';
import { claimsOf, clientCredentials, givenClient, introspect, obtainTokens } from '../../support/relying-party.js';
import { discovery } from './addresses.js';
import { type Effect, served, started } from './effect.js';

const SALT = 'a-salt-that-never-changes';

export const protocol: readonly Effect[] = [
  served(
    'access tokens are JWTs, with the scope in the form that is asked for and the algorithm that is chosen',
    {
      'strategies.access_token': 'jwt',
      'strategies.jwt.scope_claim': 'both',
      'strategies.jwt.signing_algorithm': 'EdDSA',
    },
    async (hydrant) => {
      const { accessToken } = await clientCredentials(hydrant, await givenClient(hydrant), { scope: 'email' });
      expect(claimsOf(accessToken)).toMatchObject({ scp: ['email'], scope: 'email' });
      const header = JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString());
      expect(header.alg).toBe('EdDSA');
    },
  ),
  {
    keys: ['strategies.scope'],
    says: 'a requested scope is matched as the strategy does it, and an unknown word is no strategy',
    async run() {
      const covers = async (strategy: string) => {
        await using hydrant = await started({ 'strategies.scope': strategy });
        const client = await givenClient(hydrant, { scope: 'photos.* files' });
        const statusOf = async (scope: string) => (await clientCredentials(hydrant, client, { scope })).status;
        return [await statusOf('photos.read'), await statusOf('photos.*'), await statusOf('files.read')];
      };
      expect(await covers('wildcard')).toEqual([200, 200, 400]);
      expect(await covers('exact')).toEqual([400, 200, 400]);
      expect(await covers('DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY')).toEqual([400, 200, 200]);
      await expect(covers('fuzzy')).rejects.toThrow(/strategies\.scope[\s\S]*must be one of "exact", "wildcard"/);
    },
  },
  served(
    'clients may have pairwise subjects, of that salt',
    {
      'oidc.subject_identifiers.supported_types': 'public,pairwise',
      'oidc.subject_identifiers.pairwise.salt': SALT,
    },
    async (hydrant) => {
      expect((await discovery(hydrant)).subject_types_supported).toEqual(['public', 'pairwise']);
      const { idToken } = await obtainTokens(hydrant, await givenClient(hydrant, { subject_type: 'pairwise' }));
      expect(claimsOf(idToken).sub).toBe(pairwiseSubject('127.0.0.1:1', 'alice', SALT));
    },
  ),
  served(
    'clients may register themselves, and have these scopes if they name none',
    {
      'oidc.dynamic_client_registration.enabled': 'true',
      'oidc.dynamic_client_registration.default_scope': 'openid,photos',
    },
    async (hydrant) => {
      const url = `${hydrant.publicUrl}/oauth2/register`;
      const made = await send(url, { json: { redirect_uris: ['https://app.example.com/cb'] } });
      expect(made.status).toBe(201);
      const byAdmin = await send(`${hydrant.adminUrl}/admin/clients`, { json: {} });
      expect([made.json.scope, byAdmin.json.scope]).toEqual(['openid photos', 'openid photos']);
    },
  ),
  {
    keys: ['clients.http.disallow_private_ip_ranges', 'clients.http.private_ip_exception_urls'],
    says: 'private addresses are not called, but for those that are exempt',
    async run() {
      await using hook = await listen(() => ({ status: 204 }));
      const statusWith = async (exceptions: string) => {
        await using hydrant = await started({
          'clients.http.disallow_private_ip_ranges': 'true',
          'clients.http.private_ip_exception_urls': exceptions,
          'oauth2.token_hook.url': `${hook.url}/token`,
        });
        return (await clientCredentials(hydrant, await givenClient(hydrant))).status;
      };
      expect(await statusWith(`${hook.url}/other`)).toBeGreaterThanOrEqual(400);
      expect(hook.received).toHaveLength(0);
      expect(await statusWith(`${hook.url}/token`)).toBe(200);
      expect(hook.received).toHaveLength(1);
    },
  },
  served(
    'custom claims are lifted to the top, without a copy below, and there is no nbf',
    {
      'oauth2.allowed_top_level_claims': 'role,sub',
      'oauth2.mirror_top_level_claims': 'false',
      'oauth2.exclude_not_before_claim': 'true',
      'strategies.access_token': 'jwt',
    },
    async (hydrant) => {
      const consent = { session: { access_token: { role: 'admin', sub: 'mallory' } } };
      const { accessToken } = await obtainTokens(hydrant, await givenClient(hydrant), { consent });
      const claims = claimsOf(accessToken);
      expect(claims).toMatchObject({ role: 'admin', sub: 'alice' });
      expect(claims).not.toHaveProperty('nbf');
      expect(claims.ext ?? {}).not.toHaveProperty('role');
      expect(await introspect(hydrant, accessToken)).toMatchObject({ active: true, sub: 'alice' });
    },
    { beside: ['strategies.access_token'] },
  ),
];
