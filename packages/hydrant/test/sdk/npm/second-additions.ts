/** Trusted issuers, credentials, patches, registration: by any release of the second generation that has them. */
import { expect, test } from 'vitest';
import { claimsOf } from '../support/authorization-url.js';
import { openBrowser } from '../support/browser.js';
import { assertSubject, JWT_BEARER_GRANT } from '../support/jwt-bearer.js';
import { walk, willingApp } from '../support/login-app.js';
import { createSigner } from '../support/signer.js';
import { whereOffered } from '../support/where-offered.js';
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
  whereOffered(issues)('a credential is bound to the key that signed the nonce', async () => {
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

  test('a client is changed in single members and in its lifespans', async () => {
    await world.createPhotos('patched');
    const { admin } = world;
    const id = 'patched';
    const jsonPatch = [{ op: 'replace', path: '/client_name', value: 'Patched' }];
    const answer = (await admin.patchOAuth2Client({ id, jsonPatch })).data;
    expect(answer).toMatchObject({ client_id: id, client_name: 'Patched' });
    expect(answer).not.toHaveProperty('client_secret');

    const oAuth2ClientTokenLifespans = { client_credentials_grant_access_token_lifespan: '90m' };
    const lifespans = (await admin.setOAuth2ClientLifespans({ id, oAuth2ClientTokenLifespans })).data;
    const expected = { client_name: 'Patched', client_credentials_grant_access_token_lifespan: '1h30m0s' };
    expect(lifespans).toMatchObject(expected);
    expect((await admin.getOAuth2Client({ id })).data).toMatchObject(expected);
    // The secret is what it was, and the lifespan is lived.
    const tokens = (await world.asClient(id).oauth2TokenExchange({ grantType: 'client_credentials' })).data;
    expect(Reflect.get(tokens, 'expires_in')).toBeGreaterThan(5_000);
  });

  test('the access tokens of a client end together', async () => {
    await world.createPhotos('ended');
    const tokens = (await world.asClient('ended').oauth2TokenExchange({ grantType: 'client_credentials' })).data;
    expect(await world.introspect(tokens.access_token)).toMatchObject({ active: true });
    expect((await world.admin.deleteOAuth2Token({ clientId: 'ended' })).status).toBe(204);
    expect(await world.introspect(tokens.access_token)).toEqual({ active: false });
  });

  test('a client registers, reads, changes and removes itself', async () => {
    const body = { client_name: 'Self', redirect_uris: [callback] };
    const created = await world.oidc().createOidcDynamicClient({ oAuth2Client: body });
    expect(created).toMatchObject({ status: 201, data: { ...body, client_secret: expect.stringMatching(/^.{26}$/) } });
    const { client_id: id = '', registration_access_token: token } = created.data;
    expect((await world.oidc(token).getOidcDynamicClient({ id })).data).toMatchObject(body);
    expect(await refusalOf(world.oidc('another').getOidcDynamicClient({ id }))).toBe(401);

    const oAuth2Client = { ...body, client_name: 'Changed' };
    const changed = (await world.oidc(token).setOidcDynamicClient({ id, oAuth2Client })).data;
    expect(changed).toMatchObject({ client_id: id, client_name: 'Changed' });
    const next = changed.registration_access_token;
    expect(next).not.toBe(token);
    expect(await refusalOf(world.oidc(token).getOidcDynamicClient({ id }))).toBe(401);
    expect((await world.oidc(next).deleteOidcDynamicClient({ id })).status).toBe(204);
    expect(await refusalOf(world.admin.getOAuth2Client({ id }))).toBe(404);
  });
}
