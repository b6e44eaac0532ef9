import { afterAll, beforeAll, expect } from 'vitest';
import { type Hydrant, type HydrantOptions, startHydrant } from '../../support/start-hydrant.js';
import { authorizationUrl } from '../support/authorization-url.js';
import type { AdminCalls } from '../support/login-app.js';
import type { Target } from './answer.js';
import { type Calls, watchCalls } from './operations.js';
import type { ClientBody, SecondJwks, SecondOAuth2, SecondOidc, SecondSdk } from './second-sdks.js';

export const callback = 'https://photos.example/callback';
export const goodbye = 'https://photos.example/goodbye';
const scope = 'openid offline photos.read';
const secret = 'photos-secret';

/** A server of one release's own, with that release's APIs on it. Its members are there within tests only. */
export interface SecondWorld {
  readonly sdk: SecondSdk;
  readonly hydrant: Hydrant;
  readonly admin: SecondOAuth2;
  readonly jwks: SecondJwks;
  /** The app's calls by this release. */
  readonly calls: AdminCalls;
  readonly watched: Calls;
  createPhotos(clientId: string, more?: ClientBody): Promise<void>;
  /** The public side as one of the clients of `createPhotos`. */
  asClient(clientId: string): SecondOAuth2;
  /** The OpenID side with a bearer token, or as nobody. */
  oidc(accessToken?: string): SecondOidc;
  introspect(token: string | undefined, scope?: string): Promise<object>;
  startUrl(clientId: string, params?: Record<string, string>): URL;
}

export function secondWorld(sdk: SecondSdk, options: HydrantOptions = {}): SecondWorld {
  const watched = watchCalls(sdk.package);
  let hydrant: Hydrant | undefined;
  const server = (): Hydrant => {
    if (!hydrant) throw new Error('The server is there within tests only.');
    return hydrant;
  };
  beforeAll(async () => {
    hydrant = await startHydrant(options);
  });
  afterAll(() => hydrant?.close());

  const asClient = (clientId: string): Target => ({
    basePath: server().publicUrl,
    username: clientId,
    password: secret,
  });
  const admin = () => watched.of(sdk.oauth2({ basePath: server().adminUrl }));
  return {
    sdk,
    watched,
    get hydrant() {
      return server();
    },
    get admin() {
      return admin();
    },
    get jwks() {
      return watched.of(sdk.jwks({ basePath: server().adminUrl }));
    },
    get calls() {
      return callsOf(admin());
    },
    async createPhotos(clientId, more = {}) {
      const oAuth2Client: ClientBody = {
        client_id: clientId,
        client_secret: secret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        scope,
        audience: ['https://api.photos.example'],
        redirect_uris: [callback],
        post_logout_redirect_uris: [goodbye],
        ...more,
      };
      expect((await admin().createOAuth2Client({ oAuth2Client })).status).toBe(201);
    },
    asClient: (clientId) => watched.of(sdk.oauth2(asClient(clientId))),
    oidc: (accessToken) =>
      watched.of(sdk.oidc({ basePath: server().publicUrl, ...(accessToken !== undefined && { accessToken }) })),
    introspect: async (token = '', covered) =>
      (await admin().introspectOAuth2Token({ token, ...(covered && { scope: covered }) })).data,
    startUrl: (clientId, params = {}) =>
      authorizationUrl(server().publicUrl, clientId, { redirect_uri: callback, scope, ...params }),
  };
}

function callsOf(api: SecondOAuth2): AdminCalls {
  return {
    getLogin: async (loginChallenge) => (await api.getOAuth2LoginRequest({ loginChallenge })).data,
    acceptLogin: async (loginChallenge, acceptOAuth2LoginRequest) =>
      (await api.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest })).data.redirect_to,
    rejectLogin: async (loginChallenge, rejectOAuth2Request) =>
      (await api.rejectOAuth2LoginRequest({ loginChallenge, rejectOAuth2Request })).data.redirect_to,
    getConsent: async (consentChallenge) => (await api.getOAuth2ConsentRequest({ consentChallenge })).data,
    acceptConsent: async (consentChallenge, acceptOAuth2ConsentRequest) =>
      (await api.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest })).data.redirect_to,
    rejectConsent: async (consentChallenge, rejectOAuth2Request) =>
      (await api.rejectOAuth2ConsentRequest({ consentChallenge, rejectOAuth2Request })).data.redirect_to,
    getLogout: async (logoutChallenge) => (await api.getOAuth2LogoutRequest({ logoutChallenge })).data,
    acceptLogout: async (logoutChallenge) =>
      (await api.acceptOAuth2LogoutRequest({ logoutChallenge })).data.redirect_to,
    rejectLogout: async (logoutChallenge) => (await api.rejectOAuth2LogoutRequest({ logoutChallenge })).data,
  };
}
