/** What only the later releases of the first generation have. */
import { expect, test } from 'vitest';
import { assertSubject, JWT_BEARER_GRANT } from '../support/jwt-bearer.js';
import { createSigner } from '../support/signer.js';
import type { FirstAdmin } from './first-sdks.js';
import type { FirstWorld } from './first-world.js';
import { refusalOf } from './refusal.js';

export function additions(world: FirstWorld): void {
  const api: FirstAdmin = world.sdk.admin({ basePath: '' });

  test.runIf('trustJwtGrantIssuer' in api)(
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
}
