/** Trusted issuers, patches, the end of a client's tokens: what 1.7 did not have, by the releases that do. */
import { expect, test } from 'vitest';
import { assertSubject, JWT_BEARER_GRANT } from '../support/jwt-bearer.js';
import { createSigner } from '../support/signer.js';
import { whereOffered } from '../support/where-offered.js';
import type { FirstAdmin } from './first-sdks.js';
import type { FirstWorld } from './first-world.js';
import { refusalOf } from './refusal.js';

export function additions(world: FirstWorld): void {
  const api: FirstAdmin = world.sdk.admin({ basePath: '' });

  whereOffered('trustJwtGrantIssuer' in api)(
    'issuers are trusted, listed and forgotten, and their assertions with them',
    async () => {
      await world.createPhotos('asserter', { grant_types: [JWT_BEARER_GRANT] });
      const { admin } = world;
      const [issuer, subject, signer] = ['https://issuer.example', 'asserted', createSigner('issuer-key')];
      const assert = () => assertSubject(world.hydrant.publicUrl, { clientId: 'asserter', issuer, subject, signer });
      expect(await assert()).toMatchObject({ status: 400, error: 'invalid_grant' });

      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const body = { issuer, subject, scope: ['photos.read'], expires_at, jwk: signer.jwk };
      const trusted = await admin.trustJwtGrantIssuer?.(body);
      expect(trusted).toMatchObject({ status: 201, data: { issuer, subject, public_key: { kid: 'issuer-key' } } });
      const id = trusted?.data.id ?? '';
      expect(await refusalOf(admin.trustJwtGrantIssuer?.(body))).toBe(409);
      expect((await admin.getTrustedJwtGrantIssuer?.(id))?.data).toEqual(trusted?.data);
      expect((await admin.listTrustedJwtGrantIssuers?.(issuer))?.data).toMatchObject([{ id, scope: ['photos.read'] }]);

      const { access_token = '' } = await assert();
      expect((await admin.introspectOAuth2Token(access_token)).data).toMatchObject({ active: true, sub: subject });

      expect((await admin.deleteTrustedJwtGrantIssuer?.(id))?.status).toBe(204);
      expect(await refusalOf(admin.getTrustedJwtGrantIssuer?.(id))).toBe(404);
      expect((await admin.listTrustedJwtGrantIssuers?.(issuer))?.data).toEqual([]);
      expect(await assert()).toMatchObject({ status: 400, error: 'invalid_grant' });
    },
  );

  whereOffered('patchOAuth2Client' in api)('a client is changed in single members', async () => {
    await world.createPhotos('patched');
    const { admin } = world;
    const change = [{ op: 'replace', path: '/metadata', value: { tier: 2 } }];
    const answer = (await admin.patchOAuth2Client?.('patched', change))?.data;
    expect(answer).toMatchObject({ client_id: 'patched', metadata: { tier: 2 } });
    expect(answer).not.toHaveProperty('client_secret');
    expect((await admin.getOAuth2Client('patched')).data).toMatchObject({ metadata: { tier: 2 } });
    // The secret is what it was.
    expect((await world.exchange('patched', { grantType: 'client_credentials' })).status).toBe(200);
  });

  test('the access tokens of a client end together', async () => {
    await world.createPhotos('ended');
    const { admin } = world;
    const { access_token = '' } = (await world.exchange('ended', { grantType: 'client_credentials' })).data;
    expect((await admin.introspectOAuth2Token(access_token)).data).toMatchObject({ active: true });
    expect((await admin.deleteOAuth2Token('ended')).status).toBe(204);
    expect((await admin.introspectOAuth2Token(access_token)).data).toEqual({ active: false });
  });

  // 1.11 was published with paths that no server ever had; a client of it hears so, and not something worse.
  whereOffered('dynamicClientRegistrationCreateOAuth2Client' in world.sdk.open({ basePath: '' }))(
    'registration is not where this release looks for it',
    async () => {
      const open = world.open();
      expect(await refusalOf(open.dynamicClientRegistrationCreateOAuth2Client?.({}))).toBe(404);
      expect(await refusalOf(open.dynamicClientRegistrationGetOAuth2Client?.('any'))).toBe(404);
      expect(await refusalOf(open.dynamicClientRegistrationUpdateOAuth2Client?.('any', {}))).toBe(404);
      expect(await refusalOf(open.dynamicClientRegistrationDeleteOAuth2Client?.('any'))).toBe(404);
    },
  );
}
