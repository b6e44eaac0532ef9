import { expect } from 'vitest';
import { openBrowser, send } from '../../support/browser.js';
import { approveDevice, givenDeviceClient, obtainCodes } from '../../support/device.js';
import {
  authorizationUrl,
  claimsOf,
  clientCredentials,
  decide,
  givenClient,
  walk,
} from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';
import { type Effect, served } from './effect.js';

export async function discovery(hydrant: Pick<Hydrant, 'publicUrl'>): Promise<Readonly<Record<string, unknown>>> {
  return (await send(`${hydrant.publicUrl}/.well-known/openid-configuration`)).json;
}

const APP = 'http://127.0.0.1:1/app';

export const addresses: readonly Effect[] = [
  served(
    'tokens and discovery name the issuer as it is written',
    { 'urls.self.issuer': 'https://id.example.com/a/', 'strategies.access_token': 'jwt' },
    async (hydrant) => {
      expect((await discovery(hydrant)).issuer).toBe('https://id.example.com/a/');
      const { accessToken } = await clientCredentials(hydrant, await givenClient(hydrant));
      expect(claimsOf(accessToken).iss).toBe('https://id.example.com/a/');
    },
    { beside: ['strategies.access_token'] },
  ),
  served('endpoints are at the public address', { 'urls.self.public': 'https://api.example.com' }, async (hydrant) => {
    const { token_endpoint, authorization_endpoint } = await discovery(hydrant);
    expect([token_endpoint, authorization_endpoint]).toEqual([
      'https://api.example.com/oauth2/token',
      'https://api.example.com/oauth2/auth',
    ]);
  }),
  served(
    'people are sent to the pages that are named',
    {
      'urls.login': `${APP}/login`,
      'urls.consent': `${APP}/consent`,
      'urls.registration': `${APP}/sign-up`,
      'urls.error': `${APP}/error`,
    },
    async (hydrant) => {
      const client = await givenClient(hydrant);
      const start = async (params: Record<string, string> = {}) =>
        String((await send(authorizationUrl(hydrant, client, params))).location);
      expect(await start()).toContain(`${APP}/login?login_challenge=`);
      expect(await start({ prompt: 'registration' })).toContain(`${APP}/sign-up?login_challenge=`);
      expect(await start({ client_id: 'nobody' })).toContain(`${APP}/error?error=`);
      const browser = openBrowser();
      const asked = await browser.get(authorizationUrl(hydrant, client));
      const challenge = asked.location?.searchParams.get('login_challenge') ?? '';
      const next = await browser.get(await decide(hydrant, 'login', challenge, { subject: 'alice' }));
      expect(String(next.location)).toContain(`${APP}/consent?consent_challenge=`);
    },
  ),
  served(
    'a logout is asked about, and ends, where it shall',
    { 'urls.logout': `${APP}/logout`, 'urls.post_logout_redirect': `${APP}/goodbye` },
    async (hydrant) => {
      const { browser } = await walk(hydrant, await givenClient(hydrant), { login: { remember: true } });
      const asked = await browser.get(`${hydrant.publicUrl}/oauth2/sessions/logout`);
      expect(String(asked.location)).toContain(`${APP}/logout?logout_challenge=`);
      const challenge = asked.location?.searchParams.get('logout_challenge') ?? '';
      const done = await browser.get(await decide(hydrant, 'logout', challenge));
      expect(String(done.location)).toBe(`${APP}/goodbye`);
    },
  ),
  served(
    'a person with a device is sent to its pages',
    { 'urls.device.verification': `${APP}/device`, 'urls.device.success': `${APP}/device-done` },
    async (hydrant) => {
      const codes = await obtainCodes(hydrant, await givenDeviceClient(hydrant));
      expect(String((await send(codes.complete)).location)).toContain(`${APP}/device?`);
      expect(String((await approveDevice(hydrant, codes)).location)).toContain(`${APP}/device-done`);
    },
  ),
  served(
    'discovery advertises what the operator says, after what is always there',
    {
      'webfinger.oidc_discovery.jwks_url': 'https://x.example/jwks',
      'webfinger.oidc_discovery.token_url': 'https://x.example/token',
      'webfinger.oidc_discovery.auth_url': 'https://x.example/auth',
      'webfinger.oidc_discovery.device_authorization_url': 'https://x.example/device',
      'webfinger.oidc_discovery.client_registration_url': 'https://x.example/register',
      'webfinger.oidc_discovery.userinfo_url': 'https://x.example/userinfo',
      'webfinger.oidc_discovery.verifiable_credentials_url': 'https://x.example/credentials',
      'webfinger.oidc_discovery.supported_claims': 'email,name',
      'webfinger.oidc_discovery.supported_scope': 'photos',
    },
    async (hydrant) => {
      expect(await discovery(hydrant)).toMatchObject({
        jwks_uri: 'https://x.example/jwks',
        token_endpoint: 'https://x.example/token',
        authorization_endpoint: 'https://x.example/auth',
        device_authorization_endpoint: 'https://x.example/device',
        registration_endpoint: 'https://x.example/register',
        userinfo_endpoint: 'https://x.example/userinfo',
        credentials_endpoint_draft_00: 'https://x.example/credentials',
        claims_supported: ['sub', 'email', 'name'],
        scopes_supported: ['offline_access', 'offline', 'openid', 'photos'],
      });
    },
  ),
  served(
    'the public keys of further sets are published',
    { 'webfinger.jwks.broadcast_keys': 'extra' },
    async (hydrant) => {
      const made = await send(`${hydrant.adminUrl}/admin/keys/extra`, {
        json: { alg: 'ES256', kid: 'of-mine', use: 'sig' },
      });
      expect(made.status).toBe(201);
      const { text } = await send(`${hydrant.publicUrl}/.well-known/jwks.json`);
      expect(text).toContain('"of-mine"');
      expect(text).not.toContain('"d"');
    },
  ),
];
