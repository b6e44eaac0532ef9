/** Trusted issuers and verifiable credentials, by any release of the second generation that has them. */
import { expect, test } from 'vitest';
import { claimsOf } from '../support/authorization-url.js';
import { openBrowser } from '../support/browser.js';
import { assertSubject, JWT_BEARER_GRANT } from '../support/jwt-bearer.js';
import { walk, willingApp } from '../support/login-app.js';
import { createSigner } from '../support/signer.js';
import { refusalOf } from './refusal.js';
import { callback, type SecondWorld } from './second-world.js';

export function additions(world: SecondWorld): void {
  test('issuers are trusted, listed and forgotten, and their assertions with them', async () => {
    await world.createPhotos('asserter', { grant_types: [JWT_BEARER_GRANT] });
    const { admin } = world;
    const [issuer, subject, signer] = ['https://issuer.example', 'asserted', createSigner('issuer-key')];
    const assert = () => assertSubject(world.hydrant.publicUrl, { clientId: 'asserter', issuer, subject, signer });
    expect(await assert()).toMatchObject({ status: 400, error: 'invalid_grant' });

    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const to = {
      trustOAuth2JwtGrantIssuer: { issuer, subject, scope: ['photos.read'], expires_at, jwk: signer.jwk },
    };
    const trusted = await admin.trustOAuth2JwtGrantIssuer(to);
    expect(trusted).toMatchObject({ status: 201, data: { issuer, subject, public_key: { kid: 'issuer-key' } } });
    const id = trusted.data.id ?? '';
    expect(await refusalOf(admin.trustOAuth2JwtGrantIssuer(to))).toBe(409);
    expect((await admin.getTrustedOAuth2JwtGrantIssuer({ id })).data).toEqual(trusted.data);
    const listed = async () => (await admin.listTrustedOAuth2JwtGrantIssuers({ issuer })).data;
    expect(await listed()).toMatchObject([{ id, scope: ['photos.read'] }]);

    const { access_token } = await assert();
    expect(await world.introspect(access_token)).toMatchObject({ active: true, sub: subject });

    expect((await admin.deleteTrustedOAuth2JwtGrantIssuer({ id })).status).toBe(204);
    expect(await refusalOf(admin.getTrustedOAuth2JwtGrantIssuer({ id }))).toBe(404);
    expect(await listed()).toEqual([]);
    expect(await assert()).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  const issues = 'createVerifiableCredential' in world.sdk.oidc({ basePath: '' });
  test.runIf(issues)('a credential is bound to the key that signed the nonce', async () => {
    const scope = 'openid userinfo_credential_draft_00';
    await world.createPhotos('wallet', { scope });
    const app = willingApp(world.calls, { login: { subject: 'holder' } });
    const { url } = await walk(openBrowser(), world.startUrl('wallet', { scope }), app);
    const code = url.searchParams.get('code') ?? '';
    const exchange = { grantType: 'authorization_code', code, redirectUri: callback };
    const tokens = (await world.asClient('wallet').oauth2TokenExchange(exchange)).data;
    const nonce: unknown = Reflect.get(tokens, 'c_nonce_draft_00');
    expect(nonce).toEqual(expect.any(String));

    const signer = createSigner('holder-key');
    // The published description says nothing of the token, so it is passed to axios.
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const issue = (claims: object) => {
      const jwt = signer.jwt(claims, { jwk: signer.jwk, typ: 'openid4vci-proof+jwt' });
      const createVerifiableCredentialRequestBody = {
        format: 'jwt_vc_json',
        types: ['VerifiableCredential', 'UserInfoCredential'],
        proof: { proof_type: 'jwt', jwt },
      };
      return world.oidc().createVerifiableCredential?.({ createVerifiableCredentialRequestBody }, { headers });
    };
    const aud = world.hydrant.publicUrl;
    const now = Math.floor(Date.now() / 1000);
    expect(await refusalOf(issue({ aud, iat: now, nonce: 'of another token' }))).toBe(400);
    const credential = (await issue({ aud, iat: now, nonce }))?.data;
    expect(credential).toMatchObject({ format: 'jwt_vc_json' });
    const claims = claimsOf(credential?.credential_draft_00);
    expect(claims).toMatchObject({ iss: aud, vc: { credentialSubject: { sub: 'holder' } } });
    const bound = JSON.parse(Buffer.from(String(claims.sub).replace('did:jwk:', ''), 'base64url').toString());
    expect(bound).toMatchObject({ x: signer.jwk.x, y: signer.jwk.y });
  });
}
